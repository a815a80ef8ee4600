// The program without its screen: the real client, library and engine on one folder, talking to one site.
//
// A Downloader is what one start of the program is: two on the same folder, one after the other, are two runs. The
// library is `library.db` in the folder, files go below `models`. Times are short, so that tests are.
#pragma once

#include "engine/documents.hpp"
#include "engine/image_scan.hpp"
#include "engine/partial_file.hpp"
#include "engine/redownload.hpp"
#include "engine/run.hpp"
#include "engine/scan.hpp"
#include "net/curl_client.hpp"
#include "store/library.hpp"
#include "store/library_view.hpp"
#include "support/collecting_log.hpp"
#include "support/recording_observer.hpp"

#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>

namespace civitai::test {

struct DownloaderSettings {
  std::string url = {};  // of the site
  os::Path folder = {};
  std::string key = {};
  int concurrency = 4;
  int connections = 8;  // for one file
  int connections_in_all = 16;
  os::FileSystem* files = nullptr;  // null: the real one
  Clock* clock = nullptr;           // null: the real one
  net::RetryRules retry = {.first_delay = Milliseconds{2}, .longest_delay = Milliseconds{10}};
  Milliseconds timeout{5'000};
  Milliseconds stall_timeout{1'000};  // libcurl counts whole seconds
  Milliseconds checkpoint_interval{10};
  std::string path_template = std::string(layout::default_file_template);
};

// The value, or the end of the test.
template <class T>
T expect_good(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

class Downloader {
 public:
  explicit Downloader(DownloaderSettings settings)
      : settings_(without_proxy(std::move(settings))),
        curl_(net::CurlOptions{.user_agent = "civitai-downloader/test"}),
        site_(api::Context{curl_, clock(), log_.log(), [] { return 0.5; }, settings_.retry},
              api::Site{expect_good(net::Url::parse(settings_.url)), Secret(settings_.key), Milliseconds{0},
                        settings_.timeout}),
        library_(expect_good(store::Library::open(settings_.folder / "library.db", store::Library::Mode::read_write))) {
    criteria.models.limit = 0;
    criteria.models.nsfw = true;
  }

  // To be changed before the scan.
  Criteria criteria;
  bool version_documents = false;
  bool model_documents = false;
  bool documents_only = false;
  std::stop_source stop;

  Result<engine::ScanResult> scan() {
    const auto documents = model_documents ? engine::ModelDocuments::keep : engine::ModelDocuments::drop;
    return engine::scan(criteria, documents, site_, clock(), observer_, stop.get_token());
  }

  Result<engine::ImageScan> scan_images(const ImageQuery& query, const engine::IsKnown& is_known) {
    return engine::scan_images(query, site_, is_known, observer_, stop.get_token());
  }

  engine::Plan plan() {
    return engine::make_plan(expect_good(scan()), expect_good(library_.entries()), policy(), regular_file_size,
                             engine::holds_document);
  }

  engine::Tools tools() {
    return {.site = site_,
            .http = curl_,
            .files = files(),
            .clock = clock(),
            .log = log_.log(),
            .observer = observer_,
            .random = [] { return 0.5; },
            .connections = connections_,
            .storage = storage_,
            .connections_per_file = settings_.connections,
            .retry = settings_.retry,
            .stall_timeout = settings_.stall_timeout,
            .checkpoint_interval = settings_.checkpoint_interval};
  }
  engine::RunReport run(const engine::Plan& plan) {
    return engine::run(plan, {.concurrency = settings_.concurrency}, tools(), library_, stop.get_token());
  }
  engine::RunReport run() { return run(plan()); }

  // Looks at every file.
  engine::VerifyReport verify(const engine::VerifyOptions& options = {}) {
    auto view = expect_good(store::LibraryView::open(settings_.folder / "library.db"));
    engine::VerifyProgress progress;
    const engine::VerifyTools tools{library_, view, files(), clock()};
    return expect_good(engine::verify(options, tools, progress, stop.get_token()));
  }
  // Fetches again what is missing or wrong.
  engine::RunReport repair() {
    auto again = expect_good(engine::plan_redownload(verify().problems, policy(), regular_file_size, site_, clock(),
                                                     observer_, stop.get_token()));
    return run(again.plan);
  }

  [[nodiscard]] os::Path root() const { return settings_.folder / "models"; }
  [[nodiscard]] const DownloaderSettings& settings() const { return settings_; }
  [[nodiscard]] api::Client& site() { return site_; }
  [[nodiscard]] store::Library& library() { return library_; }
  [[nodiscard]] RecordingObserver& observer() { return observer_; }
  [[nodiscard]] const CollectingLog& log() const { return log_; }

  static std::optional<ByteCount> regular_file_size(const os::Path& path) { return engine::bytes_here(path); }

 private:
  // A proxy of this machine is not for servers on it.
  static DownloaderSettings without_proxy(DownloaderSettings settings) {
    ::setenv("no_proxy", "127.0.0.1,::1", 1);
    return settings;
  }
  engine::PlanPolicy policy() const {
    return {.root = root(),
            .file_template = expect_good(layout::Template::parse(settings_.path_template)),
            .model_info_template = expect_good(layout::Template::parse(layout::default_model_info_template)),
            .version_documents = version_documents || documents_only,
            .model_documents = model_documents,
            .documents_only = documents_only};
  }
  os::FileSystem& files() { return settings_.files != nullptr ? *settings_.files : real_files_; }
  Clock& clock() { return settings_.clock != nullptr ? *settings_.clock : real_clock_; }

  DownloaderSettings settings_;
  RealClock real_clock_;
  os::RealFileSystem real_files_;
  CollectingLog log_;
  RecordingObserver observer_;
  engine::ConnectionBudget connections_{settings_.connections_in_all};
  engine::StorageGate storage_{clock(), settings_.retry};
  net::CurlClient curl_;
  api::Client site_;
  store::Library library_;
};

}  // namespace civitai::test
