#include "cli/plan_policy.hpp"

#include "config/criteria.hpp"
#include "engine/partial_file.hpp"

#include <filesystem>

namespace civitai::cli {

using config::OptionId;

Result<engine::PlanPolicy> plan_policy_from(const config::Settings& settings) {
  auto files = layout::Template::parse(settings.text(OptionId::path_template));
  if (!files) return fail(files, "PathTemplate");
  auto model_info = layout::Template::parse(settings.text(OptionId::model_info_template));
  if (!model_info) return fail(model_info, "ModelInfoTemplate");
  engine::PlanPolicy policy{.root = std::filesystem::absolute(config::save_path(settings)).lexically_normal(),
                            .file_template = std::move(*files),
                            .model_info_template = std::move(*model_info)};
  policy.documents_only = settings.enabled(OptionId::meta_only);
  policy.version_documents = settings.enabled(OptionId::metadata) || policy.documents_only;
  policy.model_documents = settings.enabled(OptionId::model_info);
  return policy;
}

std::optional<ByteCount> regular_file_size(const os::Path& path) { return engine::bytes_here(path); }

}  // namespace civitai::cli
