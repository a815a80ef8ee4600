// What a torrent is to be made of. Pure values and functions.
#pragma once

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "os/file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace civitai::torrent {

enum class Protocol { hybrid, v1, v2 };

[[nodiscard]] std::string_view to_string(Protocol protocol);

enum class Form { single_file, folder };
enum class Tiers { one_each, same };       // whether the trackers are tried one after the other or at random
enum class Visibility { open, private_ };  // private: peers come from the trackers alone

struct SourceFile {
  os::Path path;     // on disk
  std::string name;  // below the root folder, with '/' between components; of a single file its own name
  ByteCount size;
};

struct Recipe {
  Form form = Form::single_file;
  std::string name = {};  // of the file or of the root folder
  std::vector<SourceFile> files = {};
  Protocol protocol = Protocol::hybrid;
  ByteCount piece_length = {};
  std::vector<std::string> trackers = {};
  Tiers tiers = Tiers::one_each;
  std::vector<std::string> web_seeds = {};
  Visibility visibility = Visibility::open;
  std::string source = {};
  std::string comment = {};
  std::string creator = {};
  SystemTime created = {};

  [[nodiscard]] ByteCount size() const;
};

inline constexpr ByteCount shortest_piece = kibibytes(16);
inline constexpr ByteCount longest_piece = mebibytes(128);

// For content of that length: about 1,000 to 2,000 pieces, each of 16 KiB to 16 MiB.
[[nodiscard]] ByteCount piece_length_for(ByteCount content);

// A length that a person asked for: a power of two between the shortest and the longest. Error of kind usage otherwise.
[[nodiscard]] Result<ByteCount> parse_piece_length(std::string_view text);

// Whether trackers can be announced to at this address: http, https, udp, ws or wss, a host, no blanks or control
// characters. Error of kind usage otherwise; the address, which may hold a passkey, is not part of the message.
[[nodiscard]] Status check_tracker(std::string_view url);
// The same for the address of a web seed: http or https.
[[nodiscard]] Status check_web_seed(std::string_view url);

}  // namespace civitai::torrent
