// What a person wants: which models, versions and files a run considers. A pure value made from flags and
// configuration.
#pragma once

#include "domain/ids.hpp"

#include <string>
#include <vector>

namespace civitai {

// Which models the site is asked for.
struct ModelQuery {
  std::vector<std::string> types;
  std::vector<std::string> base_models;
  std::vector<std::string> tags;       // several: one pass each, merged by model id
  std::vector<std::string> usernames;  // several: one pass each, merged by model id
  std::string query;
  std::string sort = "Most Downloaded";
  std::string period = "AllTime";
  bool nsfw = false;
  int limit = 100;       // models considered in all; 0 = no limit
  int max_pages = 0;     // requests for list pages in all; 0 = no limit
  ModelId model_id;      // set: this model alone, list filters are ignored
  VersionId version_id;  // set: this version alone, wins over model_id
};

// Which versions and files of those models are wanted.
struct FileFilter {
  std::vector<std::string> base_models;         // exact, letter case ignored, per version; empty: all
  std::vector<std::string> ignore_base_models;  // substrings, letter case ignored, per version
  std::vector<std::string> ignore_file_names;   // substrings, letter case ignored
  bool all_versions = false;
  bool primary_only = false;
  bool pruned = false;        // Checkpoint models only
  bool fp16 = false;          // Checkpoint models only
  bool allow_unsafe = false;  // also files that the scanners flagged or have not seen yet
  bool include_paid = false;  // also versions behind paid or early access
};

struct Criteria {
  ModelQuery models;
  FileFilter files;
};

// Which images the site is asked for.
struct ImageQuery {
  PostId post_id;
  ModelId model_id;
  VersionId version_id;
  ImageId image_id;
  std::string username;
  std::string nsfw;        // a word (None, Soft, Mature, X) or true/false; empty: every level
  int browsing_level = 0;  // bits (1 PG, 2 PG-13, 4 R, 8 X, 16 XXX); 0 = as `nsfw` says
  std::string media_type;  // "image" or "video"; empty: both
  std::vector<std::string> base_models;
  std::string sort = "Newest";
  std::string period = "AllTime";
  int limit = 100;             // images in all; 0 = no limit
  int max_pages = 0;           // requests for list pages; 0 = no limit
  bool stop_at_known = false;  // end a list at the first image that is known already: for daily runs by Newest
};

}  // namespace civitai
