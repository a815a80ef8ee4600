// What the stand-in site offers: models, their versions, files and pictures, as plain structs with defaults.
//
// An id of 0 is given out by Catalogue::add; texts that are left empty are made up from the id. Anything that the
// structs cannot say is said with a Patch on the finished document.
#pragma once

#include "site/content.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace standin {

enum class HashSet : std::uint8_t {
  none = 0,
  autov1 = 1,
  autov2 = 2,
  autov3 = 4,
  sha256 = 8,
  crc32 = 16,
  blake3 = 32,
  all = 63
};
constexpr HashSet operator|(HashSet a, HashSet b) {
  return static_cast<HashSet>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
constexpr bool has(HashSet set, HashSet one) {
  return (static_cast<std::uint8_t>(set) & static_cast<std::uint8_t>(one)) != 0;
}

enum class LetterCase { upper, lower };
// automatic: a safetensors header when the format is SafeTensor and the size allows it.
enum class Layout { automatic, plain, safetensors };
// The documents that an object appears in: /models, /models/{id}, /model-versions/{id} (and by-hash), /images.
enum class Form { any, list, single, version, images };

// A change of the finished document. Members of `set` (a JSON object, as text) replace the document's; a name that
// starts with '/' is a JSON pointer. `remove` names members, or pointers, to leave out. Applied last.
struct Patch {
  std::string set = {};
  std::vector<std::string> remove = {};
  Form form = Form::any;
};

struct File {
  std::int64_t id = 0;
  std::string name = {};
  std::string stored_name = {};  // the uploaded name; the download name when empty
  std::optional<std::string> override_name = {};
  std::string type = "Model";
  std::string format = "SafeTensor";        // this and the next three: empty = absent from `metadata`
  std::string size_class = {};              // "full", "pruned"
  std::string precision = {};               // "fp16"
  std::string quantisation = {};            // "Q4_K_M"
  std::uint64_t size = 4096;                // bytes
  std::uint64_t seed = 0;                   // 0: the id
  std::optional<std::string> content = {};  // literal bytes: wins over size and seed
  Layout layout = Layout::automatic;
  HashSet hashes = HashSet::all;  // published, where defined for the bytes
  HashSet wrong_hashes = HashSet::none;
  LetterCase hash_case = LetterCase::upper;
  std::string pickle_scan = "Success";
  std::string pickle_message = "No Pickle imports";
  std::string virus_scan = "Success";
  std::optional<bool> primary = {};    // unset: the site's own scoring decides
  bool visible = true;                 // false: exists, but is not public
  bool linked = false;                 // a component of another version: does not answer to `fileId`
  std::string disposition = "quoted";  // variant of Content-Disposition, see disposition_variants()
  std::string media_type = "binary/octet-stream";
  std::vector<Patch> patches = {};

  [[nodiscard]] Content bytes() const;
  [[nodiscard]] std::uint64_t length() const { return content ? content->size() : size; }
  [[nodiscard]] const std::string& download_name() const { return override_name ? *override_name : name; }
};

struct Image {
  std::int64_t id = 0;
  std::string uuid = {};
  std::string type = "image";  // "image", "video", "audio"
  std::string kind = "jpeg";   // what the bytes are: jpeg png webp gif avif mp4 webm mp3
  std::uint64_t size = 2048;   // bytes, at least what the kind needs
  int level = 1;               // browsing level: 1, 2, 4, 8, 16, 32
  std::optional<int> width = 832;
  std::optional<int> height = 1216;
  std::string meta = {};  // generation data, a JSON object as text; empty: none
  std::string created_at = {};
  std::int64_t post_id = 0;                  // 0: none
  std::optional<std::string> username = {};  // unset: the model's creator
  int likes = 0;
  bool still_without_quality = false;  // a video that comes as a WebP still unless `quality=` is asked for
  std::vector<Patch> patches = {};
};

struct PaidAccess {
  bool permanent = false;
  std::string ends_at = {};  // empty: null
};

struct Version {
  std::int64_t id = 0;
  std::string name = "v1.0";
  std::string base_model = "SDXL 1.0";
  std::optional<std::string> base_model_type = "Standard";
  bool without_index = false;
  std::string published_at = {};  // ISO 8601; "-": null
  std::string status = "Published";
  std::string availability = "Public";  // "Private": needs a grant
  std::string usage_control = "Download";
  bool requires_login = false;
  std::optional<PaidAccess> paid_access = {};
  int level = 1;
  std::optional<std::string> description = {};
  std::vector<std::string> trained_words = {};
  std::optional<std::int64_t> downloads = 100;
  std::int64_t likes = 10;
  std::vector<File> files = {};
  std::vector<Image> images = {};   // the creator's own: inside models and on /images
  std::vector<Image> gallery = {};  // other people's: on /images alone
  std::vector<Patch> patches = {};
};

struct Model {
  std::int64_t id = 0;
  std::string name = {};
  std::string type = "LORA";
  std::optional<std::string> description = {};
  std::optional<std::string> creator = "northlight_studio";  // unset: no creator at all
  std::int64_t user_id = 8800001;
  std::vector<std::string> tags = {};
  bool nsfw = false;
  int level = 1;          // bit union; 0: not rated yet, so not found
  std::string mode = {};  // "Archived", "TakenDown"
  std::string status = "Published";
  std::string availability = "Public";
  std::string checkpoint_type = "Trained";
  bool poi = false;
  bool minor = false;
  std::vector<std::string> commercial_use = {"Image", "RentCivit"};
  std::optional<std::int64_t> downloads = 1000;
  std::int64_t likes = 100;
  std::int64_t comments = 1;
  std::vector<Version> versions = {};  // in the creator's order
  std::vector<Patch> patches = {};
};

}  // namespace standin
