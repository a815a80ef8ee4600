#include "site/generate.hpp"

#include <string>
#include <vector>

namespace standin {
namespace {

constexpr std::uint64_t KiB = 1024;
constexpr std::uint64_t MiB = 1024 * KiB;

constexpr const char* harbor_meta =
    R"({"Size":"832x1216","seed":1938345220,"steps":30,"prompt":"meridian, harbor at dawn, film photograph",)"
    R"("sampler":"DPM++ 2M","cfgScale":5,"clipSkip":2,"negativePrompt":"blurry","Model":"meridianMix_v30"})";

std::vector<File> meridian_files() {
  // Twins of one name, as the site makes them, and what comes with a checkpoint.
  return {{.id = 9300001,
           .name = "meridianMix_v30.safetensors",
           .size_class = "pruned",
           .precision = "fp16",
           .size = 6 * MiB},
          {.id = 9300002,
           .name = "meridianMix_v30.safetensors",
           .size_class = "full",
           .precision = "fp32",
           .size = 8 * MiB},
          {.id = 9300004,
           .name = "meridianMix_v30.yaml",
           .type = "Config",
           .format = "Other",
           .content = "model:\n  base_learning_rate: 1.0e-04\n  target: sgm.models.diffusion\n",
           .pickle_scan = "Pending"},
          {.id = 9300005,
           .name = "meridianMix_v30_trainingData.zip",
           .type = "Training Data",
           .format = "Other",
           .size = 700 * KiB,
           .hashes = HashSet::none,
           .pickle_scan = "Pending",
           .virus_scan = "Pending"}};
}

std::vector<Image> meridian_images() {
  return {{.kind = "png", .meta = harbor_meta, .post_id = 9500001, .likes = 210},
          {.level = 4, .width = 1024, .height = 1536, .post_id = 9500001, .likes = 77},
          {.type = "video",
           .kind = "mp4",
           .size = 20 * KiB,
           .width = 720,
           .height = 1280,
           .post_id = 9500002,
           .still_without_quality = true}};
}

Version meridian_v3() {
  return {.id = 9200031,
          .name = "v3.0",
          .published_at = "2026-06-02T09:00:00.331Z",
          .level = 31,
          .description = "<p>Retrained text encoder.</p>",
          .trained_words = {"meridian", "golden hour"},
          .downloads = 51877,
          .likes = 2604,
          .files = meridian_files(),
          .images = meridian_images(),
          .gallery = {{.kind = "webp", .post_id = 9500003, .username = "aya_draws", .likes = 12}}};
}

Version meridian_v1() {
  return {.id = 9200010,
          .name = "v1.0",
          .base_model = "SD 1.5",
          .published_at = "2024-03-05T02:15:33.219Z",
          .trained_words = {"meridian"},
          .downloads = 112242,
          .likes = 5705,
          .files = {{.id = 9300021, .name = "meridianMix_v10.safetensors", .size = 4 * MiB}}};
}

Model meridian() {
  return {.id = 9100001,
          .name = "Meridian Mix",
          .type = "Checkpoint",
          .description = "<p>An invented checkpoint. Use <strong>CFG 5</strong> and 28 steps.</p>",
          .tags = {"base model", "photography", "landscape"},
          .level = 31,
          .downloads = 184233,
          .likes = 9120,
          .comments = 402,
          .versions = {meridian_v3(), meridian_v1()}};
}

Model paper_lantern() {
  return {.id = 9100200,
          .name = "Paper Lantern Style",
          .creator = "aya_draws",
          .user_id = 8800777,
          .tags = {"style", "lantern"},
          .downloads = 20450,
          .likes = 318,
          .versions = {{.id = 9200222,
                        .name = "v2 Flux",
                        .base_model = "Flux.1 D",
                        .published_at = "2026-05-31T10:15:09.330Z",
                        .paid_access = PaidAccess{.ends_at = "2099-06-14T10:15:09.330Z"},
                        .trained_words = {"ppr-lantern"},
                        .files = {{.id = 9300041, .name = "紙灯籠_v2.safetensors", .size = 218 * KiB}}},
                       {.id = 9200201,
                        .name = "v1 SDXL",
                        .published_at = "2026-01-10T04:40:55.090Z",
                        .description = "<p>First release.</p>",
                        .trained_words = {"ppr-lantern"},
                        .files = {{.id = 9300042, .name = "紙灯籠.safetensors", .size = 164 * KiB},
                                  {.id = 9300043,
                                   .name = "paper lantern examples.zip",
                                   .type = "Archive",
                                   .format = "Other",
                                   .size = 48 * KiB,
                                   .pickle_scan = "Error"}},
                        .images = {{.likes = 44}}}}};
}

Model retired_sketch() {
  return {.id = 9100900,
          .name = "Retired Sketch Helper",
          .tags = {"sketch"},
          .mode = "Archived",
          .versions = {{.id = 9200901, .files = {{.id = 9300901, .size = 32 * KiB}}}}};
}

Model dangerous_embedding() {
  return {.id = 9100310,
          .name = "Glimmer Negative",
          .type = "TextualInversion",
          .creator = "craft_66",
          .tags = {"negative", "tool"},
          .downloads = 8121,
          .versions = {{.id = 9200310,
                        .base_model = "SD 1.5",
                        .trained_words = {"glimmer-neg"},
                        .files = {{.id = 9300310,
                                   .name = "glimmer-neg.pt",
                                   .format = "PickleTensor",
                                   .size = 25 * KiB,
                                   .pickle_scan = "Danger",
                                   .pickle_message = "**Detected Pickle imports (1)**\n```\nos.system\n```"}}}}};
}

Model harbor_lights() {
  return {.id = 9100420,
          .name = "Harbor Lights",
          .creator = "tidepool",
          .tags = {"landscape", "style"},
          .level = 3,
          .downloads = 31877,
          .likes = 1490,
          .versions = {{.id = 9200421,
                        .name = "pony",
                        .base_model = "Pony",
                        .published_at = "2025-09-14T18:22:10.100Z",
                        .trained_words = {"harbor lights", "night water"},
                        .files = {{.id = 9300421, .name = "harborLights_pony.safetensors", .size = 440 * KiB}},
                        .images = {{.likes = 90}, {.kind = "webp", .level = 2, .likes = 15}}},
                       {.id = 9200420,
                        .name = "sdxl",
                        .published_at = "2026-02-01T07:00:00.000Z",  // newer than the one in front of it
                        .trained_words = {"harbor lights"},
                        .files = {{.id = 9300420, .name = "harborLights_sdxl.safetensors", .size = 456 * KiB}}}}};
}

Model quartz_gguf() {
  return {.id = 9100530,
          .name = "Quartz Engine",
          .type = "Checkpoint",
          .creator = "marrow_and_ink",
          .tags = {"base model"},
          .downloads = 5120,
          .likes = 260,
          .versions = {{.id = 9200530,
                        .name = "v0.9",
                        .base_model = "Qwen",
                        .files = {{.id = 9300530,
                                   .name = "quartzEngine_v09.gguf",
                                   .format = "GGUF",
                                   .quantisation = "Q4_K_M",
                                   .size = 5 * MiB},
                                  {.id = 9300531,
                                   .name = "quartzEngine_v09.gguf",
                                   .format = "GGUF",
                                   .quantisation = "Q8_0",
                                   .size = 7 * MiB}}}}};
}

Model soft_vae() {
  return {.id = 9100640,
          .name = "Soft Glass VAE",
          .type = "VAE",
          .creator = "tidepool",
          .tags = {"tool"},
          .downloads = 40210,
          .likes = 880,
          .versions = {{.id = 9200640,
                        .base_model = "SD 1.5",
                        .files = {{.id = 9300640,
                                   .name = "softGlass.safetensors",
                                   .size = 326 * KiB,
                                   .hashes = HashSet::autov2 | HashSet::crc32}}}}};
}

Model river_workflow() {
  return {.id = 9100750,
          .name = "River Study: layered upscale",
          .type = "Workflows",
          .creator = std::nullopt,
          .tags = {"tool", "upscale"},
          .downloads = 900,
          .versions = {{.id = 9200750,
                        .files = {{.id = 9300750,
                                   .name = "riverStudy_v10.zip",
                                   .type = "Archive",
                                   .format = "Other",
                                   .size = 20 * KiB,
                                   .pickle_scan = "Pending"}}}}};
}

}  // namespace

Catalogue demo_catalogue() {
  Catalogue catalogue;
  for (auto make : {meridian, paper_lantern, retired_sketch, dangerous_embedding, harbor_lights, quartz_gguf, soft_vae,
                    river_workflow}) {
    catalogue.add(make());
  }
  catalogue.add_collection({.id = 9700001, .name = "Sample landscapes", .item_count = 3});
  return catalogue;
}

}  // namespace standin
