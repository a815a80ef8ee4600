#include "engine/connection_budget.hpp"

namespace civitai::engine {

ConnectionBudget::Lease::~Lease() {
  if (budget_ != nullptr) budget_->out_.with([](int& out) { --out; });
}

ConnectionBudget::Lease ConnectionBudget::first() {
  out_.with([](int& out) { ++out; });
  return Lease(*this);
}

std::optional<ConnectionBudget::Lease> ConnectionBudget::more() {
  const bool left = out_.with([&](int& out) {
    if (out >= total_) return false;
    ++out;
    return true;
  });
  return left ? std::optional(Lease(*this)) : std::nullopt;
}

bool ConnectionBudget::is_overdrawn() const {
  return out_.read([&](int out) { return out > total_; });
}

}  // namespace civitai::engine
