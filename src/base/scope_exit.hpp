// Runs a function when the scope ends, unless released.
#pragma once

#include <utility>

namespace civitai {

template <class Function>
class [[nodiscard]] ScopeExit {
 public:
  explicit ScopeExit(Function function) : function_(std::move(function)) {}
  ScopeExit(const ScopeExit&) = delete;
  ScopeExit& operator=(const ScopeExit&) = delete;
  ~ScopeExit() {
    if (armed_) function_();
  }
  void release() { armed_ = false; }

 private:
  Function function_;
  bool armed_ = true;
};

}  // namespace civitai
