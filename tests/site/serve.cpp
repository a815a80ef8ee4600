#include "site/serve.hpp"

#include "site/api.hpp"
#include "site/compress.hpp"
#include "site/delivery.hpp"
#include "site/effects.hpp"

#include <exception>
#include <string>
#include <vector>

namespace standin {
namespace {

Answer guarded_answer(World& world, const Answerer& answerer, const Request& request) {
  try {
    return answerer(world, request);
  } catch (const std::exception& problem) {
    return error_text(500, problem.what());
  }
}

// The faults' names, as they were applied.
std::vector<std::string> apply_faults(World& world, const Request& request, Answer& answer, Delivery& delivery) {
  std::vector<std::string> applied;
  for (const Faults::Strike& strike : world.faults.strikes(request.place, answer.route, request.path, answer.subject)) {
    Stage stage{.world = world,
                .request = request,
                .answer = answer,
                .delivery = delivery,
                .memory = *strike.memory,
                .parameter = strike.fault.parameter};
    try {
      find_effect(strike.fault.kind)->apply(stage);
    } catch (const std::exception& problem) {
      answer = error_text(500, problem.what());  // a bad parameter: the test sees it at once
    }
    applied.push_back(strike.fault.kind);
  }
  return applied;
}

bool wants_gzip(const Request& request, const Answer& answer) {
  constexpr std::size_t worth_it = 512;
  const std::string type = answer.header("Content-Type").value_or("");
  return !answer.slice && type.starts_with("application/json") && answer.text.size() >= worth_it &&
         !answer.header("Content-Encoding") &&
         request.header("Accept-Encoding").value_or("").find("gzip") != std::string::npos;
}

JournalEntry entry_for(const World& world, const Request& request) {
  return {.place = request.place,
          .connection = request.connection,
          .method = request.method,
          .target = request.target,
          .path = request.path,
          .query = request.query.pairs(),
          .headers = request.headers,
          .body = request.body,
          .started = world.now()};
}

}  // namespace

After serve(World& world, const Answerer& answerer, Wire& wire, const Request& request) {
  // Control goes on undisturbed by what it controls.
  if (request.place == Place::admin) {
    const Outcome outcome = deliver(wire, request, guarded_answer(world, answerer, request), {}, [] {});
    return outcome.usable && request.keep_alive ? After::keep : After::close;
  }
  const auto options = world.options();
  const std::uint64_t number = world.journal.begin(entry_for(world, request));
  Delivery delivery{.wait = options->latency};
  if (request.place == Place::storage) delivery.rate = options->storage_rate;
  Answer answer = guarded_answer(world, answerer, request);
  const std::vector<std::string> faults = apply_faults(world, request, answer, delivery);
  if (options->gzip && wants_gzip(request, answer)) {
    answer.text = gzip(answer.text);
    answer.set("Content-Encoding", "gzip");
    answer.set("Vary", "Accept-Encoding");
  }
  world.journal.describe(number, [&](JournalEntry& entry) {
    entry.route = answer.route;
    entry.subject = answer.subject;
    entry.status = answer.status;
    entry.faults = faults;
  });
  const Outcome outcome = deliver(wire, request, answer, delivery, [&] { world.journal.ending(number); });
  world.journal.finish(number, outcome.bytes_sent, outcome.complete);
  return outcome.usable && request.keep_alive ? After::keep : After::close;
}

}  // namespace standin
