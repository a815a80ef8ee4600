#include "site/content.hpp"

#include "base/format.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>
#include <vector>

namespace standin {
namespace {

constexpr std::uint64_t block_size = std::uint64_t{1} << 20;

std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

const std::byte* base_block() {
  static const std::vector<std::uint64_t> words = [] {
    std::vector<std::uint64_t> made(block_size / 8 + 1);
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = mixed(i);
    return made;
  }();
  return std::as_bytes(std::span(words)).data();
}

// out[i] = in[i] with the key's bytes laid over it, eight at a time.
void lay_over(std::byte* out, const std::byte* in, std::size_t count, std::uint64_t key) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, in + i, 8);
    word ^= key;
    std::memcpy(out + i, &word, 8);
  }
  for (; i < count; ++i) out[i] = in[i] ^ static_cast<std::byte>(key >> (8 * (i & 7)));
}

void generate(std::uint64_t seed, std::uint64_t offset, std::span<std::byte> out) {
  const std::byte* base = base_block();
  while (!out.empty()) {
    const std::uint64_t inside = offset % block_size;
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(block_size - inside, out.size()));
    const std::uint64_t key = mixed(mixed(seed) ^ (offset / block_size));
    // Turned so that the byte at `inside` meets the key byte it would meet in a walk from the block's start.
    lay_over(out.data(), base + inside, count, std::rotr(key, static_cast<int>(8 * (inside & 7))));
    out = out.subspan(count);
    offset += count;
  }
}

}  // namespace

Content Content::generated(std::uint64_t seed, std::uint64_t size, std::string head) {
  Content made;
  made.seed_ = seed;
  made.size_ = size;
  if (!head.empty()) made.head_ = std::make_shared<const std::string>(std::move(head));
  return made;
}

Content Content::zeros(std::uint64_t size) {
  Content made;
  made.rule_ = Rule::zeros;
  made.size_ = size;
  return made;
}

Content Content::literal(std::string bytes) {
  const std::uint64_t size = bytes.size();
  return generated(0, size, std::move(bytes));
}

void Content::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset >= size_) return;
  out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset)));
  if (head_ && offset < head_->size()) {
    const auto count = std::min<std::size_t>(out.size(), head_->size() - static_cast<std::size_t>(offset));
    std::memcpy(out.data(), head_->data() + offset, count);
    out = out.subspan(count);
    offset += count;
  }
  if (rule_ == Rule::zeros) {
    std::fill(out.begin(), out.end(), std::byte{0});
  } else {
    generate(seed_, offset, out);
  }
}

std::string Content::text(std::uint64_t offset, std::uint64_t count) const {
  const std::uint64_t left = offset < size_ ? size_ - offset : 0;
  std::string bytes(static_cast<std::size_t>(std::min(count, left)), '\0');
  read(offset, std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

Content Content::corrupted() const {
  Content other = *this;
  other.seed_ = mixed(seed_ + 1);
  // A head that covers everything would hide the new seed.
  if (head_ && head_->size() >= size_) other.head_.reset();
  return other;
}

Content Content::resized(std::uint64_t size) const {
  Content other = *this;
  other.size_ = size;
  return other;
}

std::string Content::key() const {
  const std::size_t head = head_ ? std::hash<std::string>{}(*head_) : 0;
  return civitai::format("{}:{}:{}:{}", static_cast<int>(rule_), seed_, size_, head);
}

std::string safetensors_head(std::uint64_t seed, std::uint64_t size) {
  const auto header_for = [&](std::uint64_t data) {
    return civitai::format(R"({{"__metadata__":{{"format":"pt","modelspec.title":"stand-in {}"}},)"
                           R"("weight":{{"dtype":"U8","shape":[{}],"data_offsets":[0,{}]}}}})",
                           seed, data, data);
  };
  // Padding with blanks to a fixed length keeps the header's length independent of the numbers inside.
  constexpr std::size_t length = 192;
  std::string header = header_for(size - 8 - length);
  header.resize(length, ' ');
  std::string head;
  for (unsigned i = 0; i < 8; ++i) head.push_back(static_cast<char>((length >> (8 * i)) & 0xFF));
  return head + header;
}

}  // namespace standin
