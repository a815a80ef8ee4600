#include "engine/written_marks.hpp"

#include <span>
#include <utility>

namespace civitai::engine {
namespace {

// Less is fetched again sooner than it is told.
constexpr std::uint64_t worth_telling = 256UL << 10;

}  // namespace

void WrittenMarks::begin(Journal journal, std::size_t end, RangeSet written) {
  state_.with(
      [&](State& state) { state = State{.journal = std::move(journal), .end = end, .written = std::move(written)}; });
}

void WrittenMarks::wrote(Range range) {
  const SteadyTime now = clock_.steady_now();
  state_.with([&](State& state) {
    state.written.add(range);
    if (!state.last) state.last = now;
    if (now - *state.last < interval || state.written.total() < worth_telling) return;
    state.last = now;
    mark(state);
  });
}

std::string WrittenMarks::beyond(const RangeSet& claimed) const {
  return state_.read([&](const State& state) {
    const bool more = state.lifetime && !state.lifetime->empty() && state.written != claimed;
    return more ? encode_mark(*state.lifetime, state.written) : std::string();
  });
}

void WrittenMarks::follow(const Journal& journal, std::size_t end) {
  state_.with([&](State& state) {
    state.journal = journal;
    state.end = end;
    state.handle = {};
    state.second_place = true;  // the first one may have been filled with the new claims
    state.failed = false;
    if (state.written != journal.have) mark(state);
  });
}

void WrittenMarks::mark(State& state) const {
  if (!state.lifetime) state.lifetime = files_.cache_lifetime(path_);
  if (!state.failed && !state.lifetime->empty()) state.failed = !write(state);
}

Status WrittenMarks::write(State& state) const {
  std::string text = encode_mark(*state.lifetime, state.written);
  std::uint64_t offset = state.end + (std::exchange(state.second_place, !state.second_place) ? largest_mark : 0);
  if (!state.handle) {
    auto handle = files_.open(path_, os::OpenMode::write);
    if (!handle) return fail(handle.error());
    state.handle = std::move(*handle);
  }
  if (state.end == 0) {
    state.journal.have = {};
    const std::string claims = encode(state.journal);
    state.end = claims.size();
    text.insert(0, claims);
    offset = 0;
  }
  return files_.write_at(state.handle, path_, offset, std::as_bytes(std::span(text)));
}

}  // namespace civitai::engine
