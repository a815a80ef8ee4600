// A run of the program in a process of its own, to be killed.
//
// It is forked when the object is made, which has to happen while this process runs one thread only, and waits there
// for its orders.
#pragma once

#include "base/text.hpp"
#include "support/crashing_file_system.hpp"
#include "support/downloader.hpp"

#include <array>
#include <csignal>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace civitai::test {

// Where a child dies by itself: at a call of its file system, counted from 1; 0 = nowhere.
using CrashPoint = CrashingFileSystem::Death;

enum class Task { download, repair };

class ChildProcess {
 public:
  ChildProcess() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("cannot make a pipe");
    child_ = ::fork();
    if (child_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::close(ends[1]);
      obey(ends[0]);
    }
    ::close(ends[0]);
    orders_ = ends[1];
  }
  ChildProcess(ChildProcess&& other) noexcept
      : child_(std::exchange(other.child_, 0)), orders_(std::exchange(other.orders_, -1)) {}
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess() {
    if (child_ > 0) kill();
    if (orders_ >= 0) ::close(orders_);
  }

  void start(const DownloaderSettings& settings, CrashPoint crash = {}, Task task = Task::download) const {
    const std::string text =
        format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n", settings.url, settings.folder.string(),
               settings.path_template, settings.concurrency, settings.retry.tries, crash.nth,
               static_cast<int>(crash.loss), static_cast<int>(crash.order), crash.seed, task == Task::repair ? 1 : 0,
               settings.checkpoint_interval.count(), static_cast<int>(crash.marks));
    if (::write(orders_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      throw std::runtime_error("cannot tell the child what to do");
    }
  }

  void kill() {
    ::kill(child_, SIGKILL);
    static_cast<void>(wait());
  }

  // Waits for its end; true when it had done all its work.
  [[nodiscard]] bool wait() {
    int status = 0;
    ::waitpid(std::exchange(child_, 0), &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  static constexpr std::size_t lines_of_orders = 12;

  [[noreturn]] static void obey(int source) {
    std::vector<std::string> orders(1);
    for (char letter = 0; orders.size() <= lines_of_orders;) {
      if (::read(source, &letter, 1) != 1) ::_exit(2);
      if (letter == '\n') {
        orders.emplace_back();
      } else {
        orders.back() += letter;
      }
    }
    bool good = false;
    try {
      good = work(orders);
    } catch (const std::exception&) {
    }
    ::_exit(good ? 0 : 1);
  }

  static bool work(const std::vector<std::string>& orders) {
    const auto number = [&](std::size_t i) { return static_cast<int>(parse_integer(orders.at(i)).value_or(0)); };
    DownloaderSettings settings{.url = orders.at(0), .folder = orders.at(1), .concurrency = number(3)};
    settings.path_template = orders.at(2);
    settings.retry.tries = number(4);
    settings.checkpoint_interval = Milliseconds{number(10)};
    CrashingFileSystem crashing({.nth = number(5),
                                 .loss = static_cast<Loss>(number(6)),
                                 .order = static_cast<FlushOrder>(number(7)),
                                 .seed = static_cast<unsigned>(number(8)),
                                 .marks = static_cast<Marks>(number(11))});
    if (number(5) > 0) settings.files = &crashing;
    Downloader downloader(settings);
    if (number(9) == 1) return downloader.repair().count(engine::ItemReport::Outcome::failed) == 0;
    // What the first run could not finish, the second one goes on with.
    static_cast<void>(downloader.run());
    return downloader.run().count(engine::ItemReport::Outcome::failed) == 0;
  }

  pid_t child_ = 0;
  int orders_ = -1;
};

}  // namespace civitai::test
