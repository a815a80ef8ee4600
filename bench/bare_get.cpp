// What the machine can do: receives one file over plain HTTP with large reads, writes it with pwrite and hashes it on a
// second thread from the very buffers it was received into. No verification, no flush, no rename, no resume, no TLS, no
// retry.
//
//   bare_get URL FILE [none|sha256|blake3]
#include "hash/hasher.hpp"

#include <array>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using civitai::hash::Hasher;
using civitai::hash::Kinds;

constexpr std::size_t buffer_size = 1UL << 20;
constexpr std::size_t buffer_count = 16;

[[noreturn]] void die(const std::string& what) { throw std::runtime_error(what); }

// A ring of buffers between the receiving and the hashing thread.
class Ring {
 public:
  Ring() {
    for (auto& slot : slots_) slot.bytes.resize(buffer_size);
  }

  // The next free buffer, empty; waits for the hashing thread.
  std::vector<std::byte>& free_slot() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return filled_ - drained_ < buffer_count; });
    return slots_[filled_ % buffer_count].bytes;
  }
  void fill(std::size_t size) {
    const std::scoped_lock lock(mutex_);
    slots_[filled_ % buffer_count].size = size;
    ++filled_;
    changed_.notify_all();
  }
  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  // The next filled buffer, or nothing at the end.
  std::optional<std::span<const std::byte>> next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return filled_ > drained_ || closed_; });
    if (filled_ == drained_) return std::nullopt;
    const Slot& slot = slots_[drained_ % buffer_count];
    return std::span(slot.bytes).first(slot.size);
  }
  void drain() {
    const std::scoped_lock lock(mutex_);
    ++drained_;
    changed_.notify_all();
  }

 private:
  struct Slot {
    std::vector<std::byte> bytes;
    std::size_t size = 0;
  };
  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<Slot, buffer_count> slots_;
  std::size_t filled_ = 0;
  std::size_t drained_ = 0;
  bool closed_ = false;
};

struct Address {
  std::string host;
  std::string port;
  std::string path;
};

Address parse(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme)) die("only http:// is supported");
  url.remove_prefix(scheme.size());
  const auto slash = url.find('/');
  const auto authority = url.substr(0, slash);
  const auto colon = authority.find(':');
  return {std::string(authority.substr(0, colon)),
          colon == std::string_view::npos ? "80" : std::string(authority.substr(colon + 1)),
          std::string(slash == std::string_view::npos ? "/" : url.substr(slash))};
}

int connect_to(const Address& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found) != 0) die("unknown host");
  const int socket = ::socket(found->ai_family, SOCK_STREAM, 0);
  const bool connected = ::connect(socket, found->ai_addr, found->ai_addrlen) == 0;
  ::freeaddrinfo(found);
  if (!connected) die("cannot connect");
  return socket;
}

// Sends the request and reads the head; what of the body came with it is moved to the front of `buffer`.
std::size_t read_head(int socket, const Address& address, std::vector<std::byte>& buffer) {
  const std::string request =
      "GET " + address.path + " HTTP/1.1\r\nHost: " + address.host + "\r\nConnection: close\r\n\r\n";
  if (::send(socket, request.data(), request.size(), 0) != static_cast<ssize_t>(request.size())) die("cannot send");
  std::size_t have = 0;
  while (true) {
    const ssize_t got = ::recv(socket, buffer.data() + have, buffer.size() - have, 0);
    if (got <= 0) die("no answer");
    have += static_cast<std::size_t>(got);
    const std::string_view text(reinterpret_cast<const char*>(buffer.data()), have);
    const auto end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) continue;
    if (text.substr(9, 3) != "200") die("the server does not answer 200");
    std::memmove(buffer.data(), buffer.data() + end + 4, have - end - 4);
    return have - end - 4;
  }
}

// Fills the buffer from the socket; less than its size only at the end.
std::size_t receive(int socket, std::vector<std::byte>& buffer, std::size_t have) {
  while (have < buffer.size()) {
    const ssize_t got = ::recv(socket, buffer.data() + have, buffer.size() - have, 0);
    if (got < 0) die("receive failed");
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

void write_all(int file, const std::vector<std::byte>& buffer, std::size_t size, off_t offset) {
  for (std::size_t done = 0; done < size;) {
    const ssize_t wrote = ::pwrite(file, buffer.data() + done, size - done, offset + static_cast<off_t>(done));
    if (wrote <= 0) die("write failed");
    done += static_cast<std::size_t>(wrote);
  }
}

Kinds kinds_from(std::string_view word) {
  if (word == "sha256") return Kinds::sha256;
  if (word == "blake3") return Kinds::blake3;
  if (word == "none") return Kinds::none;
  die("the hash is none, sha256 or blake3");
}

int run(const std::string& url, const char* path, Kinds kinds) {
  const Address address = parse(url);
  const int socket = connect_to(address);
  const int file = ::open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0) die("cannot create the file");
  Ring ring;
  Hasher hasher(kinds);
  std::jthread hashing([&] {
    while (const auto data = ring.next()) {
      hasher.update(*data);
      ring.drain();
    }
  });
  off_t offset = 0;
  std::size_t have = read_head(socket, address, ring.free_slot());
  while (true) {
    auto& buffer = ring.free_slot();
    const std::size_t size = receive(socket, buffer, have);
    have = 0;
    if (size == 0) break;
    write_all(file, buffer, size, offset);
    offset += static_cast<off_t>(size);
    ring.fill(size);
  }
  ring.close();
  hashing.join();
  const auto digests = hasher.finish();
  std::printf("%s\n", (digests.sha256 + digests.blake3).c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 3) die("usage: bare_get URL FILE [none|sha256|blake3]");
    return run(argv[1], argv[2], kinds_from(argc > 3 ? argv[3] : "sha256"));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bare_get: %s\n", error.what());
    return 1;
  }
}
