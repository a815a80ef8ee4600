// The API listener: routes, who is calling, and the shapes of refusals.
#pragma once

#include "site/documents.hpp"
#include "site/message.hpp"
#include "site/world.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace standin {

struct Caller {
  std::string token = {};  // as sent; empty when none
  TokenKind kind = TokenKind::expired;
  std::int64_t id = 0;

  [[nodiscard]] bool signed_in() const { return kind != TokenKind::expired && kind != TokenKind::banned; }
};

struct Context {
  World& world;
  const Options& options;
  const Catalogue& catalogue;
  const Request& request;
  Caller caller = {};
  std::string tail = {};  // what stands behind the route's fixed part, decoded

  [[nodiscard]] const Query& query() const { return request.query; }
  // "http://<Host header>"
  [[nodiscard]] std::string asked_origin() const;
  [[nodiscard]] DocumentSettings settings(std::string base) const;
};

[[nodiscard]] Answer answer_api(World& world, const Request& request);

// One function per route.
[[nodiscard]] Answer list_models(const Context& context);
[[nodiscard]] Answer one_model(const Context& context);
[[nodiscard]] Answer one_version(const Context& context);
[[nodiscard]] Answer mini_version(const Context& context);
[[nodiscard]] Answer by_hash(const Context& context);
[[nodiscard]] Answer by_hashes(const Context& context);
[[nodiscard]] Answer by_hash_ids(const Context& context);
[[nodiscard]] Answer list_images(const Context& context);
[[nodiscard]] Answer list_creators(const Context& context);
[[nodiscard]] Answer list_tags(const Context& context);
[[nodiscard]] Answer enums(const Context& context);
[[nodiscard]] Answer me(const Context& context);
[[nodiscard]] Answer list_collections(const Context& context);
[[nodiscard]] Answer one_collection(const Context& context);
[[nodiscard]] Answer download(const Context& context);
[[nodiscard]] Answer web_page(const Context& context);

// Refusals in the shapes that the real routes use.
[[nodiscard]] Answer error_text(int status, std::string_view text);     // {"error":"…"}
[[nodiscard]] Answer error_message(int status, std::string_view text);  // {"message":"…"}
[[nodiscard]] Answer error_zod(std::string_view field, std::string_view code, std::string_view text);
[[nodiscard]] Answer error_pretty(std::string_view field, std::string_view text);  // {"error":"✖ …"}
[[nodiscard]] Answer html_page(int status, std::string_view title);
[[nodiscard]] Answer document_answer(const Json& document);

// "true", "1", "yes", "on", "y", "enabled" and their opposites, in any case; nullopt for other words.
[[nodiscard]] std::optional<bool> boolean_word(std::string_view text);
// The origin and path asked for with every parameter echoed, except those named, and the additions at the end.
[[nodiscard]] std::string echoed_link(const Context& context, const std::vector<std::string>& without,
                                      const Pairs& additions);

}  // namespace standin
