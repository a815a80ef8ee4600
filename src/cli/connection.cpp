#include "cli/connection.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "config/criteria.hpp"

#include <cstdlib>

namespace civitai::cli {
namespace {

constexpr std::string_view log_name = "api.log";
// In all, however many files are transferred at once: what a storage takes from one client without complaint.
constexpr int connections_per_host = 16;

// Where other programs too are told of the certificate authorities to believe.
std::string certificates() {
  for (const char* const name : {"CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
    const char* const path = std::getenv(name);
    if (path != nullptr && *path != '\0') return path;
  }
  return {};
}

// A key that is there and not used would leave the person to wonder.
void warn_of_withheld_key(const api::Site& site, Log& log) {
  if (site.key.empty() || !api::key_for(site, site.base).empty()) return;
  log.warn("the API key is not sent to {}: without https everybody on the way could read it",
           printable(site.base.origin()));
}

// Appends to [SavePath]/api.log, for the owner's eyes only.
Result<os::FileHandle> open_log(const os::Path& folder) {
  os::RealFileSystem files;
  const os::Path path = folder / log_name;
  if (auto status = os::make_directories(files, folder); !status) return fail(status.error());
  return os::open_private_log(path);
}

// What the timetable allows at the moment; empty without one.
std::function<std::optional<ByteCount>()> rate_limit(const Program& program) {
  RateSchedule schedule = config::rate_schedule(program.settings);
  if (schedule.empty()) return {};
  return [schedule = std::move(schedule), &clock = program.clock] {
    return rate_at(schedule, local_time_of_day(clock.now()));
  };
}

}  // namespace

Result<api::Site> site_from(const config::Settings& settings) {
  auto base = net::Url::parse(settings.text(config::OptionId::base_url));
  if (!base) return fail(base, "base URL");
  return api::Site{std::move(*base), settings.secret(config::OptionId::api_key), config::api_delay(settings),
                   config::api_timeout(settings)};
}

Connection::Connection(std::function<std::optional<ByteCount>()> rate, const Clock& clock)
    : curl_(net::CurlOptions{.user_agent = user_agent(),
                             .connections_per_host = connections_per_host,
                             .rate = std::move(rate),
                             .certificates = certificates()}),
      budget_(connections_per_host),
      storage_(clock),
      generator_(std::mt19937_64(std::random_device{}())) {}

Result<std::unique_ptr<Connection>> Connection::open(const Program& program) {
  auto site = site_from(program.settings);
  if (!site) return fail(site.error());
  warn_of_withheld_key(*site, program.log);
  std::unique_ptr<Connection> connection(new Connection(rate_limit(program), program.clock));
  Connection* self = connection.get();
  if (program.settings.enabled(config::OptionId::log_api_requests)) {
    auto file = open_log(config::save_path(program.settings));
    if (!file) return fail(file.error());
    self->log_file_ = std::move(*file);
    const auto append = [self](std::string_view line) { os::append_line(self->log_file_, line); };
    self->logging_ = std::make_unique<net::LoggingClient>(self->curl_, program.clock, append);
  }
  api::Context context{self->http(), program.clock, program.log, [self] { return self->random(); }};
  self->site_ = std::make_unique<api::Client>(std::move(context), std::move(*site));
  return connection;
}

double Connection::random() {
  return generator_.with(
      [](std::mt19937_64& generator) { return std::uniform_real_distribution<double>(0.0, 1.0)(generator); });
}

engine::Tools Connection::tools(const Program& program, os::FileSystem& files, engine::Observer& observer) {
  return {.site = site(),
          .http = http(),
          .files = files,
          .clock = program.clock,
          .log = program.log,
          .observer = observer,
          .random = [this] { return random(); },
          .connections = budget_,
          .storage = storage_,
          .connections_per_file = program.settings.count(config::OptionId::connections)};
}

}  // namespace civitai::cli
