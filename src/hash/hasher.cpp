#include "hash/hasher.hpp"

#include "base/text.hpp"
#include "hash/raw_digest.hpp"

#include <blake3.h>
#include <isa-l/crc.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

namespace civitai::hash {
namespace {

constexpr std::uint64_t autov1_begin = 1 << 20;
constexpr std::uint64_t autov1_length = 1 << 16;
constexpr std::uint64_t autov1_shortest_content = 2 << 20;
constexpr std::size_t autov1_digits = 8;

// A safetensors file starts with the length of its header: 8 bytes, little-endian. The site's scanner takes a length
// that is not below this limit for nonsense and hashes everything behind the 8 bytes.
constexpr std::size_t header_length_size = 8;
constexpr std::uint64_t autov3_header_limit = 16ULL << 20;

// Several digests of one long buffer are computed slice by slice, so that each slice is still in the core's cache for
// the second digest. A multiple of BLAKE3's widest step (16 KiB), which would otherwise fall back to slower ones.
constexpr std::size_t slice_size = 128UL * 1024;

const unsigned char* raw(std::span<const std::byte> data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}

class Sha256 {
 public:
  void update(std::span<const std::byte> data) { digest_.update(data); }

  std::string finish() {
    std::array<std::byte, sha256_size> digest{};
    digest_.finish(digest);
    return to_hex(digest);
  }

 private:
  RawDigest digest_{RawAlgorithm::sha256};
};

class Blake3 {
 public:
  Blake3() { blake3_hasher_init(&state_); }

  void update(std::span<const std::byte> data) { blake3_hasher_update(&state_, data.data(), data.size()); }

  std::string finish() {
    std::array<std::byte, BLAKE3_OUT_LEN> digest{};
    blake3_hasher_finalize(&state_, reinterpret_cast<std::uint8_t*>(digest.data()), digest.size());
    return to_hex(digest);
  }

 private:
  blake3_hasher state_{};
};

class Crc32 {
 public:
  void update(std::span<const std::byte> data) { value_ = crc32_gzip_refl(value_, raw(data), data.size()); }

  // Least significant byte first, as the site prints it.
  std::string finish() const {
    std::array<std::byte, 4> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(value_ >> (8 * i));
    return to_hex(bytes);
  }

 private:
  std::uint32_t value_ = 0;
};

// The part of a buffer at stream position `position` that lies within [begin, end) of the stream.
std::span<const std::byte> part_within(std::span<const std::byte> data, std::uint64_t position, std::uint64_t begin,
                                       std::uint64_t end) {
  const std::uint64_t from = std::clamp(begin, position, position + data.size()) - position;
  const std::uint64_t to = std::clamp(end, position, position + data.size()) - position;
  return data.subspan(from, to - from);
}

class AutoV1 {
 public:
  void update(std::span<const std::byte> data, std::uint64_t position) {
    const auto wanted = part_within(data, position, autov1_begin, autov1_begin + autov1_length);
    if (!wanted.empty()) sha256_.update(wanted);
  }

  std::string finish(std::uint64_t length) {
    return length < autov1_shortest_content ? std::string() : sha256_.finish().substr(0, autov1_digits);
  }

 private:
  Sha256 sha256_;
};

class AutoV3 {
 public:
  void update(std::span<const std::byte> data, std::uint64_t position) {
    const auto head = part_within(data, position, 0, header_length_size);
    std::copy(head.begin(), head.end(), head_.begin() + static_cast<std::ptrdiff_t>(head.empty() ? 0 : position));
    if (position + data.size() < header_length_size) return;
    if (!head.empty()) begin_ = header_length_size + header_length();
    const auto body = part_within(data, position, begin_, std::numeric_limits<std::uint64_t>::max());
    if (!body.empty()) sha256_.update(body);
  }

  std::string finish(std::uint64_t length) { return length < begin_ ? std::string() : sha256_.finish(); }

 private:
  [[nodiscard]] std::uint64_t header_length() const {
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < head_.size(); ++i) length |= std::to_integer<std::uint64_t>(head_[i]) << (8 * i);
    return length < autov3_header_limit ? length : 0;
  }

  std::array<std::byte, header_length_size> head_{};
  std::uint64_t begin_ = header_length_size;  // where the hashed part starts; known once the head is complete
  Sha256 sha256_;
};

template <class Digest>
void add_if(std::optional<Digest>& digest, Kinds wanted, Kinds kind) {
  if (has(wanted, kind)) digest.emplace();
}

}  // namespace

class Hasher::Implementation {
 public:
  explicit Implementation(Kinds kinds) {
    add_if(sha256_, kinds, Kinds::sha256);
    add_if(blake3_, kinds, Kinds::blake3);
    add_if(crc32_, kinds, Kinds::crc32);
    add_if(autov1_, kinds, Kinds::autov1);
    add_if(autov3_, kinds, Kinds::autov3);
  }

  void update(std::span<const std::byte> data) {
    while (!data.empty()) {
      const auto slice = data.first(std::min(slice_size, data.size()));
      update_slice(slice);
      length_ += slice.size();
      data = data.subspan(slice.size());
    }
  }

  Digests finish() {
    Digests result;
    result.length = length_;
    if (sha256_) result.sha256 = sha256_->finish();
    if (blake3_) result.blake3 = blake3_->finish();
    if (crc32_) result.crc32 = crc32_->finish();
    if (autov1_) result.autov1 = autov1_->finish(length_);
    if (autov3_) result.autov3 = autov3_->finish(length_);
    return result;
  }

 private:
  void update_slice(std::span<const std::byte> slice) {
    if (sha256_) sha256_->update(slice);
    if (blake3_) blake3_->update(slice);
    if (crc32_) crc32_->update(slice);
    if (autov1_) autov1_->update(slice, length_);
    if (autov3_) autov3_->update(slice, length_);
  }

  std::uint64_t length_ = 0;
  std::optional<Sha256> sha256_;
  std::optional<Blake3> blake3_;
  std::optional<Crc32> crc32_;
  std::optional<AutoV1> autov1_;
  std::optional<AutoV3> autov3_;
};

Hasher::Hasher(Kinds kinds) : implementation_(std::make_unique<Implementation>(kinds)) {}
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::update(std::span<const std::byte> data) { implementation_->update(data); }

Digests Hasher::finish() { return implementation_->finish(); }

}  // namespace civitai::hash
