#include "site/options.hpp"

#include <array>
#include <utility>

namespace standin {
namespace {

constexpr std::array<std::pair<TokenKind, std::string_view>, 6> kinds = {{{TokenKind::valid, "valid"},
                                                                          {TokenKind::expired, "expired"},
                                                                          {TokenKind::banned, "banned"},
                                                                          {TokenKind::blocked, "blocked"},
                                                                          {TokenKind::no_grant, "no-grant"},
                                                                          {TokenKind::owner, "owner"}}};

}  // namespace

std::string_view to_string(TokenKind kind) {
  for (const auto& [value, word] : kinds) {
    if (value == kind) return word;
  }
  return "valid";
}

std::optional<TokenKind> token_kind_from(std::string_view word) {
  for (const auto& [value, name] : kinds) {
    if (name == word) return value;
  }
  return std::nullopt;
}

std::map<std::string, TokenKind> default_tokens() {
  std::map<std::string, TokenKind> tokens;
  for (const auto& [value, word] : kinds) tokens.emplace(std::string(word) + "-key", value);
  return tokens;
}

}  // namespace standin
