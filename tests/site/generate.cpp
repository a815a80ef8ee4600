#include "site/generate.hpp"

#include "base/bytes.hpp"
#include "base/format.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>

namespace standin {
namespace {

using civitai::format;
using Words = std::span<const std::string_view>;

constexpr std::string_view first_words[] = {"Amber",  "Birch",  "Cobalt",  "Dusk",    "Ember",   "Fable",  "Granite",
                                            "Harbor", "Indigo", "Juniper", "Kestrel", "Lumen",   "Mosaic", "Northern",
                                            "Opal",   "Paper",  "Quartz",  "River",   "Saffron", "Tidal"};
constexpr std::string_view second_words[] = {"Mix",     "Style",   "Lantern", "Portrait",   "Landscape", "Sketch",
                                             "Texture", "Garden",  "Realism", "Watercolor", "Engine",    "Detail",
                                             "Glow",    "Horizon", "Ink",     "Study"};
constexpr std::string_view creators[] = {"northlight_studio", "aya_draws",     "craft_66",   "tidepool",
                                         "marrow_and_ink",    "Quiet Foundry", "pixel_herb", "zo.eline"};
constexpr std::string_view tags[] = {"style",   "character", "base model", "landscape", "photography",
                                     "concept", "clothing",  "tool",       "animal",    "poses"};
constexpr std::string_view base_models[] = {"SDXL 1.0", "SD 1.5", "Pony", "Illustrious", "Flux.1 D", "NoobAI", "Qwen"};
constexpr std::string_view types[] = {"LORA",  "LORA",       "LORA", "Checkpoint", "Checkpoint", "TextualInversion",
                                      "LoCon", "Controlnet", "VAE",  "Upscaler"};

// Numbers that are the same on every system, unlike the standard distributions'.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  // 0 … below - 1
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  std::string pick(Words words) { return std::string(words[below(words.size())]); }

 private:
  std::mt19937_64 engine_;
};

std::string camel_case(const std::string& name) {
  std::string made;
  for (const char c : name) {
    if (c != ' ') made += c;
  }
  made[0] = static_cast<char>(made[0] | 0x20);
  return made;
}

File extra_file(Dice& dice, const std::string& stem, std::uint64_t size) {
  switch (dice.below(3)) {
    case 0:  // a twin: same name, other precision
      return {.name = stem + ".safetensors", .size_class = "full", .precision = "fp32", .size = size * 2};
    case 1: return {.name = stem + ".yaml", .type = "Config", .format = "Other", .size = 900, .pickle_scan = "Pending"};
    default:
      return {.name = stem + "_trainingData.zip",
              .type = "Training Data",
              .format = "Other",
              .size = size,
              .hashes = HashSet::none,
              .pickle_scan = "Pending",
              .virus_scan = "Pending"};
  }
}

Version version(Dice& dice, const Model& model, std::size_t number, const GeneratorSettings& settings) {
  const std::string stem = format("{}_v{}0", camel_case(model.name), number);
  const std::uint64_t size = settings.smallest + dice.below(settings.largest - settings.smallest + 1);
  const bool pickle = dice.one_in(12);
  File main{.name = stem + (pickle ? ".ckpt" : ".safetensors"),
            .format = pickle ? "PickleTensor" : "SafeTensor",
            .size_class = "pruned",
            .precision = "fp16",
            .size = size,
            .pickle_scan = pickle && dice.one_in(4) ? "Danger" : "Success"};
  Version made{.name = format("v{}.0", number),
               .base_model = dice.pick(base_models),
               .level = model.level,
               .trained_words = {camel_case(model.name)},
               .downloads = static_cast<std::int64_t>(dice.below(50'000)),
               .likes = static_cast<std::int64_t>(dice.below(3'000))};
  made.files.push_back(std::move(main));
  if (dice.one_in(3)) made.files.push_back(extra_file(dice, stem, size));
  for (std::uint64_t i = dice.below(3); i > 0; --i) {
    made.images.push_back({.kind = dice.one_in(4) ? "png" : "jpeg",
                           .level = model.level == 1 ? 1 : 1 << dice.below(3),
                           .post_id = 500'000 + static_cast<std::int64_t>(dice.below(1000)),
                           .likes = static_cast<int>(dice.below(500))});
  }
  return made;
}

Model model(Dice& dice, std::size_t number, const GeneratorSettings& settings) {
  static constexpr int levels[] = {1, 1, 1, 3, 7, 31, 28};
  Model made{.name = format("{} {} {}", dice.pick(first_words), dice.pick(second_words), number),
             .type = dice.pick(types),
             .creator = dice.pick(creators),
             .level = levels[dice.below(std::size(levels))],
             .downloads = static_cast<std::int64_t>(dice.below(1'000'000)),
             .likes = static_cast<std::int64_t>(dice.below(40'000)),
             .comments = static_cast<std::int64_t>(dice.below(500))};
  made.nsfw = made.level > 3;
  made.tags = {dice.pick(tags)};
  if (std::string second = dice.pick(tags); second != made.tags[0]) made.tags.push_back(std::move(second));
  if (made.type == "Checkpoint" && dice.one_in(3)) made.checkpoint_type = "Merge";
  if (dice.one_in(40)) made.mode = "Archived";
  const std::size_t versions = 1 + dice.below(4);
  // The newest first, as most creators do it; the dates follow from the ids and keep no order.
  for (std::size_t i = versions; i > 0; --i) made.versions.push_back(version(dice, made, i, settings));
  return made;
}

}  // namespace

Catalogue generated_catalogue(const GeneratorSettings& settings) {
  if (settings.smallest > settings.largest) throw std::invalid_argument("the smallest file is larger than the largest");
  Catalogue catalogue;
  Dice dice(settings.seed);
  for (std::size_t i = 1; i <= settings.models; ++i) catalogue.add(model(dice, i, settings));
  return catalogue;
}

FileBatch parse_batch(std::string_view text) {
  const std::size_t cross = text.find('x');
  const auto count = civitai::parse_integer(text.substr(0, cross));
  const auto size =
      cross == std::string_view::npos ? civitai::parse_bytes("") : civitai::parse_bytes(text.substr(cross + 1));
  if (!count || *count < 1 || !size) {
    throw std::invalid_argument(format("'{}' is no batch of files; write COUNTxSIZE, e.g. 4x2GiB", text));
  }
  return {.count = static_cast<std::size_t>(*count), .size = size->value};
}

Catalogue file_catalogue(std::span<const FileBatch> batches, HashSet published) {
  Catalogue catalogue;
  std::size_t number = 0;
  for (const FileBatch& batch : batches) {
    for (std::size_t i = 0; i < batch.count; ++i) {
      const std::string name = format("Sample {:05}", ++number);
      catalogue.add({.name = name,
                     .tags = {"sample"},
                     .downloads = static_cast<std::int64_t>(1'000'000 - number),
                     .versions = {{.files = {{.name = format("sample{:05}_v10.safetensors", number),
                                              .size_class = "pruned",
                                              .precision = "fp16",
                                              .size = batch.size,
                                              .hashes = published}}}}});
    }
  }
  return catalogue;
}

}  // namespace standin
