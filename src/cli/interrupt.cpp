#include "cli/interrupt.hpp"

#include "cli/exit_code.hpp"

#include <csignal>

#include <pthread.h>
#include <unistd.h>

namespace civitai::cli {
namespace {

// Wakes the signal thread for its own end.
constexpr int wake_signal = SIGUSR2;

// The signals that ask for an end, and the one that wakes; one that the caller ignores (nohup) stays ignored.
sigset_t taken_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, wake_signal);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    const bool ignored = sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
    if (!ignored) sigaddset(&set, number);
  }
  return set;
}

}  // namespace

Interrupt::Interrupt(std::function<void()> on_first) : on_first_(std::move(on_first)) {
  std::signal(SIGPIPE, SIG_IGN);
  // Every thread made from now on inherits the mask.
  const sigset_t set = taken_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  thread_ = std::jthread([this] { watch(); });
}

Interrupt::~Interrupt() {
  over_ = true;
  pthread_kill(thread_.native_handle(), wake_signal);
}

void Interrupt::watch() {
  const sigset_t set = taken_signals();
  while (true) {
    int number = 0;
    sigwait(&set, &number);
    if (over_) return;
    if (number == wake_signal) continue;
    if (stop_.stop_requested()) ::_exit(static_cast<int>(ExitCode::interrupted));
    stop_.request_stop();
    on_first_();
  }
}

}  // namespace civitai::cli
