#include "base/format.hpp"
#include "base/text.hpp"
#include "site/api.hpp"
#include "site/effects.hpp"
#include "site/storage.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace standin {
namespace {

using civitai::format;

Answer plain(int status, std::string_view media_type, std::string body) {
  Answer answer{.status = status, .text = std::move(body)};
  answer.set("Content-Type", media_type);
  return answer;
}

Answer json(int status, const Json& body) { return json_answer(status, body.dump()); }

Answer with(Answer answer, std::string_view header, std::string_view value) {
  answer.set(header, value);
  return answer;
}

Answer edge_page(int status) {
  return plain(status, "text/html; charset=UTF-8",
               format("<!DOCTYPE html>\n<html><head><title>{0}: {1}</title></head><body>{0}</body></html>\n", status,
                      reason_phrase(status)));
}

Answer unauthorized(int status, std::string_view message) {
  return json(status, {{"error", "Unauthorized"}, {"message", message}});
}

Answer early(int status, bool with_deadline) {
  Json body = {{"error", "Early Access"}};
  if (with_deadline) body["deadline"] = "2099-06-14T10:15:09.330Z";
  body["message"] = "asset is in early access";
  return json(status, body);
}

Answer busy(int status, Json body) {
  return with(with(json(status, body), "Retry-After", "2"), "Cache-Control", "no-store");
}

struct Variant {
  std::string_view name;
  Answer (*make)(int status);
};

constexpr std::array<Variant, 26> variants = {{
    {"json", [](int status) { return error_text(status, reason_phrase(status)); }},
    {"message", [](int status) { return error_message(status, reason_phrase(status)); }},
    {"both",
     [](int status) {
       return json(status, {{"message", "unexpected error"}, {"error", "some internal text"}});
     }},
    {"zod",
     [](int status) {
       Answer answer = error_zod("limit", "too_big", "limit above 100");
       answer.status = status;
       return answer;
     }},
    {"pretty", [](int status) { return error_text(status, "✖ invalid option\n  → at size"); }},
    {"array", [](int status) { return json_answer(status, R"([{"code":"invalid_type","path":["limit"]}])"); }},
    {"code",
     [](int status) {
       return json(status, {{"error", "image search overloaded"}, {"code", "SERVICE_UNAVAILABLE"}});
     }},
    {"busy",
     [](int status) {
       return busy(status, {{"error", "busy, retry shortly"}});
     }},
    {"overloaded",
     [](int status) {
       return busy(status, {{"error", "image search overloaded"}, {"code", "SERVICE_UNAVAILABLE"}});
     }},
    {"region",
     [](int status) {
       return json(status, {{"error", "not available in your region"}, {"code", "REGION_BLOCKED"}});
     }},
    {"html", edge_page},
    {"challenge", [](int status) { return with(edge_page(status), "cf-mitigated", "challenge"); }},
    {"edge-1010", [](int status) { return plain(status, "text/plain; charset=UTF-8", "error code: 1010"); }},
    {"text", [](int status) { return plain(status, "text/plain", std::string(reason_phrase(status))); }},
    {"xml", [](int status) { return storage_error(Backend::r2, status, "InternalError", "please try again"); }},
    {"b2", [](int status) { return storage_error(Backend::b2, status, "unauthorized", ""); }},
    {"empty", [](int status) { return Answer{.status = status}; }},
    {"login", [](int status) { return unauthorized(status, "you must be logged in to download this asset"); }},
    {"disabled", [](int status) { return unauthorized(status, "creator has disabled downloads on this file"); }},
    {"early-access", [](int status) { return early(status, true); }},
    {"paywall", [](int status) { return early(status, false); }},
    {"forbidden", [](int status) { return error_text(status, "Forbidden"); }},
    {"no-grant", [](int status) { return error_text(status, "no access to this file"); }},
    {"transient",
     [](int status) { return with(error_text(status, "File not found"), "Cache-Control", "private, no-store"); }},
    {"quota",
     [](int status) { return error_text(status, "unusual amount of downloading from your account, come back later"); }},
    {"page-cap", [](int status) { return error_text(status, "too many pages requested, use cursors"); }},
}};

// The body that a status usually comes with.
std::string_view usual_variant(int status) {
  static constexpr std::array<std::pair<int, std::string_view>, 10> usual = {{{400, "json"},
                                                                              {401, "login"},
                                                                              {403, "forbidden"},
                                                                              {405, "empty"},
                                                                              {451, "region"},
                                                                              {499, "empty"},
                                                                              {500, "both"},
                                                                              {502, "html"},
                                                                              {503, "html"},
                                                                              {504, "html"}}};
  for (const auto& [code, variant] : usual) {
    if (code == status) return variant;
  }
  return status >= 520 ? "html" : "json";
}

void status(Stage& stage) {
  const auto parts = civitai::split(stage.parameter, ':');
  const auto code = civitai::parse_integer(parts[0]);
  if (!code || *code < 200 || *code > 999) throw std::invalid_argument("status: a code is missing");
  become_status(stage.answer, static_cast<int>(*code), parts.size() > 1 ? std::string_view(parts[1]) : "");
}

void retry_after(Stage& stage) {
  if (stage.answer.status < 400) become_status(stage.answer, 429, "json");
  std::string value = stage.text("2");
  if (value.starts_with("date")) {
    const auto seconds = civitai::parse_integer(std::string_view(value).substr(4)).value_or(0);
    value = http_date(stage.world.now() + std::chrono::seconds(seconds));
  }
  stage.answer.set("Retry-After", value);
}

void html_200(Stage& stage) {
  stage.answer.status = 200;
  stage.answer.replace_body("text/html; charset=utf-8", edge_page(502).text);
}

constexpr std::array<Effect, 3> status_table = {{
    {"status", "CODE[:VARIANT]",
     "another answer; variants: json message both zod pretty array code busy overloaded region html challenge "
     "edge-1010 text xml b2 empty login disabled early-access paywall forbidden no-grant transient quota page-cap",
     status},
    {"retry-after", "VALUE",
     "429 (or the error that an earlier rule made) with this Retry-After: seconds, any text, date+SECONDS, "
     "date-SECONDS",
     retry_after},
    {"html-200", "", "an HTML page as 200", html_200},
}};

}  // namespace

void become_status(Answer& answer, int status, std::string_view variant) {
  const std::string_view wanted = variant.empty() ? usual_variant(status) : variant;
  for (const Variant& one : variants) {
    if (one.name != wanted) continue;
    Answer made = one.make(status);
    made.route = answer.route;
    made.subject = answer.subject;
    made.link = answer.link;
    for (const auto* name : {"Server", "Date", "CF-Ray"}) {
      if (const auto value = answer.header(name)) made.set(name, *value);
    }
    answer = std::move(made);
    return;
  }
  throw std::invalid_argument(format("status: no variant '{}'", wanted));
}

std::span<const Effect> status_effects() { return status_table; }

}  // namespace standin
