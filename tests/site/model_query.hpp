// The parameters of /models with the site's own ideas of what is valid, and the models that they choose.
#pragma once

#include "site/api.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace standin {

enum class SortKey { rating, downloads, comments, date };

struct ModelList {
  std::size_t limit = 100;
  std::optional<std::int64_t> page = {};
  std::optional<std::string> cursor = {};
  std::string query = {};
  std::string tag = {};       // empty also for a tag that nobody uses: the site then filters nothing
  std::string username = {};  // as a slug
  std::vector<std::string> types, base_models;
  std::vector<std::int64_t> ids, version_ids;
  std::string checkpoint_type = {};
  std::optional<bool> nsfw = {};
  bool primary_only = false, archived = false, early_access = false, has_period = false;
  SortKey sort = SortKey::rating;
  bool ascending = false;
  std::string period = "AllTime";
};

// The parameters, or the refusal.
[[nodiscard]] std::variant<ModelList, Answer> read_model_list(const Context& context);

// The user name as the site files it: the first blank an underscore, other odd characters gone, lower case.
[[nodiscard]] std::string user_slug(std::string_view name);

struct Ranked {
  const Model* model = nullptr;
  std::int64_t first = 0, second = 0;  // what the cursor holds before the id
  std::string date = {};               // for date sorts: "2026-05-30 08:15:44.201"
};

// Those that the list shows, in its order.
[[nodiscard]] std::vector<Ranked> choose_models(const Context& context, const ModelList& list);

}  // namespace standin
