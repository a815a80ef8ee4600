// What the site says when it refuses.
#include "api/documents.hpp"
#include "api/fields.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace civitai::api {
namespace {

using json::Value;

// "limit: too big": the first complaint of a list of them, [{"path": ["limit"], "message": "too big"}, …]. Empty when
// the text is no such list.
std::string first_complaint(std::string_view list) {
  if (!trim(list).starts_with('[')) return {};
  auto document = json::Document::parse(list);
  if (!document) return {};
  std::string path;
  std::string message;
  bool first = true;
  document->root().elements([&](Value complaint) {
    if (!std::exchange(first, false)) return;
    complaint.members([&](std::string_view name, Value member) {
      if (name == "message") message = member.text().value_or("");
      if (name != "path") return;
      member.elements([&](Value part) { path += (path.empty() ? "" : ".") + part.text().value_or(""); });
    });
  });
  const bool both = !path.empty() && !message.empty();
  return both ? format("{}: {}", path, message) : path + message;
}

std::string plain_text(std::string text) {
  std::string complaint = first_complaint(text);
  return complaint.empty() ? std::move(text) : complaint;
}

// A text, or an object with a message.
std::string error_from(Value& value) {
  if (value.kind() != json::Kind::object) return value.text().value_or("");
  std::string message;
  value.members([&](std::string_view name, Value member) {
    if (name == "message") message = member.text().value_or("");
  });
  return message;
}

}  // namespace

std::string read_error_text(std::string_view body) {
  constexpr std::size_t longest = 300;
  std::string error = first_complaint(body);
  std::string message;
  each_member(body, [&](std::string_view name, Value member) {
    if (name == "message") message = plain_text(member.text().value_or(""));
    if (name == "error") error = plain_text(error_from(member));
  });
  const bool both = !error.empty() && !message.empty();
  const std::string text = both ? format("{}: {}", error, message) : error + message;
  return std::string(utf8_prefix(printable(trim(text)), longest));
}

std::optional<SystemTime> read_deadline(std::string_view body) {
  std::optional<SystemTime> deadline;
  each_member(body, [&](std::string_view name, Value member) {
    if (name != "deadline") return;
    if (const auto text = member.text()) deadline = parse_iso8601(*text);
  });
  return deadline;
}

}  // namespace civitai::api
