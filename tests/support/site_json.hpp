// The site's documents as JSON text, field by field, so that a test changes the one field that it is about:
//
//   model_fields().set("creator", "null").drop("tags").text()
//
// Names, ids and hashes are invented.
#pragma once

#include "base/format.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace civitai::test {

// The members of one object, in order; values are JSON text.
class Fields {
 public:
  Fields(std::initializer_list<std::pair<std::string, std::string>> members) : members_(members) {}

  // Replaces the member, or puts it at the end.
  Fields& set(std::string_view key, std::string json) {
    const auto found = find(key);
    if (found != members_.end()) {
      found->second = std::move(json);
    } else {
      members_.emplace_back(key, std::move(json));
    }
    return *this;
  }
  Fields& drop(std::string_view key) {
    const auto found = find(key);
    if (found != members_.end()) members_.erase(found);
    return *this;
  }
  [[nodiscard]] std::string text() const {
    std::vector<std::string> parts;
    for (const auto& [key, json] : members_) parts.push_back(format(R"("{}": {})", key, json));
    return format("{{{}}}", join(parts, ", "));
  }

 private:
  std::vector<std::pair<std::string, std::string>>::iterator find(std::string_view key) {
    return std::find_if(members_.begin(), members_.end(), [&](const auto& member) { return member.first == key; });
  }

  std::vector<std::pair<std::string, std::string>> members_;
};

inline std::string list_of(const std::vector<std::string>& elements) { return format("[{}]", join(elements, ", ")); }

inline constexpr std::string_view sample_sha256 = "3A7BD3E2360A3D29EEA436FCFB7E44C735D117C42D1C1835420B6B9942DD4F1B";
inline constexpr std::string_view sample_blake3 = "6437B3AC38465133FFB63B75273A8DB548C558465D79DB03FD359C6CD5BD9D85";

inline Fields hash_fields() {
  return {{"AutoV1", R"("0A1B2C3D")"},
          {"AutoV2", R"("3A7BD3E236")"},
          {"SHA256", format(R"("{}")", sample_sha256)},
          {"CRC32", R"("85114A0D")"},
          {"BLAKE3", format(R"("{}")", sample_blake3)},
          {"AutoV3", R"("5E0C41D2F7A9")"}};
}

inline Fields file_fields() {
  return {{"id", "501"},
          {"sizeKB", "2082666.974609375"},
          {"name", R"("harbour_v2.safetensors")"},
          {"overrideName", "null"},
          {"type", R"("Model")"},
          {"pickleScanResult", R"("Success")"},
          {"pickleScanMessage", R"("No Pickle imports")"},
          {"virusScanResult", R"("Success")"},
          {"virusScanMessage", "null"},
          {"scannedAt", R"("2026-04-01T08:00:00.120Z")"},
          {"metadata", R"({"format": "SafeTensor", "size": "pruned", "fp": "fp16", "quantType": "Q8_0"})"},
          {"hashes", hash_fields().text()},
          {"downloadUrl", R"("https://civitai.com/api/download/models/301?fileId=501")"},
          {"primary", "true"}};
}

inline Fields image_fields() {
  return {{"id", "701"},          {"url", R"("https://image.civitai.com/key/0b1c2d3e/original=true/701.jpeg")"},
          {"nsfwLevel", "4"},     {"width", "832"},
          {"height", "1216"},     {"hash", R"("UABC")"},
          {"type", R"("image")"}, {"remixOfId", "null"}};
}

// A version inside a model of a list.
inline Fields version_fields() {
  return {{"id", "301"},
          {"index", "0"},
          {"name", R"("v2")"},
          {"baseModel", R"("SDXL 1.0")"},
          {"baseModelType", R"("Standard")"},
          {"publishedAt", R"("2026-04-01T09:00:00.331Z")"},
          {"flags", "0"},
          {"availability", R"("Public")"},
          {"nsfwLevel", "31"},
          {"description", R"("<p>About.</p>")"},
          {"trainedWords", R"(["harbour", "blue hour, wide"])"},
          {"vaeId", "null"},
          {"paidAccess", "null"},
          {"stats", R"({"downloadCount": null, "thumbsUpCount": 12, "thumbsDownCount": 0})"},
          {"supportsGeneration", "true"},
          {"files", list_of({file_fields().text()})},
          {"images", list_of({image_fields().text()})},
          {"downloadUrl", R"("https://civitai.com/api/download/models/301")"}};
}

inline Fields model_fields() {
  return {{"id", "201"},
          {"name", R"("Harbour Lights")"},
          {"description", "null"},
          {"allowNoCredit", "true"},
          {"allowCommercialUse", R"("{Image,RentCivit}")"},
          {"type", R"("Checkpoint")"},
          {"minor", "false"},
          {"poi", "false"},
          {"nsfw", "true"},
          {"nsfwLevel", "31"},
          {"availability", R"("Public")"},
          {"userId", "11"},
          {"baseModels", R"(["SDXL 1.0"])"},
          {"cosmetic", "null"},
          {"stats", R"({"downloadCount": 5, "tippedAmountCount": null})"},
          {"creator", R"({"username": "quay_works", "image": null})"},
          {"tags", R"(["base model", "harbour"])"},
          {"modelVersions", list_of({version_fields().text()})}};
}
}  // namespace civitai::test
