// The site's endpoints as functions from domain values to domain values.
//
// Every call is polite (a set delay between requests), retries by the one policy, honours Retry-After, takes HTML where
// JSON was due for trouble at the edge, and answers an Error that says what the person can do. The key goes only to the
// site's own hosts. Safe to use from several threads.
#pragma once

#include "api/answers.hpp"
#include "api/documents.hpp"
#include "api/download_gate.hpp"
#include "api/site.hpp"
#include "api/urls.hpp"
#include "base/log.hpp"
#include "net/http.hpp"
#include "net/pacer.hpp"
#include "net/retry.hpp"

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace civitai::api {

// Where the bytes of a file lie right now.
struct DownloadLink {
  net::Url url;
  Secret bearer;  // empty, except when the site itself serves the bytes
};

// What the client works with; all of it must outlive the client.
struct Context {
  net::HttpClient& http;
  Clock& clock;
  Log& log;
  std::function<double()> random;  // in [0, 1), safe to call from several threads
  net::RetryRules retry = {};
};

class Client {
 public:
  Client(Context context, Site site);

  [[nodiscard]] const Site& site() const { return site_; }

  // One page of the list; `number` is how the person is told of it.
  [[nodiscard]] Result<ModelPage> models(const net::Url& page, int number, const std::stop_token& stop);
  [[nodiscard]] Result<ImagePage> images(const net::Url& page, int number, const std::stop_token& stop);
  [[nodiscard]] Result<Model> model(ModelId id, const std::stop_token& stop);
  [[nodiscard]] Result<Model> version(VersionId id, const std::stop_token& stop);
  // Which versions hold files with these SHA256 hashes; those that the site does not know are missing. Asked for in
  // batches of 10,000.
  [[nodiscard]] Result<std::vector<HashMatch>> identify(std::span<const std::string> sha256,
                                                        const std::stop_token& stop);
  // The models with these ids, or those that hold versions with these ids, with all their versions: in batches of 100.
  // The lists leave out what the site shows to nobody and some of what it archives.
  [[nodiscard]] Result<std::vector<Model>> models_by_id(std::span<const ModelId> ids, const std::stop_token& stop);
  [[nodiscard]] Result<std::vector<Model>> models_of(std::span<const VersionId> ids, const std::stop_token& stop);
  // The versions that hold files with these SHA256 hashes, each as a model of its own without creator and tags: also
  // those that lists leave out. In batches of 100.
  [[nodiscard]] Result<std::vector<Model>> versions_by_hash(std::span<const std::string> sha256,
                                                            const std::stop_token& stop);
  // The name of the account the key belongs to; authentication error when the key is refused.
  [[nodiscard]] Result<std::string> account(const std::stop_token& stop);
  // How many models the site counts for a creator; nullopt when it does not say.
  [[nodiscard]] Result<std::optional<int>> model_count(const std::string& username, const std::stop_token& stop);

  // Asks for the link to the bytes of a file. Each call counts against the account's download quota; when the site says
  // that it is too many, all calls pause. Errors:
  // authentication (login needed, downloads switched off, early access, no grant), skipped (archived), not_found,
  // rate_limited (quota), network.
  [[nodiscard]] Result<DownloadLink> resolve(VersionId version, const ModelFile& file, const std::stop_token& stop);

 private:
  // Runs one request and judges its answer.
  using Send = std::function<Judgement(const net::Url& url, int attempt)>;

  // Sends until an answer is good or final, following redirects that stay on the site.
  [[nodiscard]] Status insist(net::Url url, std::string_view what, const Send& send, const std::stop_token& stop);
  // `what` names the document in warnings and errors.
  template <class T>
  [[nodiscard]] Result<T> get(const net::Url& wanted, std::string_view what,
                              const std::function<Result<T>(std::string_view)>& read, const std::stop_token& stop);
  // As get, with a JSON body, by POST.
  template <class T>
  [[nodiscard]] Result<T> ask(const net::Url& wanted, const std::optional<std::string>& json, std::string_view what,
                              const std::function<Result<T>(std::string_view)>& read, const std::stop_token& stop);
  [[nodiscard]] Result<std::vector<Model>> models_listed(std::string_view parameter, std::span<const std::int64_t> ids,
                                                         const std::stop_token& stop);
  [[nodiscard]] Result<DownloadLink> resolve_at(const net::Url& wanted, std::string_view what,
                                                const std::stop_token& stop);
  // One request for a link; nullopt when the caller has to ask again, after the pause that all downloads make.
  [[nodiscard]] std::optional<Judgement> ask_for_link(const net::Url& url, std::optional<DownloadLink>& link,
                                                      const std::stop_token& stop);
  [[nodiscard]] bool pause_downloads(int pass, const Judgement& judgement);
  [[nodiscard]] net::Request document_request(const net::Url& url) const;
  [[nodiscard]] bool pause(const Judgement& judgement, std::string_view what, int attempt, const std::stop_token& stop);

  Context context_;
  Site site_;
  net::Pacer pacer_;
  DownloadGate gate_;
};

}  // namespace civitai::api
