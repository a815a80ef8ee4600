// How a stand-in site behaves as a whole. Most of it can be changed while the site runs (Site::change_options).
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace standin {

// What a key is good for. expired and banned keys make their bearer anonymous, as on the real site.
enum class TokenKind {
  valid,
  expired,
  banned,
  blocked,   // 403 on every download
  no_grant,  // signed in, but may not fetch any file
  owner      // has bought early access and has a grant for private versions
};
[[nodiscard]] std::string_view to_string(TokenKind kind);
[[nodiscard]] std::optional<TokenKind> token_kind_from(std::string_view word);

// "valid-key", "expired-key", "banned-key", "blocked-key", "no-grant-key", "owner-key".
[[nodiscard]] std::map<std::string, TokenKind> default_tokens();

enum class Login { optional, required };
enum class Backend { r2, b2, alternating };
enum class ImageRedirect { none, to_cache };

struct Ports {
  std::uint16_t api = 0;  // 0: a free one
  std::uint16_t storage = 0;
  std::uint16_t images = 0;
  std::uint16_t admin = 0;
};

struct Options {
  std::string address = "127.0.0.1";  // fixed at the start, as are the ports and `admin`
  Ports ports = {};
  bool admin = false;

  std::map<std::string, TokenKind> tokens = default_tokens();
  Login login = Login::optional;     // for downloads
  civitai::Milliseconds latency{0};  // waited before each answer, on every listener but admin
  std::uint64_t storage_rate = 0;    // bytes per second on one connection; 0: as fast as it goes
  civitai::Milliseconds link_lifetime{86'400'000};
  Backend backend = Backend::r2;     // the form of the signed links
  std::uint64_t download_quota = 0;  // links per key (or for all without one); 0: no limit
  bool newest_drops_one = false;     // date-sorted lists lose the first item of every further page
  std::size_t page_size_cap = 0;     // never more items on a page, whatever `limit` says; 0: no cap
  bool gzip = true;                  // JSON for clients that ask for it
  ImageRedirect image_redirect = ImageRedirect::none;
  std::string image_redirect_base = {};  // another origin for the redirect; empty: the images listener itself
  std::string images_url = {};           // where documents say the pictures are; empty: our own images listener
  std::string storage_url = {};          // links lead to <storage_url>/<file id>, unsigned; empty: our own storage
  std::string configured_url = {};       // origin of the links in /models/{id}; empty: the API listener's
};

}  // namespace standin
