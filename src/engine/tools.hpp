// What the engine works with. Everything here outlives a run and is safe to use from several threads.
#pragma once

#include "api/client.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "engine/observer.hpp"
#include "net/http.hpp"
#include "net/retry.hpp"
#include "os/file.hpp"

#include <functional>

namespace civitai::engine {

struct Tools {
  api::Client& site;
  net::HttpClient& http;
  os::FileSystem& files;
  Clock& clock;
  Log& log;
  Observer& observer;
  std::function<double()> random;  // in [0, 1)
  net::RetryRules retry = {};
  Milliseconds stall_timeout{60'000};       // a connection without a byte for so long is replaced
  Milliseconds checkpoint_interval{3'000};  // what a crash may cost
};

}  // namespace civitai::engine
