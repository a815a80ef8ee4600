#include "cli/ticker.hpp"

#include "config/settings.hpp"

namespace civitai::cli {
namespace {

constexpr Milliseconds live_tick{200};
constexpr Milliseconds plain_tick{5'000};

}  // namespace

Ticker::Ticker(const Program& program) : program_(program), last_(program.clock.steady_now()) {}

Ticker::~Ticker() { program_.screen.live().clear(); }

bool Ticker::is_due() {
  if (program_.settings.enabled(config::OptionId::quiet)) return false;
  const SteadyTime now = program_.clock.steady_now();
  const Milliseconds interval = program_.screen.live().is_live() ? live_tick : plain_tick;
  if (now - last_ < interval) return false;
  last_ = now;
  return true;
}

void Ticker::show(const std::string& line) {
  if (program_.screen.live().is_live()) {
    program_.screen.live().show({line}, program_.screen.talk_columns());
  } else {
    program_.screen.talk(line + "\n");
  }
}

}  // namespace civitai::cli
