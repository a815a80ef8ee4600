#include "store/gzip.hpp"

#include "base/format.hpp"
#include "base/scope_exit.hpp"

#define ZLIB_CONST  // zlib then promises in its types that it does not write to its input
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace civitai::store {
namespace {

constexpr int level = 6;
constexpr int gzip_wrapper = 15 + 16;  // the largest window, with gzip header and trailer
constexpr int memory_level = 8;        // zlib's default
constexpr std::size_t step = std::size_t{64} << 10U;

uInt at_most(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

// Gives the stream the next part of `rest` once the last one is used up.
void feed(z_stream& stream, std::string_view& rest) {
  if (stream.avail_in > 0) return;
  stream.next_in = reinterpret_cast<const Bytef*>(rest.data());
  stream.avail_in = at_most(rest.size());
  rest.remove_prefix(stream.avail_in);
}

// Gives the stream room for `size` more bytes at the end of `output`, which must be as long as what it has written.
void make_room(z_stream& stream, std::string& output, std::size_t size) {
  const std::size_t written = output.size();
  output.resize(written + size);
  stream.next_out = reinterpret_cast<Bytef*>(output.data() + written);
  stream.avail_out = static_cast<uInt>(size);
}

tl::unexpected<Error> damaged(std::string_view what) {
  return fail(ErrorKind::io, format("damaged gzip data: {}", what));
}

}  // namespace

std::string compress(std::string_view text) {
  z_stream stream{};
  // The parameters are constants, so lack of memory is the one thing that can go wrong.
  if (deflateInit2(&stream, level, Z_DEFLATED, gzip_wrapper, memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  const ScopeExit end([&] { deflateEnd(&stream); });

  std::string output;
  int code = Z_OK;
  while (code != Z_STREAM_END) {
    feed(stream, text);
    make_room(stream, output, step);
    code = deflate(&stream, text.empty() ? Z_FINISH : Z_NO_FLUSH);
    output.resize(output.size() - stream.avail_out);
  }
  // A scan keeps thousands of these.
  output.shrink_to_fit();
  return output;
}

Result<std::string> decompress(std::string_view gzip, std::size_t limit) {
  z_stream stream{};
  if (inflateInit2(&stream, gzip_wrapper) != Z_OK) throw std::bad_alloc();
  const ScopeExit end([&] { inflateEnd(&stream); });

  std::string output;
  for (;;) {
    feed(stream, gzip);
    // One byte beyond the limit shows that there is more.
    make_room(stream, output, std::min(step - 1, limit - output.size()) + 1);
    const int code = inflate(&stream, Z_NO_FLUSH);
    output.resize(output.size() - stream.avail_out);
    if (code == Z_MEM_ERROR) throw std::bad_alloc();
    if (output.size() > limit) return fail(ErrorKind::io, format("gzip data larger than {} bytes", limit));
    if (code == Z_STREAM_END) break;
    if (code == Z_BUF_ERROR) return damaged("it ends too early");
    if (code != Z_OK) return damaged(stream.msg != nullptr ? stream.msg : "not gzip");
  }
  if (stream.avail_in > 0 || !gzip.empty()) return damaged("more bytes follow its end");
  return output;
}

}  // namespace civitai::store
