#include "net/url.hpp"

#include "base/format.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <memory>

namespace civitai::net {
namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

// Parameters of the site's API whose values are never secret; everything else is masked.
constexpr std::array<std::string_view, 39> harmless = {
    "limit",    "page",     "cursor",    "query",           "tag",        "username",       "types",    "baseModels",
    "sort",     "period",   "nsfw",      "primaryFileOnly", "ids",        "fileId",         "type",     "format",
    "size",     "fp",       "quantType", "postId",          "modelId",    "modelVersionId", "imageId",  "browsingLevel",
    "withMeta", "flatMeta", "archived",  "checkpointType",  "periodMode", "reason",         "original", "width",
    "height",   "quality",  "anim",      "transcode",       "userId",     "requiringMeta",  "tags"};

struct UrlFree {
  void operator()(CURLU* handle) const { curl_url_cleanup(handle); }
};
using Handle = std::unique_ptr<CURLU, UrlFree>;

std::string part(const Handle& handle, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(handle.get(), which, &text, 0) != CURLUE_OK || text == nullptr) return {};
  std::string result(text);
  curl_free(text);
  return result;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_harmless(std::string_view name) {
  return std::any_of(harmless.begin(), harmless.end(),
                     [&](std::string_view h) { return equal_ignoring_case(h, name); });
}

std::string written(const QueryParameters& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) {
    text += text.empty() ? '?' : '&';
    text += percent_encode(name) + '=' + percent_encode(value);
  }
  return text;
}

// A text that is no good URL, for an error message: without user name, password, query and fragment.
std::string shown_refused(std::string_view text) {
  const std::string_view open = text.substr(0, text.find_first_of("?#"));
  const std::size_t at = open.rfind('@');
  if (at == std::string_view::npos) return printable(open);
  const std::size_t slashes = open.find("://");
  const std::string_view start = slashes < at ? open.substr(0, slashes + 3) : std::string_view{};
  return printable(format("{}{}{}", start, Secret::mask, open.substr(at)));
}

// The scheme that an address names, in lower case; empty for a relative one.
std::string scheme_of(std::string_view address) {
  const std::size_t colon = address.find(':');
  if (colon == std::string_view::npos) return {};
  constexpr std::string_view letters_and_others = "abcdefghijklmnopqrstuvwxyz+-.0123456789";
  std::string scheme = to_lower(address.substr(0, colon));
  const bool letter_first = letters_and_others.substr(0, 26).find(scheme[0]) != std::string_view::npos;
  const bool is_scheme = letter_first && scheme.find_first_not_of(letters_and_others) == std::string::npos;
  return is_scheme ? scheme : std::string();
}

// Blanks and bytes beyond ASCII appear raw in Location headers now and then.
std::string made_plain(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F) {
      result += {'%', hex_digits[byte >> 4], hex_digits[byte & 15]};
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace

std::string percent_encode(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter_or_digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (letter_or_digit || c == '-' || c == '.' || c == '_' || c == '~') {
      result += c;
    } else {
      result += {'%', hex_digits[byte >> 4], hex_digits[byte & 15]};
    }
  }
  return result;
}

std::string percent_decode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool sequence =
        text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    if (!sequence) {
      result += text[i];
      continue;
    }
    result += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
    i += 2;
  }
  return result;
}

