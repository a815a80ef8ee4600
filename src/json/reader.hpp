// Reading JSON fast and leniently: one pass over the text, damage costs only what it touches.
//
// A Document owns the text; Values are views into it, valid while it lives and until the next one is read. A Value can
// be read once, with the getter that fits: a getter that does not fit answers nullopt and the value counts as unknown.
// Numbers in strings, integers written as 1e3 or 7.0 and scalars where text is due are understood. Not for sharing
// between threads.
#pragma once

#include "base/result.hpp"
#include "base/text.hpp"

#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace civitai::json {

enum class Kind { object, array, text, number, boolean, null, damaged };

class Value {
 public:
  // `torn` is set when the text turns out to end, or to lose its structure, before the value does.
  Value(simdjson::ondemand::value value, bool& torn) : value_(value), torn_(&torn) {}

  [[nodiscard]] Kind kind();
  [[nodiscard]] std::optional<std::int64_t> integer();
  [[nodiscard]] std::optional<double> number();
  [[nodiscard]] std::optional<bool> boolean();
  // A string; a number or boolean as it is written.
  [[nodiscard]] std::optional<std::string> text();
  // The value's JSON exactly as received; empty when its end is missing.
  [[nodiscard]] std::string_view raw();

  // Calls `visit(std::string_view key, Value member)` for every member; false when the value is no object or its
  // structure is damaged somewhere, inside its members too (what came before the damage has been visited).
  template <class Visit>
  bool members(Visit&& visit) {
    simdjson::ondemand::object object;
    if (const auto error = value_.get_object().get(object)) return no_container(error);
    for (auto field : object) {
      simdjson::ondemand::value member;
      std::string_view key;
      if (field.unescaped_key().get(key) != simdjson::SUCCESS) return tear();
      if (std::move(field).value().get(member) != simdjson::SUCCESS) return tear();
      visit(key, Value(member, *torn_));
    }
    return !*torn_;
  }

  // Calls `visit(Value element)` for every element; as members.
  template <class Visit>
  bool elements(Visit&& visit) {
    simdjson::ondemand::array array;
    if (const auto error = value_.get_array().get(array)) return no_container(error);
    for (auto element : array) {
      simdjson::ondemand::value item;
      if (static_cast<decltype(element)&&>(element).get(item) != simdjson::SUCCESS) return tear();
      visit(Value(item, *torn_));
    }
    return !*torn_;
  }

 private:
  // The library ends a loop silently once something inside it has met the end of the text: so it is remembered here.
  bool tear() {
    *torn_ = true;
    return false;
  }
  bool no_container(simdjson::error_code error) { return error == simdjson::INCORRECT_TYPE ? false : tear(); }

  simdjson::ondemand::value value_;
  bool* torn_;
};

class Document {
 public:
  // Copies the text, drops a byte order mark and repairs invalid UTF-8. Error of kind network when it is no JSON object
  // or array at all; damage further inside shows when it is read.
  [[nodiscard]] static Result<Document> parse(std::string_view text);

  // The whole document; can be asked for once.
  [[nodiscard]] Value root() { return Value(parts_->root, parts_->torn); }

 private:
  // At one address for good: values point into it.
  struct Parts {
    simdjson::padded_string text;
    simdjson::ondemand::parser parser;
    simdjson::ondemand::document document;
    simdjson::ondemand::value root;
    bool torn = false;
  };

  std::unique_ptr<Parts> parts_;
};

}  // namespace civitai::json
