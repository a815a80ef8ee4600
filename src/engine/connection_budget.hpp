// The connections to the storage that all transfers of a run share.
//
// Each file needs one connection to go on at all and gets it at once; more of them only while there are some left.
// Where first connections overdraw the budget, whoever has several gives one back. Safe to use from several threads.
#pragma once

#include "base/guarded.hpp"

#include <optional>
#include <utility>

namespace civitai::engine {

class ConnectionBudget {
 public:
  explicit ConnectionBudget(int total) : total_(total) {}

  // One connection; given back when it is destroyed. Must not outlive the budget.
  class Lease {
   public:
    Lease(Lease&& other) noexcept : budget_(std::exchange(other.budget_, nullptr)) {}
    Lease& operator=(Lease&& other) noexcept {
      std::swap(budget_, other.budget_);
      return *this;
    }
    ~Lease();

   private:
    friend class ConnectionBudget;
    explicit Lease(ConnectionBudget& budget) : budget_(&budget) {}
    ConnectionBudget* budget_;
  };

  // A file's first connection.
  [[nodiscard]] Lease first();
  // One more, if one is left.
  [[nodiscard]] std::optional<Lease> more();
  // Whether more are out than there should be.
  [[nodiscard]] bool is_overdrawn() const;

 private:
  int total_;
  Guarded<int> out_;
};

}  // namespace civitai::engine
