#include "engine/front_hash.hpp"

#include "base/format.hpp"

#include <algorithm>
#include <span>

namespace civitai::engine {
namespace {

// Small enough that what was read is still in the core's own cache when it is hashed.
constexpr std::uint64_t step = 256UL << 10;

}  // namespace

Status FrontHash::advance(const PartialFile& file, std::uint64_t front, const std::stop_token& stop) {
  if (kinds_ == hash::Kinds::none) {
    position_ = front;
    return {};
  }
  // No larger than the file at hand: touching fresh memory costs more than hashing a small file.
  const auto needed = static_cast<std::size_t>(std::min(front - position_, step));
  if (buffer_.size() < needed) buffer_.resize(needed);
  while (position_ < front) {
    if (stop.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(front - position_, buffer_.size()));
    const auto got = file.read(position_, std::span(buffer_).first(wanted));
    if (!got) return fail(got.error());
    if (*got == 0) return fail(ErrorKind::io, format("{}: was cut short by someone else", file.path().string()));
    hasher_.update(std::span(buffer_).first(*got));
    position_ += *got;
  }
  return {};
}

hash::Digests FrontHash::finish() {
  hash::Digests digests = hasher_.finish();
  digests.length = position_;
  return digests;
}

void FrontHash::start_over() {
  hasher_ = hash::Hasher(kinds_);
  position_ = 0;
}

}  // namespace civitai::engine
