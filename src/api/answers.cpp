#include "api/answers.hpp"

#include "api/documents.hpp"
#include "api/site.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "net/retry.hpp"

namespace civitai::api {
namespace {

constexpr std::string_view key_hint =
    "create a key at civitai.com/user/account and set CIVITAI_TOKEN, or ApiKey in config.toml";

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_web_page(const net::Response& response) {
  const std::string type = to_lower(response.head.headers.get("Content-Type").value_or(""));
  return type.find("text/html") != std::string::npos || looks_like_web_page(response.body);
}

// A refusal of the network edge in front of the site: not about the request, but about us.
bool is_edge_refusal(const net::Response& response) {
  const bool challenge = response.head.headers.get("cf-mitigated").has_value();
  return challenge || is_web_page(response) || trim(response.body).starts_with("error code:");
}

std::string with_text(std::string sentence, const net::Response& response) {
  const std::string text = is_web_page(response) ? "" : read_error_text(response.body);
  return text.empty() ? sentence : format("{} ({})", sentence, text);
}

Judgement final_with(ErrorKind kind, std::string message, std::string hint = {}) {
  return {Judgement::Kind::final, Error{kind, std::move(message), std::move(hint)}};
}

Judgement retry_with(const net::Response& response, SystemTime now, ErrorKind kind, std::string message,
                     std::string hint = {}) {
  Judgement judgement{Judgement::Kind::retry, Error{kind, std::move(message), std::move(hint)}};
  if (const auto value = response.head.headers.get("Retry-After")) {
    judgement.retry_after = net::parse_retry_after(*value, now);
  }
  return judgement;
}

Judgement redirect_to(const net::Response& response) {
  const auto location = response.head.headers.get("Location");
  if (!location || location->empty()) {
    return {Judgement::Kind::retry, Error{ErrorKind::network, "the site redirects without saying where", {}}};
  }
  return {Judgement::Kind::redirect, {}, {}, std::string(*location)};
}

Judgement edge_refusal() {
  return final_with(ErrorKind::network, "the network edge in front of the site refuses this client",
                    "wait a while or try from another network; a proxy or VPN may be the cause");
}

Judgement region_refusal(const net::Response& response) {
  return final_with(ErrorKind::authentication, with_text("the site refuses requests from this country", response));
}

// Statuses that mean the same on every route.
std::optional<Judgement> judge_common(const net::Response& response, SystemTime now) {
  const int status = response.head.status;
  if (is_redirect(status)) return redirect_to(response);
  if (status == 451) return region_refusal(response);
  if (status == 403 && is_edge_refusal(response)) return edge_refusal();
  if (status != 429 && net::is_transient_status(status)) {
    return retry_with(response, now, ErrorKind::network,
                      with_text(format("the site is in trouble, status {}", status), response), "try again later");
  }
  return std::nullopt;
}

Judgement judge_paid(const net::Response& response) {
  const auto deadline = read_deadline(response.body);
  const std::string when = deadline ? format("early access until {}", to_iso8601(*deadline).substr(0, 10))
                                    : "not free: paid access, or your account has no grant for it";
  return final_with(ErrorKind::authentication, with_text(when, response),
                    deadline ? "buy access on its page, or run again after that day" : "look at its page on the site");
}

Judgement judge_download_401(const net::Response& response, KeyUse key) {
  // With a key that the site accepts, 401 can only mean that the creator switched downloads off; whether it accepts the
  // key, the caller finds out.
  const bool not_signed_in = to_lower(read_error_text(response.body)).find("logged in") != std::string::npos;
  if (key == KeyUse::with_key && not_signed_in) {
    return final_with(ErrorKind::authentication, with_text("the site does not count the key as a sign-in", response),
                      "create a new key at civitai.com/user/account");
  }
  if (key == KeyUse::with_key) {
    return final_with(ErrorKind::authentication, with_text("the creator has switched downloads off", response));
  }
  return final_with(ErrorKind::authentication, with_text("the site gives this file to signed-in users only", response),
                    std::string(key_hint));
}

// Page numbers end at 1,000 items for good; cursors do not.
bool is_page_cap(const net::Url& url, const net::Response& response) {
  const bool numbered = url.query_value("page") && !url.query_value("cursor");
  return numbered || to_lower(read_error_text(response.body)).find("too many pages") != std::string::npos;
}

// Where the download route sends a browser instead of refusing: the login, or the page of the model. A path on the
// storage may hold the same words.
enum class Page { none, login, model };

Page page_at(std::string_view location) {
  const auto absolute =
      net::Url::parse(location.starts_with("//") ? format("https:{}", location) : std::string(location));
  const std::string path = absolute ? absolute->path() : std::string(location.substr(0, location.find_first_of("?#")));
  if (path == "/login" || path.starts_with("/login/")) return Page::login;
  const bool on_site = !absolute || is_own_host(absolute->host());
  const bool model = path.starts_with("/model-versions/") || path.starts_with("/models/");
  return on_site && model ? Page::model : Page::none;
}

}  // namespace

bool looks_like_web_page(std::string_view start) {
  while (!start.empty() && (trim(start.substr(0, 1)).empty() || start.starts_with("\xEF\xBB\xBF"))) {
    start.remove_prefix(start.starts_with("\xEF\xBB\xBF") ? 3 : 1);
  }
  const std::string head = to_lower(start.substr(0, 15));
  return head.starts_with("<!doctype html") || head.starts_with("<html") || head.starts_with("<head");
}

Judgement judge_document(const net::Url& url, const net::Response& response, SystemTime now) {
  const int status = response.head.status;
  if (const auto common = judge_common(response, now)) return *common;
  if (status >= 200 && status < 300) {
    if (!is_web_page(response)) return {};
    return retry_with(response, now, ErrorKind::network, "the site answers with a web page instead of data",
                      "try again later");
  }
  if (status == 429 && is_page_cap(url, response)) {
    return final_with(ErrorKind::network, with_text("the site pages no further", response));
  }
  if (status == 429) {
    return retry_with(response, now, ErrorKind::rate_limited, with_text("the site asks to slow down", response),
                      "try again later");
  }
  if (status == 400) return final_with(ErrorKind::usage, with_text("the site does not accept the request", response));
  if (status == 401 || status == 403) {
    return final_with(ErrorKind::authentication, with_text("the site refuses", response), std::string(key_hint));
  }
  if (status == 404 || status == 410) {
    return final_with(ErrorKind::not_found, with_text("the site does not have it", response));
  }
  return final_with(ErrorKind::network, with_text(format("the site answers with status {}", status), response));
}

Judgement judge_download(const net::Response& response, KeyUse key, SystemTime now) {
  const int status = response.head.status;
  if (auto common = judge_common(response, now)) {
    const Page page = common->kind == Judgement::Kind::redirect ? page_at(common->location) : Page::none;
    if (page == Page::login) return judge_download_401(response, KeyUse::without_key);
    return page == Page::model ? judge_paid(response) : *common;
  }
  if (status >= 200 && status < 300) {
    return is_web_page(response) ? judge_download_401(response, KeyUse::without_key) : Judgement{};
  }
  switch (status) {
    case 401: return judge_download_401(response, key);
    case 403: return judge_paid(response);
    case 404:  // may be a passing trouble of the storage
      return retry_with(response, now, ErrorKind::not_found, with_text("the site does not find this file", response),
                        "it may have been withdrawn; look at its page on the site");
    case 410: return final_with(ErrorKind::skipped, with_text("the model is archived, its files are gone", response));
    case 429:
      if (response.head.headers.get("Retry-After")) {
        return retry_with(response, now, ErrorKind::rate_limited, with_text("the site asks to slow down", response),
                          "try again later");
      }
      return retry_with(response, now, ErrorKind::rate_limited,
                        with_text("the download quota of your account or address is used up", response),
                        "the site counts downloads over 24 hours: run the same command again later");
    case 400: return final_with(ErrorKind::usage, with_text("the site does not accept the request", response));
    default:
      return final_with(ErrorKind::network, with_text(format("the site answers with status {}", status), response));
  }
}

StorageAnswer judge_storage(const net::ResponseHead& head) {
  if (is_redirect(head.status)) return StorageAnswer::redirect;
  const std::string type = to_lower(head.headers.get("Content-Type").value_or(""));
  const bool web_page = type.find("text/html") != std::string::npos;
  if (head.status == 200 || head.status == 206) return web_page ? StorageAnswer::web_page : StorageAnswer::bytes;
  // A storage refuses in XML or JSON: this is a check or a block on the way.
  if (web_page && (head.status == 401 || head.status == 403)) return StorageAnswer::web_page;
  switch (head.status) {
    case 400:
    case 401:
    case 403:
    case 404:
    case 410: return StorageAnswer::link_expired;
    case 416: return StorageAnswer::range_refused;
    case 429: return StorageAnswer::too_many;
    default: return StorageAnswer::busy;
  }
}

}  // namespace civitai::api
