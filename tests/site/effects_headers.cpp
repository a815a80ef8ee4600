#include "base/format.hpp"
#include "site/disposition.hpp"
#include "site/effects.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace standin {
namespace {

void content_disposition(Stage& stage) {
  const std::string name = stage.world.read([&](const Catalogue& catalogue) {
    const auto hit = catalogue.find_file(stage.answer.subject.file_id);
    return hit ? hit.file->download_name() : std::string("file.bin");
  });
  stage.answer.remove("Content-Disposition");
  if (const auto value = disposition(stage.text("quoted"), name)) stage.answer.set("Content-Disposition", *value);
}

// "NAME=VALUE"
void set_header(Stage& stage) {
  const std::size_t equals = stage.parameter.find('=');
  if (equals != std::string::npos) {
    stage.answer.set(stage.parameter.substr(0, equals), std::string_view(stage.parameter).substr(equals + 1));
  }
}

void set_cookie(Stage& stage) {
  stage.answer.headers.emplace_back("Set-Cookie", stage.text("standin-session=do-not-replay; Path=/; HttpOnly"));
}

void huge(Stage& stage) {
  const auto size = static_cast<std::size_t>(std::max<std::int64_t>(stage.number(65536), 1));
  stage.answer.set("X-Huge", std::string(size, 'x'));
}

// cOnTeNt-TyPe
void mix_case(Stage& stage) {
  for (auto& [name, value] : stage.answer.headers) {
    bool upper = false;
    for (char& c : name) {
      const auto byte = static_cast<unsigned char>(c);
      c = static_cast<char>(upper ? std::toupper(byte) : std::tolower(byte));
      upper = !upper;
    }
  }
}

constexpr std::array<Effect, 7> header_table = {{
    {"content-disposition", "VARIANT",
     "absent quoted unquoted latin1 rfc5987 both percent trailing-semicolon inline traversal empty nameless long",
     content_disposition},
    {"content-type", "VALUE", "another Content-Type",
     [](Stage& stage) { stage.answer.set("Content-Type", stage.parameter); }},
    {"header", "NAME=VALUE", "sets a header", set_header},
    {"no-header", "NAME", "leaves a header out", [](Stage& stage) { stage.answer.remove(stage.parameter); }},
    {"set-cookie", "[VALUE]", "a cookie that must not be sent back", set_cookie},
    {"huge-header", "[BYTES]", "a header of that size (65536)", huge},
    {"header-case", "", "header names in mixed case", mix_case},
}};

}  // namespace

std::span<const Effect> header_effects() { return header_table; }

}  // namespace standin
