#include "net/content_disposition.hpp"

#include "base/text.hpp"
#include "net/url.hpp"

namespace civitai::net {
namespace {

std::string latin1_to_utf8(std::string_view bytes) {
  std::string result;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      result += c;
    } else {
      result += static_cast<char>(0xC0 | (byte >> 6));
      result += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return result;
}

// Takes a quoted string off the front of `rest` (which starts behind the opening quote).
std::string take_quoted(std::string_view& rest) {
  std::string value;
  while (!rest.empty() && rest.front() != '"') {
    const bool escape = rest.front() == '\\' && rest.size() > 1 && (rest[1] == '"' || rest[1] == '\\');
    if (escape) rest.remove_prefix(1);
    value += rest.front();
    rest.remove_prefix(1);
  }
  if (!rest.empty()) rest.remove_prefix(1);
  return value;
}

std::string take_value(std::string_view& rest) {
  rest = trim(rest);
  if (rest.starts_with('"')) {
    rest.remove_prefix(1);
    return take_quoted(rest);
  }
  const std::size_t end = std::min(rest.find(';'), rest.size());
  const std::string value(trim(rest.substr(0, end)));
  rest.remove_prefix(end);
  return value;
}

// RFC 5987: charset'language'percent-encoded.
std::optional<std::string> decode_extended(std::string_view value) {
  const std::size_t first = value.find('\'');
  const std::size_t second = first == std::string_view::npos ? first : value.find('\'', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string charset = to_lower(value.substr(0, first));
  const std::string bytes = percent_decode(value.substr(second + 1));
  if (charset == "iso-8859-1") return latin1_to_utf8(bytes);
  return is_valid_utf8(bytes) ? std::optional(bytes) : std::nullopt;
}

std::string decode_plain(std::string_view value) {
  const std::string decoded = percent_decode(value);
  if (is_valid_utf8(decoded)) return decoded;
  return is_valid_utf8(value) ? std::string(value) : latin1_to_utf8(value);
}

}  // namespace

std::optional<std::string> file_name_from_content_disposition(std::string_view header) {
  std::optional<std::string> plain;
  std::optional<std::string> extended;
  std::string_view rest = header.substr(std::min(header.find(';'), header.size()));
  // Some servers leave the disposition type out.
  if (header.find('=') < header.find(';')) rest = header;
  while (!rest.empty()) {
    while (!rest.empty() && (rest.front() == ';' || rest.front() == ' ')) rest.remove_prefix(1);
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) break;
    const std::string name = to_lower(trim(rest.substr(0, equals)));
    rest.remove_prefix(equals + 1);
    const std::string value = take_value(rest);
    if (name == "filename*" && !extended) extended = decode_extended(value);
    if (name == "filename" && !plain) plain = decode_plain(value);
    rest.remove_prefix(std::min(rest.find(';'), rest.size()));
  }
  for (const auto& name : {extended, plain}) {
    if (name && !trim(*name).empty()) return name;
  }
  return std::nullopt;
}

}  // namespace civitai::net
