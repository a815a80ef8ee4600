// A request as it came in and the answer as it will go out. Values; nothing here knows sockets.
#pragma once

#include "site/content.hpp"
#include "site/journal.hpp"
#include "site/url.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace standin {

struct Request {
  Place place = Place::api;
  std::string method = {};
  std::string target = {};
  std::string path = {};  // not decoded
  Query query = {};
  Pairs headers = {};
  std::string body = {};
  bool keep_alive = true;
  std::uint64_t connection = 0;

  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

// A part of a Content.
struct Slice {
  Content content = {};
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

enum class Framing { length, chunked };

struct Answer {
  int status = 200;
  Pairs headers = {};  // in the order and letter case sent
  std::string text = {};
  std::optional<Slice> slice = {};  // wins over text
  Framing framing = Framing::length;

  // What it was about, for the journal and for choosing faults.
  std::string route = {};
  Subject subject = {};
  std::string link = {};  // the signature of the link that was made or used

  // Replaces or adds.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
  [[nodiscard]] std::uint64_t body_size() const { return slice ? slice->count : text.size(); }
  // Another body; content headers go.
  void replace_body(std::string_view media_type, std::string body);
};

[[nodiscard]] Answer json_answer(int status, std::string body);
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace standin
