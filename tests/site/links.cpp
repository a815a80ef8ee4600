#include "site/links.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "site/content.hpp"
#include "site/url.hpp"

#include <chrono>

namespace standin {
namespace {

using civitai::format;
using civitai::SystemTime;

// "20260602T090000Z", or without the letters.
std::string compact_time(SystemTime time, bool letters) {
  const std::tm utc = fmt::gmtime(std::chrono::system_clock::to_time_t(time));
  return letters ? format("{:%Y%m%dT%H%M%SZ}", utc) : format("{:%Y%m%d%H%M%S}", utc);
}

std::string hex_from(std::uint64_t seed, std::size_t digits) {
  const std::string bytes = Content::generated(seed, digits / 2).text();
  return civitai::to_hex(std::as_bytes(std::span(bytes)));
}

// "name.abcd.ext": storage puts four characters before the extension.
std::string stored_as(const std::string& name, const std::string& infix) {
  const std::size_t dot = name.rfind('.');
  const bool has_extension = dot != std::string::npos && dot > 0;
  const std::string stem = has_extension ? name.substr(0, dot) : name;
  return percent_encode(stem + "." + infix + (has_extension ? name.substr(dot) : ""));
}

std::string r2_target(const LinkOrder& order, const std::string& signature) {
  const auto lifetime = std::chrono::duration_cast<std::chrono::seconds>(order.lifetime).count();
  const std::string date = compact_time(order.now, true);
  return format(
      "/model/{}/{}?X-Amz-Expires={}&X-Amz-Date={}&response-content-disposition={}&X-Amz-Algorithm=AWS4-HMAC-SHA256"
      "&X-Amz-Credential={}%2F{}%2Fauto%2Fs3%2Faws4_request&X-Amz-SignedHeaders=host&X-Amz-Signature={}",
      order.user_id, stored_as(order.stored_name, signature.substr(0, 4)), lifetime, date,
      percent_encode(order.disposition), signature.substr(8, 32), date.substr(0, 8), signature);
}

std::string b2_target(const LinkOrder& order, const std::string& signature) {
  return format("/file/civitai-modelfiles/model/{}/{}?Authorization={}&b2ContentDisposition={}", order.user_id,
                stored_as(order.stored_name, signature.substr(2, 4)), signature,
                civitai::replace_all(percent_encode(order.disposition), "%20", "+"));
}

}  // namespace

Link Links::make(const LinkOrder& order) {
  return table_.with([&](Table& table) {
    const std::uint64_t number = ++table.made;
    Link link{.file_id = order.file_id, .backend = order.backend, .expires = order.now + order.lifetime};
    if (link.backend == Backend::alternating) link.backend = number % 2 == 1 ? Backend::r2 : Backend::b2;
    const std::string secret = hex_from(number ^ 0x51671ED5, 64);
    if (link.backend == Backend::b2) {
      const std::string expiry = compact_time(link.expires, false);
      link.signature =
          format("3_{}_{}_{}_000_dnld", compact_time(order.now, false), secret.substr(0, 24), expiry.substr(2));
      link.target = b2_target(order, link.signature);
      link.edition = 1;
    } else {
      link.signature = secret;
      link.target = r2_target(order, link.signature);
    }
    table.links[link.signature] = link;
    return link;
  });
}

std::optional<Link> Links::find(const std::string& signature) const {
  return table_.read([&](const Table& table) -> std::optional<Link> {
    const auto found = table.links.find(signature);
    return found == table.links.end() ? std::nullopt : std::optional(found->second);
  });
}

void Links::change(const std::string& signature, const std::function<void(Link&)>& change) {
  table_.with([&](Table& table) {
    const auto found = table.links.find(signature);
    if (found != table.links.end()) change(found->second);
  });
}

void Links::expire_all() {
  table_.with([](Table& table) {
    for (auto& [signature, link] : table.links) link.expires = SystemTime{};
  });
}

}  // namespace standin
