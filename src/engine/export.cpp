#include "engine/export.hpp"

#include "base/format.hpp"
#include "base/time.hpp"
#include "store/gzip.hpp"
#include "store/library_records.hpp"
#include "store/seed_record.hpp"

#include <algorithm>
#include <vector>

namespace civitai::engine {
namespace {

using store::WholeEntry;

Status interrupted_if(const std::stop_token& stop) {
  return stop.stop_requested() ? Status(fail(ErrorKind::cancelled, "interrupted")) : Status{};
}

// The last line of a list with something in it has no end yet.
std::string_view line_end(std::size_t before) { return before == 0 ? "" : "\n"; }

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + '"';
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) line += (line.empty() ? "" : ",") + csv_field(field);
  return line + "\r\n";
}

std::vector<std::string> csv_header() {
  std::vector<std::string> header = {"key",           "status",  "model_id",   "model_name",   "model_type",
                                     "creator",       "tags",    "version_id", "version_name", "base_model",
                                     "trained_words", "file_id", "file_name",  "file_type",    "size",
                                     "path",          "error",   "added_at",   "updated_at",   "proof"};
  for (const HashKind kind : all_hash_kinds) header.emplace_back(to_string(kind));
  return header;
}

std::vector<std::string> csv_fields(const WholeEntry& whole) {
  const LibraryEntry& entry = whole.entry;
  const auto number = [](auto value) { return format("{}", value); };
  const ByteCount size = whole.presence ? whole.presence->size : entry.size;
  std::vector<std::string> fields = {entry_key(entry.version_id),
                                     std::string(to_string(entry.status)),
                                     number(entry.model_id.value),
                                     entry.model_name,
                                     entry.model_type,
                                     entry.creator,
                                     format("{}", join(whole.tags, ";")),
                                     number(entry.version_id.value),
                                     entry.version_name,
                                     entry.base_model,
                                     format("{}", join(whole.trained_words, ";")),
                                     number(entry.file_id.value),
                                     entry.file_name,
                                     entry.file_type,
                                     number(size.value),
                                     entry.path,
                                     entry.error,
                                     to_iso8601(whole.added_at),
                                     to_iso8601(entry.updated_at),
                                     whole.presence ? whole.presence->proof.kind : ""};
  for (const HashKind kind : all_hash_kinds) {
    const bool computed = whole.presence && !entry.hashes.has(kind);
    fields.push_back((computed ? whole.presence->computed : entry.hashes).get(kind));
  }
  return fields;
}

// The original program keeps one file of a version: the best that is here. It cannot remember that one was taken away
// on purpose.
class SeedWriter {
 public:
  SeedWriter(store::BitcaskWriter& writer, const os::Path& root) : writer_(writer), root_(root) {}

  Status add(const WholeEntry& entry, const std::string& document) {
    if (best_ && best_->entry.version_id != entry.entry.version_id) {
      if (auto done = flush(); !done) return done;
    }
    if (!best_) {
      best_ = entry;
      document_ = document;
    } else if (rank(entry) > rank(*best_)) {
      best_ = entry;
    }
    return {};
  }

  Status flush() {
    if (!best_ || best_->deleted_at) {
      best_.reset();
      return {};
    }
    const os::Path path = best_->entry.path;
    const os::Path relative = path.lexically_relative(root_);
    const bool inside = !relative.empty() && *relative.begin() != "..";
    const os::Path folder = (inside ? relative : path).parent_path();
    const auto packed = [&](const std::string& document) {
      return store::compress(store::seed_json(*best_, document, folder.native(), path.filename().native()));
    };
    std::string value = packed(document_);
    // A long description is the only thing that can make it too large for the original program; ours keeps it.
    if (value.size() > store::longest_bitcask_value) value = packed("");
    const std::string key = entry_key(best_->entry.version_id);
    best_.reset();
    return writer_.put(key, value);
  }

 private:
  static int rank(const WholeEntry& entry) {
    if (entry.deleted_at) return -1;
    switch (entry.entry.status) {
      case EntryStatus::downloaded: return 2;
      case EntryStatus::pending: return 1;
      case EntryStatus::error: return 0;
    }
    return 0;
  }

  store::BitcaskWriter& writer_;
  const os::Path& root_;
  std::optional<WholeEntry> best_;
  std::string document_;
};

}  // namespace

Result<Exported> export_json(store::TransferDesk& desk, const Write& write, SystemTime now,
                             const std::stop_token& stop) {
  const std::string head =
      format(R"({},"version":1,"exported_at":"{}",{})", export_start, to_iso8601(now), export_entries_start);
  if (auto done = write(head + "\n"); !done) return fail(done.error());
  Exported count;
  const auto entries = desk.each([&](const WholeEntry& entry, const std::string& document) -> Status {
    if (auto go = interrupted_if(stop); !go) return go;
    return write((count.entries++ == 0 ? "" : ",\n") + store::to_json(entry, document));
  });
  if (!entries) return fail(entries.error());
  const auto images = desk.each_image([&](const store::ArchivedImage& image, const std::string& document) -> Status {
    if (auto go = interrupted_if(stop); !go) return go;
    const std::string before =
        count.images++ > 0 ? ",\n" : format("{}{}\n", line_end(count.entries), export_images_start);
    return write(before + store::to_json(image, document));
  });
  if (!images) return fail(images.error());
  const auto end = write(format("{}{}\n", line_end(count.entries + count.images), export_end));
  return end ? Result<Exported>(count) : fail(end.error());
}

Result<Exported> export_csv(store::TransferDesk& desk, const Write& write, const std::stop_token& stop) {
  if (auto done = write(csv_line(csv_header())); !done) return fail(done.error());
  Exported count;
  const auto done = desk.each([&](const WholeEntry& entry, const std::string&) -> Status {
    if (auto go = interrupted_if(stop); !go) return go;
    if (entry.deleted_at) return {};  // no entry of the library any more
    ++count.entries;
    return write(csv_line(csv_fields(entry)));
  });
  if (!done) return fail(done.error());
  return count;
}

Result<Exported> export_bitcask(store::TransferDesk& desk, os::FileSystem& files, const os::Path& directory,
                                const os::Path& root, const std::stop_token& stop) {
  auto writer = store::BitcaskWriter::create(files, directory);
  if (!writer) return fail(writer.error());
  SeedWriter seed(*writer, root);
  Exported count;
  const auto entries = desk.each([&](const WholeEntry& entry, const std::string& document) -> Status {
    if (auto go = interrupted_if(stop); !go) return go;
    ++count.entries;
    if (auto put = store::put_library_record(*writer, entry, document); !put) return put;
    return seed.add(entry, document);
  });
  if (!entries) return fail(entries.error());
  if (auto last = seed.flush(); !last) return fail(last.error());
  const auto images = desk.each_image([&](const store::ArchivedImage& image, const std::string& document) -> Status {
    if (auto go = interrupted_if(stop); !go) return go;
    ++count.images;
    return store::put_library_record(*writer, image, document);
  });
  if (!images) return fail(images.error());
  if (auto finished = writer->finish(); !finished) return fail(finished.error());
  return count;
}

}  // namespace civitai::engine
