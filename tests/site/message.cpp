#include "site/message.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace standin {
namespace {

std::optional<std::string> find_header(const Pairs& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (civitai::equal_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> Request::header(std::string_view name) const { return find_header(headers, name); }

std::optional<std::string> Answer::header(std::string_view name) const { return find_header(headers, name); }

void Answer::remove(std::string_view name) {
  std::erase_if(headers, [&](const auto& header) { return civitai::equal_ignoring_case(header.first, name); });
}

void Answer::set(std::string_view name, std::string_view value) {
  for (auto& [key, old] : headers) {
    if (civitai::equal_ignoring_case(key, name)) {
      old = value;
      return;
    }
  }
  headers.emplace_back(name, value);
}

void Answer::replace_body(std::string_view media_type, std::string body) {
  slice.reset();
  text = std::move(body);
  framing = Framing::length;
  for (const auto* name : {"Content-Range", "Content-Encoding", "Content-Disposition", "ETag", "Accept-Ranges"}) {
    remove(name);
  }
  set("Content-Type", media_type);
}

Answer json_answer(int status, std::string body) {
  Answer answer{.status = status, .text = std::move(body)};
  answer.set("Content-Type", "application/json; charset=utf-8");
  return answer;
}

std::string_view reason_phrase(int status) {
  static constexpr std::array<std::pair<int, std::string_view>, 31> phrases = {{
      {200, "OK"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {410, "Gone"},
      {412, "Precondition Failed"},
      {416, "Range Not Satisfiable"},
      {422, "Unprocessable Content"},
      {429, "Too Many Requests"},
      {451, "Unavailable For Legal Reasons"},
      {499, "Client Closed Request"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {520, "Unknown Error"},
      {521, "Web Server Is Down"},
      {522, "Connection Timed Out"},
      {523, "Origin Is Unreachable"},
      {524, "A Timeout Occurred"},
  }};
  for (const auto& [code, phrase] : phrases) {
    if (code == status) return phrase;
  }
  return "Status";
}

}  // namespace standin
