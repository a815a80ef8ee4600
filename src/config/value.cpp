#include "config/value.hpp"

#include "base/format.hpp"
#include "base/rate_schedule.hpp"
#include "base/text.hpp"
#include "config/csv.hpp"
#include "domain/image.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace civitai::config {
namespace {

std::optional<bool> boolean_from(std::string_view text) {
  constexpr std::array<std::string_view, 2> yes = {"true", "1"};
  constexpr std::array<std::string_view, 2> no = {"false", "0"};
  const auto is = [&](std::string_view word) { return equal_ignoring_case(text, word); };
  if (std::any_of(yes.begin(), yes.end(), is)) return true;
  if (std::any_of(no.begin(), no.end(), is)) return false;
  return std::nullopt;
}

// Only "~" and "~/…": another person's home is the shell's business.
Result<Value> path_value(std::string_view text, std::string_view home) {
  if (text != "~" && !text.starts_with("~/")) return Value(std::string(text));
  if (home.empty()) {
    return fail(ErrorKind::usage,
                format("\"{}\" stands for a place in your home folder, which is not known", printable(text)),
                "set HOME, or write the path in full");
  }
  return Value(std::string(home) + std::string(text.substr(1)));
}

Result<Value> text_value(const Option& option, std::string_view text, std::string_view home) {
  if (option.kind == Kind::secret) return Value(Secret(std::string(trim(text))));
  if (option.kind == Kind::path) return path_value(text, home);
  if (option.rule == Rule::web_address) {
    while (text.ends_with('/')) text.remove_suffix(1);
  }
  return Value(std::string(text));
}

tl::unexpected<Error> unexpected_text(const Option& option, std::string_view text) {
  return fail(ErrorKind::usage, format("expected {}, got \"{}\"", expectation(option), printable(text)));
}

bool holds(std::span<const std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Status check_word(const Option& option, std::string_view word) {
  const std::span<const std::string_view> words = option.words();
  if (holds(words, word) || option.word_check == WordCheck::only_warning) return {};
  if (option.kind == Kind::choice && word.empty() && option.fallback.empty()) return {};
  const auto right = std::find_if(words.begin(), words.end(), [&](auto w) { return equal_ignoring_case(w, word); });
  if (right == words.end() && option.word_check == WordCheck::letter_case) return {};
  const std::vector<std::string> near =
      right != words.end() ? std::vector{std::string(*right)} : nearest(word, words, 1);
  return fail(ErrorKind::usage, format("unknown value \"{}\"; allowed: {}", printable(word), join(words, ", ")),
              near.empty() ? "" : format("did you mean \"{}\"?", near.front()));
}

Status check_address(std::string_view text) {
  const std::string lower = to_lower(text);
  const std::size_t scheme = lower.starts_with("https://") ? 8 : lower.starts_with("http://") ? 7 : 0;
  const bool plain = std::none_of(text.begin(), text.end(), [](char c) { return c <= ' ' || c == '\x7f'; });
  const bool has_host = text.size() > scheme && text[scheme] != '/' && text[scheme] != ':';
  if (scheme != 0 && plain && has_host && text.find_first_of("@?#\\") == std::string_view::npos) return {};
  return fail(ErrorKind::usage, "expected an address such as https://civitai.com, without name, password and query");
}

Status check_text(const Option& option, std::string_view text) {
  if (option.rule == Rule::not_empty && trim(text).empty()) return fail(ErrorKind::usage, "must not be empty");
  if (option.rule == Rule::web_address) return check_address(text);
  if (option.rule == Rule::positive_number && parse_integer(text).value_or(0) <= 0) {
    return fail(ErrorKind::usage, format("expected a positive number, got \"{}\"", printable(text)));
  }
  if (option.rule == Rule::browsing_level && !text.empty() && !browsing_level_from(text)) {
    return fail(ErrorKind::usage,
                format("expected PG, PG13, R, X, XXX or a number from 1 to 63, got \"{}\"", printable(text)));
  }
  if (option.rule == Rule::transfer_rate) {
    const auto schedule = parse_rate_schedule(text);
    return schedule ? Status{} : Status(fail(schedule.error()));
  }
  if (option.kind == Kind::path && text.find('\0') != std::string_view::npos) {
    return fail(ErrorKind::usage, "a path cannot hold a zero byte");
  }
  return option.words == nullptr ? Status{} : check_word(option, text);
}

Status check_secret(const Secret& secret) {
  const std::string& text = secret.reveal();
  if (std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; })) return {};
  return fail(ErrorKind::usage, "the key holds blanks or other characters that no key has", "copy the key once more");
}

