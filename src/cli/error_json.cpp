#include "cli/error_json.hpp"

#include <utility>

namespace civitai::cli {

void set_error(json::Object& object, std::string_view key, const std::optional<Error>& error) {
  if (!error) {
    object.set_null(key);
    return;
  }
  json::Object told;
  told.set("kind", to_string(error->kind)).set("message", error->message).set("hint", error->hint);
  object.set(key, std::move(told));
}

}  // namespace civitai::cli
