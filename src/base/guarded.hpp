// A value that can only be reached with its lock held.
//
// `with` and `update` run a function on the value under the lock; `wait` blocks until a condition on the value holds or
// a stop is requested. The function must not return references into the value.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace civitai {

template <class T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  // Runs `use(T&)` under the lock and wakes those who wait.
  template <class Use>
  auto with(Use&& use) {
    const Notifier notify{changed_};
    const std::scoped_lock lock(mutex_);
    return std::forward<Use>(use)(value_);
  }

  // As with, but wakes those who wait only when `use(T&)` answers true: for changes that rarely matter to them.
  template <class Use>
  void update(Use&& use) {
    const bool matters = [&] {
      const std::scoped_lock lock(mutex_);
      return std::forward<Use>(use)(value_);
    }();
    if (matters) changed_.notify_all();
  }

  // Runs `look(const T&)` under the lock; wakes nobody.
  template <class Look>
  auto read(Look&& look) const {
    const std::scoped_lock lock(mutex_);
    return std::forward<Look>(look)(value_);
  }

  // Blocks until `ready(T&)` is true; false when stopped before that. `ready` may change the value.
  template <class Ready>
  bool wait(const std::stop_token& stop, Ready&& ready) {
    std::unique_lock lock(mutex_);
    return changed_.wait(lock, stop, [&] { return ready(value_); });
  }

  // As wait, at most for `duration`.
  template <class Ready>
  bool wait_for(const std::stop_token& stop, std::chrono::milliseconds duration, Ready&& ready) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, stop, duration, [&] { return ready(value_); });
  }

 private:
  struct Notifier {
    std::condition_variable_any& changed;
    ~Notifier() { changed.notify_all(); }
  };

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  T value_{};
};

}  // namespace civitai
