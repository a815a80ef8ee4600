// What the engine works with. Everything here outlives a run and is safe to use from several threads.
#pragma once

#include "api/client.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "engine/connection_budget.hpp"
#include "engine/observer.hpp"
#include "engine/storage_gate.hpp"
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
  ConnectionBudget& connections;
  StorageGate& storage;
  int connections_per_file = 8;  // at most; measurement decides
  net::RetryRules retry = {};
  Milliseconds stall_timeout{60'000};       // a connection that is silent or much too slow for so long is replaced
  Milliseconds checkpoint_interval{3'000};  // what a crash may cost
};

}  // namespace civitai::engine