Result<Url> Url::parse(std::string_view text) {
  const std::string wanted(trim(text));
  const Handle handle(curl_url());
  const auto refused = [&](std::string_view why) {
    return fail(ErrorKind::usage, format("'{}' is not a usable URL: {}", shown_refused(wanted), why));
  };
  if (wanted.find('\0') != std::string::npos) return refused("it holds a NUL character");
  const CURLUcode code = curl_url_set(handle.get(), CURLUPART_URL, wanted.c_str(), 0);
  if (code != CURLUE_OK) return refused(curl_url_strerror(code));
  Url url;
  url.scheme_ = part(handle, CURLUPART_SCHEME);
  if (url.scheme_ != "http" && url.scheme_ != "https") return refused("only http and https are supported");
  if (!part(handle, CURLUPART_USER).empty() || !part(handle, CURLUPART_PASSWORD).empty()) {
    return refused("it carries a user name or password");
  }
  url.host_ = to_lower(part(handle, CURLUPART_HOST));
  if (url.host_.starts_with('[') && url.host_.ends_with(']')) url.host_ = url.host_.substr(1, url.host_.size() - 2);
  const auto port = parse_integer(part(handle, CURLUPART_PORT));
  url.port_ = port ? static_cast<int>(*port) : url.scheme_ == "https" ? 443 : 80;
  url.path_ = part(handle, CURLUPART_PATH);
  url.query_ = part(handle, CURLUPART_QUERY);
  url.text_ = part(handle, CURLUPART_URL);
  url.text_ = url.text_.substr(0, url.text_.find('#'));
  return url;
}

QueryParameters Url::query() const {
  QueryParameters result;
  if (query_.empty()) return result;
  for (const std::string& pair : split(query_, '&')) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto decoded = [](std::string text) { return percent_decode(replace_all(std::move(text), "+", " ")); };
    result.emplace_back(decoded(pair.substr(0, equals)), decoded(equals < pair.size() ? pair.substr(equals + 1) : ""));
  }
  return result;
}

std::optional<std::string> Url::query_value(std::string_view name) const {
  for (auto& [key, value] : query()) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

std::string Url::origin() const {
  const bool six = host_.find(':') != std::string::npos;
  const bool usual = port_ == (is_secure() ? 443 : 80);
  return format("{}://{}{}{}{}", scheme_, six ? "[" : "", host_, six ? "]" : "", usual ? "" : format(":{}", port_));
}

bool Url::is_loopback() const {
  // A name may begin with the same digits.
  const bool address = host_.find_first_not_of("0123456789.") == std::string::npos;
  return host_ == "localhost" || host_ == "::1" || (address && host_.starts_with("127."));
}

Url Url::with_path(std::string_view segment, const QueryParameters& parameters) const {
  std::string base = path_;
  while (base.ends_with('/')) base.pop_back();
  while (segment.starts_with('/')) segment.remove_prefix(1);
  Url url = *this;
  url.path_ = format("{}/{}", base, segment);
  const std::string query = written(parameters);
  url.query_ = query.empty() ? "" : query.substr(1);
  url.text_ = origin() + url.path_ + query;
  return url;
}

Result<Url> Url::redirected(std::string_view location) const {
  const std::string plain = made_plain(trim(location));
  const std::string scheme = scheme_of(plain);
  if (!scheme.empty() && scheme != "http" && scheme != "https") {
    return fail(ErrorKind::insecure, format("{} redirects to a '{}' address", host_, printable(scheme)));
  }
  const Handle handle(curl_url());
  curl_url_set(handle.get(), CURLUPART_URL, text_.c_str(), 0);
  const CURLUcode code = curl_url_set(handle.get(), CURLUPART_URL, plain.c_str(), 0);
  auto target = parse(code == CURLUE_OK ? part(handle, CURLUPART_URL) : "");
  if (!target) return fail(ErrorKind::network, format("{} redirects to an address that makes no sense", host_));
  if (is_secure() && !target->is_secure()) {
    return fail(ErrorKind::insecure, format("{} redirects from https to http ({})", host_, target->host()));
  }
  return target;
}

std::string redacted(const Url& url) {
  std::string text = url.origin() + url.path();
  char separator = '?';
  for (const auto& [name, value] : url.query()) {
    text += std::exchange(separator, '&');
    if (is_harmless(name)) {
      text += format("{}={}", percent_encode(name), percent_encode(value));
    } else {
      // Without a value the name itself may be the secret.
      const bool bare = value.find_first_not_of('=') == std::string::npos;
      text += bare ? std::string(Secret::mask) : format("{}={}", percent_encode(name), Secret::mask);
    }
  }
  return printable(text);
}

}  // namespace civitai::net
