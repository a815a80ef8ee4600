#include "site/disposition.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "site/url.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace standin {
namespace {

using civitai::format;

// Code points up to 255 as one byte each, others as '?'.
std::string latin1(const std::string& name) {
  std::string bytes;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    if (byte < 0x80) {
      bytes += name[i];
    } else if ((byte == 0xC2 || byte == 0xC3) && i + 1 < name.size()) {
      bytes += static_cast<char>(((byte & 3) << 6) | (static_cast<unsigned char>(name[++i]) & 0x3F));
    } else if (byte >= 0xC4) {
      bytes += '?';
    }
  }
  return bytes;
}

std::string quoted(const std::string& name) {
  return format("attachment; filename=\"{}\"",
                civitai::replace_all(civitai::replace_all(name, "\\", "\\\\"), "\"", "\\\""));
}

std::string extended(const std::string& name) {
  return format("attachment; filename*=UTF-8''{}", percent_encode(name));
}

struct Variant {
  std::string_view name;
  std::string (*write)(const std::string&);
};

constexpr std::array<Variant, 12> variants = {{
    {"quoted", quoted},  // with the name's own UTF-8 bytes, as storage sends it
    {"unquoted", [](const std::string& name) { return "attachment; filename=" + name; }},
    {"latin1", [](const std::string& name) { return quoted(latin1(name)); }},
    {"rfc5987", extended},
    {"both", [](const std::string& name) { return extended(name) + "; filename=\"fallback.bin\""; }},
    {"percent", [](const std::string& name) { return format("attachment; filename=\"{}\"", percent_encode(name)); }},
    {"trailing-semicolon", [](const std::string& name) { return quoted(name) + ";"; }},
    {"inline", [](const std::string& name) { return format("inline; filename=\"{}\"", name); }},
    {"traversal", [](const std::string& name) { return quoted("../../" + name); }},
    {"empty", [](const std::string&) { return std::string("attachment; filename=\"\""); }},
    {"nameless", [](const std::string&) { return std::string("attachment"); }},
    {"long", [](const std::string& name) { return quoted(std::string(2048, 'x') + name); }},
}};

}  // namespace

std::vector<std::string_view> disposition_variants() {
  std::vector<std::string_view> names = {"absent"};
  for (const Variant& variant : variants) names.push_back(variant.name);
  return names;
}

std::optional<std::string> disposition(std::string_view variant, const std::string& name) {
  if (variant == "absent") return std::nullopt;
  for (const Variant& one : variants) {
    // A line break would end the header: the real storage cannot send one either.
    if (one.name == variant) return one.write(civitai::replace_all(civitai::replace_all(name, "\r", " "), "\n", " "));
  }
  throw std::invalid_argument(format("unknown variant of Content-Disposition '{}'", variant));
}

}  // namespace standin
