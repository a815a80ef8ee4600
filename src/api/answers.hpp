// What an answer of the site means: good, worth another try, or final with words for the person. Pure.
//
// Decided by status first, then by content type; bodies are read leniently and wording is never matched. The table
// behind it stands in docs/civitai.md.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "net/http.hpp"

#include <optional>
#include <string_view>

namespace civitai::api {

struct Judgement {
  enum class Kind {
    good,
    retry,     // the same request may succeed later
    final,     // it will not
    redirect,  // `location` says where to go on
  };
  Kind kind = Kind::good;
  Error error = {};                              // for retry and final
  std::optional<Milliseconds> retry_after = {};  // for retry, when the server said
  std::string location = {};                     // for redirect
};

// An answer of a JSON endpoint.
[[nodiscard]] Judgement judge_document(const net::Url& url, const net::Response& response, SystemTime now);

enum class KeyUse { without_key, with_key };

// An answer of the download route. `good` means that the site itself serves the bytes.
[[nodiscard]] Judgement judge_download(const net::Response& response, KeyUse key, SystemTime now);

// An answer of the host that stores the bytes (or pictures).
enum class StorageAnswer {
  bytes,          // 200 or 206
  web_page,       // HTML where a file was due, or as 401 or 403
  range_refused,  // 416
  link_expired,   // 400, 401, 403, 404, 410: ask for a new link
  redirect,
  too_many,  // 429
  busy,      // worth another try with the same link
};
[[nodiscard]] StorageAnswer judge_storage(const net::ResponseHead& head);

// Whether a body starts like a web page.
[[nodiscard]] bool looks_like_web_page(std::string_view start);

}  // namespace civitai::api
