// The program's connection to the site, made from the settings.
#pragma once

#include "api/client.hpp"
#include "cli/program.hpp"
#include "engine/tools.hpp"
#include "net/curl_client.hpp"
#include "net/request_log.hpp"
#include "os/file.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <random>

namespace civitai::cli {

class Connection {
 public:
  // Error of kind usage for a base URL that makes no sense, io when api.log cannot be written.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const Program& program);

  [[nodiscard]] api::Client& site() { return *site_; }
  [[nodiscard]] net::HttpClient& http() { return logging_ ? static_cast<net::HttpClient&>(*logging_) : curl_; }
  // In [0, 1); safe to call from several threads.
  [[nodiscard]] double random();
  // What the engine works with; not to outlive any of it.
  [[nodiscard]] engine::Tools tools(const Program& program, os::FileSystem& files, engine::Observer& observer);

 private:
  Connection(std::function<std::optional<ByteCount>()> rate, const Clock& clock);

  net::CurlClient curl_;
  os::FileHandle log_file_;
  std::unique_ptr<net::LoggingClient> logging_;
  std::unique_ptr<api::Client> site_;
  engine::ConnectionBudget budget_;
  engine::StorageGate storage_;
  Guarded<std::mt19937_64> generator_;
};

// Where the site is, with which key.
[[nodiscard]] Result<api::Site> site_from(const config::Settings& settings);

}  // namespace civitai::cli