Status check_number(const Option& option, std::int64_t number) {
  if (number >= option.range.least && number <= option.range.most) return {};
  return fail(ErrorKind::usage,
              format("{} is out of range; allowed: {} to {}", number, option.range.least, option.range.most));
}

}  // namespace

Result<Value> value_from_text(const Option& option, std::string_view text, std::string_view home) {
  switch (option.kind) {
    case Kind::integer:
      if (const auto number = parse_integer(trim(text))) return Value(*number);
      return unexpected_text(option, text);
    case Kind::boolean:
      if (const auto truth = boolean_from(trim(text))) return Value(*truth);
      return unexpected_text(option, text);
    case Kind::list: {
      Result<std::vector<std::string>> items = split_csv(text);
      if (!items) return fail(items.error());
      return Value(*std::move(items));
    }
    case Kind::text:
    case Kind::path:
    case Kind::secret:
    case Kind::choice: break;
  }
  return text_value(option, text, home);
}

Result<Value> value_from_file(const Option& option, const FileValue& value, std::string_view home) {
  const auto* const text = std::get_if<std::string>(&value);
  const auto* const number = std::get_if<std::int64_t>(&value);
  const auto* const truth = std::get_if<bool>(&value);
  const auto* const items = std::get_if<std::vector<std::string>>(&value);
  if (option.kind == Kind::integer && number != nullptr) return Value(*number);
  if (option.kind == Kind::boolean && truth != nullptr) return Value(*truth);
  if (option.kind == Kind::list && items != nullptr) return Value(*items);
  const bool takes_text = option.kind != Kind::integer && option.kind != Kind::boolean && option.kind != Kind::list;
  if (takes_text && text != nullptr) return text_value(option, *text, home);
  // A choice among words of which two are "true" and "false" may be written without quotes.
  if (option.kind == Kind::choice && truth != nullptr && holds(option.words(), *truth ? "true" : "false")) {
    return Value(std::string(*truth ? "true" : "false"));
  }
  return fail(ErrorKind::usage, format("expected {}, found {}", expectation(option), kind_of(value)));
}

Status check(const Option& option, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return check_number(option, *number);
  if (const auto* secret = std::get_if<Secret>(&value)) return check_secret(*secret);
  if (const auto* text = std::get_if<std::string>(&value)) return check_text(option, *text);
  if (const auto* items = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& item : *items) {
      if (Status status = check_text(option, item); !status) return status;
    }
  }
  return {};
}

std::vector<std::string> doubts(const Option& option, const Value& value) {
  std::vector<std::string> result;
  const auto* const items = std::get_if<std::vector<std::string>>(&value);
  if (items == nullptr || option.words == nullptr) return result;
  for (const std::string& item : *items) {
    if (holds(option.words(), item)) continue;
    const std::vector<std::string> near = nearest(item, option.words(), 3);
    result.push_back(format("\"{}\" is not among the known names{}{}", printable(item),
                            near.empty() ? "" : "; nearest: ", join(near, ", ")));
  }
  return result;
}

std::string to_text(const Range& range) {
  if (range.most >= any_count.most) return format("{} or more", range.least);
  return format("{} to {}", range.least, range.most);
}

std::string expectation(const Option& option) {
  switch (option.kind) {
    case Kind::integer: return format("a whole number, {}", to_text(option.range));
    case Kind::boolean: return "true or false";
    case Kind::list: return "a list of texts, such as [\"one\", \"two\"]";
    case Kind::choice: return format("one of the texts {}", join(option.words(), ", "));
    case Kind::text:
    case Kind::path:
    case Kind::secret: break;
  }
  return "a text in double quotes";
}

Value fallback_value(const Option& option) { return value_from_text(option, option.fallback, {}).value(); }

}  // namespace civitai::config
