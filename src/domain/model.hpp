// What the site has: models, their versions, the versions' files and pictures. Pure values.
//
// Every scalar may be missing in an answer; a missing one is its type's empty value, and "0" or "" then means unknown.
// Facts about the fields: the site's own API source; see docs/civitai.md.
#pragma once

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "domain/hashes.hpp"
#include "domain/ids.hpp"

#include <optional>
#include <string>
#include <vector>

namespace civitai {

// Verdict of the site's scanners on a file. `unknown`: the answer did not say.
enum class ScanVerdict { unknown, pending, success, danger, error };

struct ModelFile {
  FileId id;
  std::string name;        // the download name; several files of one version may share it
  std::string type;        // "Model", "Pruned Model", "VAE", "Training Data", …
  std::string format;      // "SafeTensor", "PickleTensor", "GGUF", …
  std::string size_class;  // "full", "pruned"
  std::string precision;   // "fp16", "fp32", …
  std::string quantisation;
  std::optional<ByteCount> size;  // exact
  Hashes hashes;
  ScanVerdict pickle_scan = ScanVerdict::unknown;
  ScanVerdict virus_scan = ScanVerdict::unknown;
  std::string pickle_message;
  std::string download_url;  // as the site gave it; may be missing, broken or point to another file
  bool primary = false;
};

struct ModelImage {
  ImageId id;
  std::string url;
  std::string type;  // "image", "video", "audio"
  int nsfw_level = 0;
};

// A version that must be paid for: for good, or until it becomes free.
struct PaidAccess {
  bool permanent = false;
  std::optional<SystemTime> free_from;
};

struct ModelVersion {
  VersionId id;
  ModelId model_id;
  std::string name;
  std::string base_model;
  std::optional<SystemTime> published_at;
  std::optional<PaidAccess> paid_access;
  std::string usage_control;  // only "Download" (or unknown) can be fetched
  std::vector<std::string> trained_words;
  std::vector<ModelFile> files;
  std::vector<ModelImage> images;
  std::string raw;  // the version's JSON exactly as received
};

enum class ModelMode { normal, archived, taken_down };

struct Model {
  ModelId id;
  std::string name;
  std::string type;  // "Checkpoint", "LORA", …
  std::string creator;
  std::vector<std::string> tags;
  bool nsfw = false;
  int nsfw_level = 0;  // bits: 1 PG, 2 PG-13, 4 R, 8 X, 16 XXX, 32 blocked
  ModelMode mode = ModelMode::normal;
  std::vector<ModelVersion> versions;
  std::string raw;  // the model's JSON exactly as received
};

}  // namespace civitai
