#include "site/api.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace standin {
namespace {

using civitai::format;

enum class Cache { shared, mixed, hour, none, own };

struct Route {
  std::string_view name;
  std::string_view method;
  std::string_view path;  // a '*' at the end stands for one more segment, '**' for any rest
  Cache cache;
  Answer (*handler)(const Context&);
};

constexpr std::array<Route, 21> routes = {{
    {"models", "GET", "/api/v1/models", Cache::mixed, list_models},
    {"model", "GET", "/api/v1/models/*", Cache::shared, one_model},
    {"by_hash", "POST", "/api/v1/model-versions/by-hash", Cache::none, by_hashes},
    {"by_hash_ids", "POST", "/api/v1/model-versions/by-hash/ids", Cache::none, by_hash_ids},
    {"by_hash", "GET", "/api/v1/model-versions/by-hash/*", Cache::hour, by_hash},
    {"mini", "GET", "/api/v1/model-versions/mini/*", Cache::mixed, mini_version},
    {"version", "GET", "/api/v1/model-versions/*", Cache::mixed, one_version},
    {"images", "GET", "/api/v1/images", Cache::shared, list_images},
    {"creators", "GET", "/api/v1/creators", Cache::shared, list_creators},
    {"tags", "GET", "/api/v1/tags", Cache::shared, list_tags},
    {"enums", "GET", "/api/v1/enums", Cache::none, enums},
    {"me", "GET", "/api/v1/me", Cache::none, me},
    {"collections", "GET", "/api/v1/collections", Cache::mixed, list_collections},
    {"collection", "GET", "/api/v1/collections/*", Cache::mixed, one_collection},
    {"download", "GET", "/api/download/models/*", Cache::own, download},
    {"login", "GET", "/login", Cache::none, web_page},
    {"page", "GET", "/model-versions/*", Cache::none, web_page},
    {"page", "GET", "/models/**", Cache::none, web_page},
    {"page", "GET", "/images/**", Cache::none, web_page},
    {"page", "GET", "/user/**", Cache::none, web_page},
    {"page", "GET", "/", Cache::none, web_page},
}};

// The part of `path` that the pattern's star stands for; nullopt when it does not match.
std::optional<std::string_view> match(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with('*')) return path == pattern ? std::optional<std::string_view>("") : std::nullopt;
  const bool any_depth = pattern.ends_with("**");
  const std::string_view fixed = pattern.substr(0, pattern.find('*'));
  if (!path.starts_with(fixed) || path.size() == fixed.size()) return std::nullopt;
  const std::string_view tail = path.substr(fixed.size());
  if (!any_depth && tail.find('/') != std::string_view::npos) return std::nullopt;
  return tail;
}

// The key counts by header first, then by parameter; it is trimmed, and the header is split at a blank.
Caller identify(const Options& options, const Request& request) {
  std::string token;
  if (const auto header = request.header("Authorization")) {
    const std::size_t blank = header->find(' ');
    if (blank != std::string::npos) token = civitai::trim(std::string_view(*header).substr(blank + 1));
  }
  if (token.empty()) token = civitai::trim(request.query.get("token").value_or(""));
  const auto known = options.tokens.find(token);
  if (known == options.tokens.end()) return {.token = token};
  const auto place = std::distance(options.tokens.begin(), known);
  return {.token = token, .kind = known->second, .id = 8800100 + place};
}

void add_edge_headers(World& world, const Context& context, Cache cache, Answer& answer) {
  answer.set("Server", "cloudflare");
  answer.set("Date", http_date(world.now()));
  answer.set("CF-Ray", world.next_ray());
  const bool cached =
      cache == Cache::shared || cache == Cache::hour || (cache == Cache::mixed && context.caller.token.empty());
  answer.set("CF-Cache-Status", cached ? "MISS" : "DYNAMIC");
  if (cached) answer.set("Age", "0");
  if (cache == Cache::own || answer.header("Cache-Control")) return;
  if (cache == Cache::hour) {
    answer.set("Cache-Control", "public, s-maxage=3600, stale-while-revalidate=1800");
  } else if (cached) {
    answer.set("Cache-Control", "public, s-maxage=300, stale-while-revalidate=150");
  } else {
    answer.set("Cache-Control", "max-age=0, private, no-cache");
    answer.set("X-Handled-By", "stand-in");
  }
  if (cache != Cache::none) answer.set("Access-Control-Allow-Origin", "*");
}

