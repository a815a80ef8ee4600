#include "api/client.hpp"

#include "api/answers.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

#include <iterator>
#include <utility>

namespace civitai::api {
namespace {

// A page of 100 models with all their pictures is about 4 MB; fifty is said to have been seen.
constexpr std::size_t largest_document = 128UL << 20;
constexpr std::size_t largest_refusal = 64UL << 10;
constexpr int longest_redirect_chain = 10;
// A file that the site does not find is asked for three times: its storage has moments of absence.
constexpr int tries_for_absent_file = 3;

// Takes the answer of the download route: keeps the text of a refusal, and stops as soon as it is clear that the site
// serves the bytes itself.
class LinkSink final : public net::ResponseSink {
 public:
  Status on_head(const net::ResponseHead& head) override {
    response.head = head;
    serves_bytes = judge_storage(head) == StorageAnswer::bytes;
    return serves_bytes ? Status(fail(ErrorKind::cancelled, "the body is not wanted yet")) : Status{};
  }
  Status on_body(std::span<const std::byte> data) override {
    const std::size_t room = largest_refusal - std::min(largest_refusal, response.body.size());
    response.body.append(reinterpret_cast<const char*>(data.data()), std::min(room, data.size()));
    return {};
  }

  net::Response response;
  bool serves_bytes = false;
};

Judgement judge_transport(const Error& error) {
  const bool passing = error.kind == ErrorKind::network;
  return {passing ? Judgement::Kind::retry : Judgement::Kind::final, error};
}

// What the site takes at once.
constexpr std::size_t largest_identification = 10'000;
constexpr std::size_t largest_hash_list = 100;

template <class T>
std::vector<std::span<const T>> batches(std::span<const T> all, std::size_t size) {
  std::vector<std::span<const T>> parts;
  for (; all.size() > size; all = all.subspan(size)) parts.push_back(all.first(size));
  if (!all.empty()) parts.push_back(all);
  return parts;
}

std::string json_list(std::span<const std::string> hashes) { return format("[\"{}\"]", join(hashes, "\",\"")); }

template <class Id>
std::vector<std::int64_t> numbers(std::span<const Id> ids) {
  std::vector<std::int64_t> values;
  for (const Id id : ids) values.push_back(id.value);
  return values;
}

}  // namespace

Client::Client(Context context, Site site)
    : context_(std::move(context)),
      site_(std::move(site)),
      pacer_(context_.clock, site_.delay),
      gate_(context_.clock, context_.retry) {}

net::Request Client::document_request(const net::Url& url) const {
  net::Request request{.url = url};
  request.bearer = key_for(site_, url);
  request.encoding = net::Encoding::compressed;
  request.total_timeout = site_.timeout;
  request.stall_timeout = site_.timeout;
  return request;
}

bool Client::pause(const Judgement& judgement, std::string_view what, int attempt, const std::stop_token& stop) {
  const auto delay = net::retry_delay(context_.retry, {attempt, judgement.retry_after}, context_.random());
  if (!delay) return false;
  const double seconds = static_cast<double>(delay->count()) / 1000;
  context_.log.warn("{}: {}; trying again in {:.1f} s", what, judgement.error.message, seconds);
  return context_.clock.sleep(*delay, stop);
}

Status Client::insist(net::Url url, std::string_view what, const Send& send, const std::stop_token& stop) {
  int hops = 0;
  for (int attempt = 1;;) {
    const Judgement judgement = send(url, attempt);
    if (stop.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
    switch (judgement.kind) {
      case Judgement::Kind::good: return {};
      case Judgement::Kind::final: return fail(judgement.error);
      case Judgement::Kind::retry:
        if (!pause(judgement, what, attempt++, stop)) {
          return stop.stop_requested() ? fail(ErrorKind::cancelled, "interrupted") : fail(judgement.error);
        }
        break;
      case Judgement::Kind::redirect: {
        auto target = url.redirected(judgement.location);
        if (!target) return fail(target.error());
        if (++hops > longest_redirect_chain) {
          return fail(ErrorKind::network, format("{} redirects in a circle", url.host()), "try again later");
        }
        if (!is_api_host(site_, *target)) {
          return fail(ErrorKind::network, format("{} redirects astray, to {}", url.host(), target->host()),
                      "check the base URL");
        }
        url = std::move(*target);
      }
    }
  }
}

template <class T>
Result<T> Client::get(const net::Url& wanted, std::string_view what,
                      const std::function<Result<T>(std::string_view)>& read, const std::stop_token& stop) {
  return ask<T>(wanted, std::nullopt, what, read, stop);
}

template <class T>
Result<T> Client::ask(const net::Url& wanted, const std::optional<std::string>& json, std::string_view what,
                      const std::function<Result<T>(std::string_view)>& read, const std::stop_token& stop) {
  std::optional<T> value;
  const Send send = [&](const net::Url& url, int) {
    if (!pacer_.wait(stop)) return Judgement{};
    net::Request request = document_request(url);
    if (json) request.headers.add("Content-Type", "application/json");
    request.json = json;
    const auto response = net::fetch(context_.http, std::move(request), largest_document, stop);
    if (!response) return judge_transport(response.error());
    Judgement judgement = judge_document(url, *response, context_.clock.now());
    if (judgement.kind != Judgement::Kind::good) return judgement;
    auto document = read(response->body);
    if (!document) return judge_transport(document.error());  // cut short or garbled on its way
    value = std::move(*document);
    return judgement;
  };
  if (auto status = insist(wanted, what, send, stop); !status) return fail(status, what);
  return std::move(*value);
}

Result<ModelPage> Client::models(const net::Url& page, int number, const std::stop_token& stop) {
  return get<ModelPage>(page, format("model list, page {}", number), read_model_page, stop);
}

Result<ImagePage> Client::images(const net::Url& page, int number, const std::stop_token& stop) {
  return get<ImagePage>(page, format("image list, page {}", number), read_image_page, stop);
}

Result<Model> Client::model(ModelId id, const std::stop_token& stop) {
  return get<Model>(model_url(site_.base, id), format("model {}", id.value), read_model, stop);
}

Result<Model> Client::version(VersionId id, const std::stop_token& stop) {
  return get<Model>(version_url(site_.base, id), format("model version {}", id.value), read_version_document, stop);
}

Result<std::vector<HashMatch>> Client::identify(std::span<const std::string> sha256, const std::stop_token& stop) {
  const net::Url url = site_.base.with_path("api/v1/model-versions/by-hash/ids");
  std::vector<HashMatch> matches;
  for (const auto& batch : batches(sha256, largest_identification)) {
    auto found = ask<std::vector<HashMatch>>(url, json_list(batch), "look-up of hashes", read_hash_matches, stop);
    if (!found) return found;
    matches.insert(matches.end(), found->begin(), found->end());
  }
  return matches;
}

Result<std::vector<Model>> Client::versions_by_hash(std::span<const std::string> sha256, const std::stop_token& stop) {
  const net::Url url = site_.base.with_path("api/v1/model-versions/by-hash");
  std::vector<Model> models;
  for (const auto& batch : batches(sha256, largest_hash_list)) {
    auto found = ask<std::vector<Model>>(url, json_list(batch), "versions by hash", read_version_list, stop);
    if (!found) return found;
    std::move(found->begin(), found->end(), std::back_inserter(models));
  }
  return models;
}

Result<std::vector<Model>> Client::models_listed(std::string_view parameter, std::span<const std::int64_t> ids,
                                                 const std::stop_token& stop) {
  std::vector<Model> models;
  for (const auto& batch : batches(ids, largest_model_page)) {
    const net::Url url =
        site_.base.with_path("api/v1/models", {{std::string(parameter), format("{}", join(batch, ","))},
                                               {"limit", std::to_string(largest_model_page)},
                                               {"nsfw", "true"}});
    auto page = get<ModelPage>(url, "models by id", read_model_page, stop);
    if (!page) return fail(page.error());
    std::move(page->models.begin(), page->models.end(), std::back_inserter(models));
  }
  return models;
}

Result<std::vector<Model>> Client::models_by_id(std::span<const ModelId> ids, const std::stop_token& stop) {
  return models_listed("ids", numbers(ids), stop);
}

Result<std::vector<Model>> Client::models_of(std::span<const VersionId> ids, const std::stop_token& stop) {
  return models_listed("modelVersionIds", numbers(ids), stop);
}

Result<std::string> Client::account(const std::stop_token& stop) {
  auto name = get<std::string>(site_.base.with_path("api/v1/me"), "account", read_account_name, stop);
  if (!name && name.error().kind == ErrorKind::authentication) {
    return fail(ErrorKind::authentication, "the site refuses the API key: it is wrong, expired or revoked",
                "create a new key at civitai.com/user/account, or run without one");
  }
  return name;
}

Result<std::optional<int>> Client::model_count(const std::string& username, const std::stop_token& stop) {
  const auto read = [&](std::string_view body) { return Result<std::optional<int>>(read_model_count(body, username)); };
  const net::Url url = site_.base.with_path("api/v1/creators", {{"query", username}, {"limit", "20"}});
  return get<std::optional<int>>(url, format("model count of {}", printable(username)), read, stop);
}

Result<DownloadLink> Client::resolve(VersionId version, const ModelFile& file, const std::stop_token& stop) {
  const net::Url own = download_url(site_.base, version, file.id);
  const auto given = given_download_url(site_.base, file);
  const bool given_first = given && is_linked_component(file);
  const std::string what = format("link to {}", printable(file.name));
  auto link = resolve_at(given_first ? *given : own, what, stop);
  const bool absent = !link && link.error().kind == ErrorKind::not_found;
  if (absent && given && !(*given == own)) return resolve_at(given_first ? own : *given, what, stop);
  return link;
}

// The whole queue pauses, not only the file whose turn it was; false when that has been done often enough.
bool Client::pause_downloads(int pass, const Judgement& judgement) {
  const auto pause = gate_.refused(pass, judgement.retry_after, context_.random());
  if (!pause) return false;
  if (pause->duration.count() > 0) {
    context_.log.warn("{}; all downloads pause for {} ({} of {})", judgement.error.message,
                      to_text(std::chrono::ceil<std::chrono::seconds>(pause->duration)), pause->number,
                      context_.retry.quota_pauses);
  }
  return true;
}

std::optional<Judgement> Client::ask_for_link(const net::Url& url, std::optional<DownloadLink>& link,
                                              const std::stop_token& stop) {
  const auto pass = gate_.pass(stop);
  if (!pass) return Judgement{};
  net::Request request = document_request(url);
  request.encoding = net::Encoding::identity;
  const KeyUse key = request.bearer.empty() ? KeyUse::without_key : KeyUse::with_key;
  LinkSink sink;
  const Status status = net::perform(context_.http, std::move(request), sink, stop);
  const bool answered = status || sink.serves_bytes;
  if (!answered) return judge_transport(status.error());
  Judgement judgement = judge_download(sink.response, key, context_.clock.now());
  const bool too_many = judgement.error.kind == ErrorKind::rate_limited && judgement.kind == Judgement::Kind::retry;
  if (too_many) {
    if (pause_downloads(*pass, judgement)) return std::nullopt;
    judgement.kind = Judgement::Kind::final;
    return judgement;
  }
  if (judgement.kind == Judgement::Kind::good) link = DownloadLink{url, key_for(site_, url)};
  if (judgement.kind == Judgement::Kind::redirect) {
    const auto target = url.redirected(judgement.location);
    const bool stays = target && is_api_host(site_, *target) && target->path().find("/api/") != std::string::npos;
    if (target && !stays) {
      link = DownloadLink{*target, {}};
      judgement.kind = Judgement::Kind::good;
    }
  }
  if (link) gate_.accepted(*pass);
  return judgement;
}

Result<DownloadLink> Client::resolve_at(const net::Url& wanted, std::string_view what, const std::stop_token& stop) {
  std::optional<DownloadLink> link;
  const Send send = [&](const net::Url& url, int attempt) {
    auto judgement = ask_for_link(url, link, stop);
    while (!judgement) judgement = ask_for_link(url, link, stop);
    const bool absent_for_good = judgement->error.kind == ErrorKind::not_found && attempt >= tries_for_absent_file;
    if (judgement->kind == Judgement::Kind::retry && absent_for_good) judgement->kind = Judgement::Kind::final;
    return *judgement;
  };
  if (auto status = insist(wanted, what, send, stop); !status) return fail(status.error());
  return *link;
}

}  // namespace civitai::api
