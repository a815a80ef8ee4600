#include "base/format.hpp"
#include "base/text.hpp"
#include "site/effects.hpp"

#include <array>

namespace standin {
namespace {

using civitai::format;

void redirect(Stage& stage, const std::string& location) {
  Answer& answer = stage.answer;
  if (answer.status / 100 != 3) answer.status = 307;
  answer.replace_body("text/plain", location);
  answer.remove("Content-Type");
  answer.set("Location", location);
}

// The request's own target with another count of hops.
std::string next_hop(const Stage& stage, std::int64_t hop) {
  std::string target = stage.request.path;
  char separator = '?';
  for (const auto& [name, value] : stage.request.query.pairs()) {
    if (name == "hop") continue;
    target += separator + percent_encode(name) + "=" + percent_encode(value);
    separator = '&';
  }
  return format("{}{}hop={}", target, separator, hop);
}

std::int64_t hops_so_far(const Stage& stage) {
  return civitai::parse_integer(stage.request.query.get("hop").value_or("0")).value_or(0);
}

void loop(Stage& stage) { redirect(stage, next_hop(stage, hops_so_far(stage) + 1)); }

void chain(Stage& stage) {
  const std::int64_t hops = hops_so_far(stage);
  if (hops < stage.number(12)) redirect(stage, next_hop(stage, hops + 1));
}

void to_address(Stage& stage) {
  const Urls& urls = stage.world.urls;
  std::string location = stage.text("/login");
  location = civitai::replace_all(location, "{target}", stage.request.target);
  location = civitai::replace_all(location, "{api}", urls.api);
  location = civitai::replace_all(location, "{storage}", urls.storage);
  redirect(stage, civitai::replace_all(location, "{images}", urls.images));
}

constexpr std::array<Effect, 5> redirect_table = {{
    {"redirect-loop", "", "307 to itself, for ever", loop},
    {"redirect-chain", "[HOPS]", "so many relative redirects (12) before the real answer", chain},
    {"redirect-to", "URL", "307 to anything; {target} {api} {storage} {images} are filled in", to_address},
    {"redirect-status", "CODE", "redirects carry this status (301, 302, 303, 308)",
     [](Stage& stage) {
       if (stage.answer.status / 100 == 3) stage.answer.status = static_cast<int>(stage.number(302));
     }},
    {"redirect-no-location", "", "the Location is missing", [](Stage& stage) { stage.answer.remove("Location"); }},
}};

}  // namespace

std::span<const Effect> redirect_effects() { return redirect_table; }

}  // namespace standin