// Characters that a client must have percent-encoded, as in cursors.
bool has_raw_characters(std::string_view target) {
  return target.find_first_of("|\"<>^`{}\\ ") != std::string_view::npos;
}

struct Found {
  const Route* route = nullptr;
  std::string tail;
  bool other_method = false;
};

Found find_route(const Request& request) {
  Found found;
  for (const Route& route : routes) {
    const auto tail = match(route.path, request.path);
    if (!tail) continue;
    // HEAD runs the handler of GET, as the real routes without a method check do.
    if (request.method == route.method || (request.method == "HEAD" && route.method == "GET")) {
      return {.route = &route, .tail = percent_decode(*tail)};
    }
    found.other_method = true;
  }
  return found;
}

}  // namespace

std::string Context::asked_origin() const { return "http://" + request.header("Host").value_or("localhost"); }

DocumentSettings Context::settings(std::string base) const {
  const std::string& pictures = options.images_url.empty() ? world.urls.images : options.images_url;
  return {.hashes = world.hashes, .base = std::move(base), .images_base = pictures};
}

Answer answer_api(World& world, const Request& request) {
  const auto options = world.options();
  return world.read([&](const Catalogue& catalogue) {
    Context context{.world = world,
                    .options = *options,
                    .catalogue = catalogue,
                    .request = request,
                    .caller = identify(*options, request)};
    const Found found = find_route(request);
    const Cache cache = found.route != nullptr ? found.route->cache : Cache::none;
    Answer answer;
    if (has_raw_characters(request.target)) {
      answer = error_text(400, "Bad Request");
    } else if (found.route != nullptr) {
      context.tail = found.tail;
      answer = found.route->handler(context);
    } else {
      answer = found.other_method ? Answer{.status = 405} : error_text(404, "Not found");
    }
    if (found.route != nullptr) answer.route = found.route->name;
    add_edge_headers(world, context, cache, answer);
    return answer;
  });
}

std::optional<bool> boolean_word(std::string_view text) {
  static constexpr std::array<std::string_view, 6> yes = {"true", "1", "yes", "on", "y", "enabled"};
  static constexpr std::array<std::string_view, 6> no = {"false", "0", "no", "off", "n", "disabled"};
  const std::string word = civitai::to_lower(text);
  if (std::find(yes.begin(), yes.end(), word) != yes.end()) return true;
  if (std::find(no.begin(), no.end(), word) != no.end()) return false;
  return std::nullopt;
}

std::string echoed_link(const Context& context, const std::vector<std::string>& without, const Pairs& additions) {
  std::string link = context.asked_origin() + context.request.path;
  char separator = '?';
  const auto add = [&](const std::string& name, const std::string& value) {
    link += separator + percent_encode(name) + "=" + percent_encode(value);
    separator = '&';
  };
  for (const auto& [name, value] : context.query().pairs()) {
    if (std::find(without.begin(), without.end(), name) == without.end()) add(name, value);
  }
  for (const auto& [name, value] : additions) add(name, value);
  return link;
}

Answer document_answer(const Json& document) {
  return json_answer(200, document.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Answer error_text(int status, std::string_view text) { return json_answer(status, Json{{"error", text}}.dump()); }

Answer error_message(int status, std::string_view text) { return json_answer(status, Json{{"message", text}}.dump()); }

Answer error_zod(std::string_view field, std::string_view code, std::string_view text) {
  const Json issue = {{"code", code}, {"path", Json::array({field})}, {"message", text}};
  const Json error = {{"name", "ZodError"}, {"message", Json::array({issue}).dump(2)}};
  return json_answer(400, Json{{"error", error}}.dump());
}

Answer error_pretty(std::string_view field, std::string_view text) {
  return error_text(400, format("✖ {}\n  → at {}", text, field));
}

Answer html_page(int status, std::string_view title) {
  Answer answer{.status = status};
  answer.text =
      format("<!DOCTYPE html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n", title);
  answer.set("Content-Type", "text/html; charset=utf-8");
  return answer;
}

Answer web_page(const Context& context) {
  return html_page(200, context.request.path == "/login" ? "Sign in" : "Civitai");
}

}  // namespace standin
