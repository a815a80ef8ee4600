// Faults: what goes wrong, for which requests. A rule is written
//
//   ROUTE=KIND[:PARAMETER][@FROM-TO][#file:ID][#version:ID][#model:ID]
//
// ROUTE is a route's name ("models", "download", "storage", …), a place ("api", "storage", "images"), a path prefix
// that starts with '/', or '*'. FROM-TO counts the requests that match the rule from 1 ("@2" is "@2-2", "@3-" has no
// end); without it the rule holds for every one. Several rules may hold for one request: they act in the order added.
//
// Faults is safe to use from several threads.
#pragma once

#include "base/guarded.hpp"
#include "site/journal.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace standin {

struct Fault {
  std::string kind = {};
  std::string parameter = {};
};

struct FaultRule {
  std::string route = "*";
  Fault fault = {};
  std::uint64_t from = 1;
  std::uint64_t to = std::numeric_limits<std::uint64_t>::max();
  Subject subject = {};  // ids that are not 0 must be those of the request
};

// Throws std::invalid_argument, saying what is wrong.
[[nodiscard]] FaultRule parse_rule(std::string_view text);
[[nodiscard]] std::string to_string(const FaultRule& rule);

struct FaultKind {
  std::string_view group;
  std::string_view name;
  std::string_view parameter;  // how it is written after the colon; empty: takes none
  std::string_view help;
};
[[nodiscard]] std::vector<FaultKind> fault_kinds();

// What a rule remembers from request to request, e.g. the cursors it has given out.
using FaultMemory = civitai::Guarded<std::vector<std::string>>;

class Faults {
 public:
  using RuleId = std::size_t;

  // Throws std::invalid_argument on an unknown kind.
  RuleId add(FaultRule rule);
  RuleId add(std::string_view rule_text);
  void remove(RuleId id);
  void clear();

  struct State {
    RuleId id = 0;
    FaultRule rule = {};
    std::uint64_t seen = 0;   // requests that matched
    std::uint64_t fired = 0;  // of these, within from-to
  };
  [[nodiscard]] std::vector<State> states() const;
  [[nodiscard]] std::uint64_t fired(RuleId id) const;

  // For the site itself: counts the request and gives the faults that hold for it.
  struct Strike {
    Fault fault = {};
    std::shared_ptr<FaultMemory> memory = {};  // shared: the rule may be removed while the strike is being carried out
  };
  [[nodiscard]] std::vector<Strike> strikes(Place place, std::string_view route, std::string_view path,
                                            const Subject& subject);

 private:
  struct Armed {
    State state;
    std::shared_ptr<FaultMemory> memory = {};
  };
  struct Table {
    RuleId next = 1;
    std::vector<Armed> rules = {};
  };
  civitai::Guarded<Table> table_;
};

}  // namespace standin
