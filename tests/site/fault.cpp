#include "site/fault.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "site/effects.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

namespace standin {
namespace {

using civitai::format;

struct Group {
  std::string_view name;
  std::span<const Effect> effects;
};

std::array<Group, 8> groups() {
  return {{{"Transport", transport_effects()},
           {"Status", status_effects()},
           {"Redirect", redirect_effects()},
           {"Range", range_effects()},
           {"Signed link", link_effects()},
           {"Body", body_effects()},
           {"Pages", page_effects()},
           {"Headers", header_effects()}}};
}

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw std::invalid_argument(format("fault '{}': {}", text, why));
}

struct IdName {
  std::string_view name;
  std::int64_t Subject::*id;
};
constexpr std::array<IdName, 3> id_names = {
    {{"file", &Subject::file_id}, {"version", &Subject::version_id}, {"model", &Subject::model_id}}};

// Takes "#file:7" and the like off the end.
void take_ids(std::string& text, Subject& subject) {
  for (;;) {
    const std::size_t mark = text.rfind('#');
    if (mark == std::string::npos) return;
    const auto parts = civitai::split(std::string_view(text).substr(mark + 1), ':');
    const auto id = parts.size() == 2 ? civitai::parse_integer(parts[1]) : std::nullopt;
    const auto* known =
        std::find_if(id_names.begin(), id_names.end(), [&](const IdName& one) { return one.name == parts[0]; });
    if (!id || known == id_names.end()) return;
    subject.*(known->id) = *id;
    text.resize(mark);
  }
}

// Takes "@2", "@2-5", "@2-" off the end; an '@' in front of anything else belongs to the parameter.
void take_turns(std::string& text, FaultRule& rule) {
  const std::size_t mark = text.rfind('@');
  if (mark == std::string::npos) return;
  const auto ends = civitai::split(std::string_view(text).substr(mark + 1), '-');
  const auto from = civitai::parse_integer(ends[0]);
  if (!from || *from < 1 || ends.size() > 2) return;
  rule.from = static_cast<std::uint64_t>(*from);
  if (ends.size() == 1) rule.to = rule.from;
  if (ends.size() == 2 && !ends[1].empty()) {
    const auto to = civitai::parse_integer(ends[1]);
    if (!to || *to < *from) return;
    rule.to = static_cast<std::uint64_t>(*to);
  }
  text.resize(mark);
}

bool matches(const FaultRule& rule, Place place, std::string_view route, std::string_view path,
             const Subject& subject) {
  const bool whole_place = (rule.route == "api" || rule.route == "storage") && rule.route == to_string(place);
  const bool by_path = rule.route.starts_with('/') && path.starts_with(rule.route);
  if (rule.route != "*" && rule.route != route && !whole_place && !by_path) return false;
  return std::all_of(id_names.begin(), id_names.end(), [&](const IdName& one) {
    return rule.subject.*(one.id) == 0 || rule.subject.*(one.id) == subject.*(one.id);
  });
}

}  // namespace

std::int64_t Stage::number(std::int64_t otherwise) const {
  return civitai::parse_integer(parameter).value_or(otherwise);
}

std::string Stage::text(std::string_view otherwise) const {
  return parameter.empty() ? std::string(otherwise) : parameter;
}

const Effect* find_effect(std::string_view name) {
  for (const Group& group : groups()) {
    for (const Effect& effect : group.effects) {
      if (effect.name == name) return &effect;
    }
  }
  return nullptr;
}

std::vector<FaultKind> fault_kinds() {
  std::vector<FaultKind> kinds;
  for (const Group& group : groups()) {
    for (const Effect& effect : group.effects)
      kinds.push_back({group.name, effect.name, effect.parameter, effect.help});
  }
  return kinds;
}

FaultRule parse_rule(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) refuse(text, "write ROUTE=KIND");
  FaultRule rule{.route = std::string(text.substr(0, equals))};
  std::string rest(text.substr(equals + 1));
  take_ids(rest, rule.subject);
  take_turns(rest, rule);
  const std::size_t colon = rest.find(':');
  rule.fault.kind = rest.substr(0, colon);
  if (colon != std::string::npos) rule.fault.parameter = rest.substr(colon + 1);
  if (find_effect(rule.fault.kind) == nullptr) refuse(text, "no such kind");
  return rule;
}

std::string to_string(const FaultRule& rule) {
  std::string text = rule.route + "=" + rule.fault.kind;
  if (!rule.fault.parameter.empty()) text += ":" + rule.fault.parameter;
  if (rule.to != FaultRule{}.to) {
    text += format("@{}-{}", rule.from, rule.to);
  } else if (rule.from != 1) {
    text += format("@{}-", rule.from);
  }
  for (const IdName& one : id_names) {
    if (rule.subject.*(one.id) != 0) text += format("#{}:{}", one.name, rule.subject.*(one.id));
  }
  return text;
}

Faults::RuleId Faults::add(FaultRule rule) {
  if (find_effect(rule.fault.kind) == nullptr) refuse(to_string(rule), "no such kind");
  return table_.with([&](Table& table) {
    const RuleId id = table.next++;
    table.rules.push_back({.state = {.id = id, .rule = std::move(rule)}, .memory = std::make_shared<FaultMemory>()});
    return id;
  });
}

Faults::RuleId Faults::add(std::string_view rule_text) { return add(parse_rule(rule_text)); }

void Faults::remove(RuleId id) {
  table_.with(
      [&](Table& table) { std::erase_if(table.rules, [&](const Armed& armed) { return armed.state.id == id; }); });
}

void Faults::clear() {
  table_.with([](Table& table) { table.rules.clear(); });
}

std::vector<Faults::State> Faults::states() const {
  return table_.read([](const Table& table) {
    std::vector<State> states;
    for (const Armed& armed : table.rules) states.push_back(armed.state);
    return states;
  });
}

std::uint64_t Faults::fired(RuleId id) const {
  for (const State& state : states()) {
    if (state.id == id) return state.fired;
  }
  return 0;
}

std::vector<Faults::Strike> Faults::strikes(Place place, std::string_view route, std::string_view path,
                                            const Subject& subject) {
  return table_.with([&](Table& table) {
    std::vector<Strike> strikes;
    for (Armed& armed : table.rules) {
      State& state = armed.state;
      if (!matches(state.rule, place, route, path, subject)) continue;
      ++state.seen;
      if (state.seen < state.rule.from || state.seen > state.rule.to) continue;
      ++state.fired;
      strikes.push_back({state.rule.fault, armed.memory});
    }
    return strikes;
  });
}

}  // namespace standin
