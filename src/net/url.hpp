// URLs: parsing, building, and the one way to print them.
//
// A Url is valid, absolute and of scheme http or https; its text may carry secrets (a signature, a token), so it is
// printed only through `redacted`. Pure values.
#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace civitai::net {

// Percent-encodes everything but the unreserved characters of RFC 3986.
[[nodiscard]] std::string percent_encode(std::string_view text);
// Decodes %XX; a '%' that starts no such sequence stays.
[[nodiscard]] std::string percent_decode(std::string_view text);

using QueryParameters = std::vector<std::pair<std::string, std::string>>;  // decoded

class Url {
 public:
  // Error of kind usage for anything that is no absolute http or https URL. User name and password are refused.
  [[nodiscard]] static Result<Url> parse(std::string_view text);

  // The full text for the wire, secrets included.
  [[nodiscard]] const std::string& wire() const { return text_; }
  [[nodiscard]] const std::string& scheme() const { return scheme_; }
  [[nodiscard]] const std::string& host() const { return host_; }  // lower case, without brackets
  [[nodiscard]] int port() const { return port_; }                 // the scheme's own when none is written
  [[nodiscard]] const std::string& path() const { return path_; }  // as written, starts with '/'
  [[nodiscard]] QueryParameters query() const;
  [[nodiscard]] std::optional<std::string> query_value(std::string_view name) const;  // name in any letter case

  // "http://host:port", without path.
  [[nodiscard]] std::string origin() const;
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] bool is_secure() const { return scheme_ == "https"; }

  // This URL's origin and path with `segment` appended (one '/' between) and these parameters.
  [[nodiscard]] Url with_path(std::string_view segment, const QueryParameters& parameters = {}) const;
  // The target of a Location header found at this URL; it may be relative. Error of kind insecure when it leaves
  // http(s) or goes from https to http.
  [[nodiscard]] Result<Url> redirected(std::string_view location) const;

  friend bool operator==(const Url& a, const Url& b) { return a.text_ == b.text_; }

 private:
  std::string text_;
  std::string scheme_;
  std::string host_;
  int port_ = 0;
  std::string path_;
  std::string query_;
};

// The URL for a screen, a log or an error: values of query parameters that are not plainly harmless become
// "[redacted]".
[[nodiscard]] std::string redacted(const Url& url);

}  // namespace civitai::net
