#include "json/reader.hpp"

#include "base/format.hpp"

#include <cmath>
#include <memory>

namespace civitai::json {
namespace {

constexpr double largest_exact = 9'007'199'254'740'992.0;  // 2^53

std::optional<std::int64_t> integer_from(double number) {
  if (!(std::abs(number) <= largest_exact) || number != std::trunc(number)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::optional<std::int64_t> integer_from(std::string_view text) {
  if (const auto whole = parse_integer(text)) return whole;
  const auto number = parse_double(text);
  return number ? integer_from(*number) : std::nullopt;
}

std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  return text;
}

}  // namespace

Kind Value::kind() {
  simdjson::ondemand::json_type type{};
  if (value_.type().get(type) != simdjson::SUCCESS) return Kind::damaged;
  switch (type) {
    case simdjson::ondemand::json_type::object: return Kind::object;
    case simdjson::ondemand::json_type::array: return Kind::array;
    case simdjson::ondemand::json_type::string: return Kind::text;
    case simdjson::ondemand::json_type::number: return Kind::number;
    case simdjson::ondemand::json_type::boolean: return Kind::boolean;
    case simdjson::ondemand::json_type::null: return Kind::null;
  }
  return Kind::damaged;
}

std::optional<std::int64_t> Value::integer() {
  switch (kind()) {
    case Kind::number: return integer_from(trim(value_.raw_json_token()));
    case Kind::text: {
      const auto written = text();
      return written ? integer_from(trim(*written)) : std::nullopt;
    }
    default: return std::nullopt;
  }
}

std::optional<double> Value::number() {
  switch (kind()) {
    case Kind::number: return parse_double(trim(value_.raw_json_token()));
    case Kind::text: {
      const auto written = text();
      return written ? parse_double(trim(*written)) : std::nullopt;
    }
    default: return std::nullopt;
  }
}

std::optional<bool> Value::boolean() {
  bool value = false;
  if (value_.get_bool().get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::optional<std::string> Value::text() {
  switch (kind()) {
    case Kind::text: {
      std::string_view value;
      if (value_.get_string().get(value) != simdjson::SUCCESS) return std::nullopt;
      return std::string(value);
    }
    case Kind::number:
    case Kind::boolean: return std::string(trim(value_.raw_json_token()));
    default: return std::nullopt;
  }
}

std::string_view Value::raw() {
  std::string_view text;
  if (simdjson::to_json_string(value_).get(text) == simdjson::SUCCESS) return trim(text);
  tear();
  return {};
}

Result<Document> Document::parse(std::string_view text) {
  const std::string_view plain = without_byte_order_mark(text);
  Document document;
  document.parts_ = std::make_unique<Parts>();
  Parts& parts = *document.parts_;
  parts.text = simdjson::padded_string(is_valid_utf8(plain) ? std::string(plain) : to_valid_utf8(plain));
  const auto refused = [](simdjson::error_code code) {
    return fail(ErrorKind::network, format("the answer is no valid JSON ({})", simdjson::error_message(code)));
  };
  if (const auto code = parts.parser.iterate(parts.text).get(parts.document)) return refused(code);
  if (const auto code = parts.document.get_value().get(parts.root)) return refused(code);
  return document;
}

}  // namespace civitai::json
