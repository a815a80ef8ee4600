#include "engine/shared_link.hpp"

#include "net/content_disposition.hpp"

#include <string_view>
#include <utility>

namespace civitai::engine {
namespace {

constexpr int most_links = 6;  // asked for without progress in between
constexpr int longest_redirect_chain = 10;

std::optional<std::string> name_in_link(const net::Url& url) {
  for (const std::string_view parameter : {"response-content-disposition", "b2ContentDisposition"}) {
    const auto value = url.query_value(parameter);
    auto name = value ? net::file_name_from_content_disposition(*value) : std::nullopt;
    if (name) return name;
  }
  return std::nullopt;
}

}  // namespace

Status SharedLink::renew(const std::stop_token& stop) {
  if (++fruitless_ > most_links) {
    return fail(ErrorKind::network, "the storage refuses every link the site gives", "try again later");
  }
  auto link = source_(stop);
  if (!link) return fail(link.error());
  redirects_ = 0;
  put(std::move(*link));
  return {};
}

Status SharedLink::follow(const std::string& location) {
  auto target = link_->url.redirected(location);
  if (!target) return fail(target.error());
  if (++redirects_ > longest_redirect_chain)
    return fail(ErrorKind::network, "the storage redirects in a circle", "try again later");
  put({std::move(*target), {}});
  return {};
}

void SharedLink::put(api::DownloadLink link) {
  link_ = std::move(link);
  offered_name_ = name_in_link(link_->url);
  ++generation_;
}

}  // namespace civitai::engine
