// What is shared by which torrent: entries of the library grouped into units, and the files on disk that belong to one.
//
// A folder torrent lists its files one by one: a file of the library, what stands beside it under its name (metadata,
// previews), its `images` folder, and for a whole model the model's own document and images. Nothing else that lies
// there is shared: no other model, no partial file, no torrent, no log.
#pragma once

#include "domain/library_entry.hpp"
#include "torrent/recipe.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace civitai::engine {

enum class TorrentPer { file, version, model };

struct TorrentUnit {
  TorrentPer per = TorrentPer::file;
  std::vector<LibraryEntry> entries;  // at least one

  [[nodiscard]] const LibraryEntry& first() const { return entries.front(); }
  // For people: the model's name, with the version's or the file's where it is not the whole model.
  [[nodiscard]] std::string title() const;
  [[nodiscard]] ByteCount size() const;  // of the entries
  // "<id>-<slug>": the name of its .torrent file without the ending; the same in every run.
  [[nodiscard]] std::string file_stem() const;
};

// The entries that are Downloaded, in their order; `models` empty: all.
[[nodiscard]] std::vector<TorrentUnit> torrent_units(const std::vector<LibraryEntry>& library, TorrentPer per,
                                                     const std::vector<ModelId>& models);

// Which files of the library lie in which folder.
class LibraryFolders {
 public:
  explicit LibraryFolders(const std::vector<LibraryEntry>& library);

  struct Resident {
    std::string name;
    std::string stem;
    ModelId model;
    VersionId version;
  };
  [[nodiscard]] const std::vector<Resident>& in(const os::Path& folder) const;
  // Whether everything that the library has at and below `folder` is of this model.
  [[nodiscard]] bool only_of(const os::Path& folder, ModelId model) const;

 private:
  std::map<os::Path, std::vector<Resident>> folders_;
};

// What a unit's torrent is made of: `form`, `name` and `files` of a recipe, and where its .torrent goes by default.
struct TorrentContent {
  torrent::Form form = torrent::Form::single_file;
  std::string name;
  std::vector<torrent::SourceFile> files;
  os::Path folder;   // beside the file, or the root folder of the torrent
  std::string stem;  // of the .torrent file there
};

// Looks at the disk. The root of a folder torrent is the nearest folder of all its files that is named after the model
// or version, so that clients find the data in place. Error of kind io when a file is missing or has another length
// than recorded, usage when the files have no folder in common.
[[nodiscard]] Result<TorrentContent> content_of(const TorrentUnit& unit, const LibraryFolders& folders,
                                                const os::Path& save_path);

}  // namespace civitai::engine
