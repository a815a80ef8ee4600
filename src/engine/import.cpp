#include "engine/import.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "engine/export.hpp"
#include "engine/seed_places.hpp"
#include "store/bitcask.hpp"
#include "store/gzip.hpp"
#include "store/library_records.hpp"
#include "store/seed_record.hpp"

#include <array>
#include <fstream>
#include <system_error>
#include <utility>

namespace civitai::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t entries_per_commit = 1000;
constexpr std::string_view sqlite_magic = "SQLite format 3";

// Collects entries and hands them over in commits.
class Importer {
 public:
  Importer(const ImportTools& tools, const std::stop_token& stop) : tools_(tools), stop_(stop) {}

  Status take(store::WholeEntry entry) {
    if (stop_.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
    ++report_.entries;
    if (entry.entry.status == EntryStatus::downloaded && !entry.deleted_at) ++report_.here;
    pending_.push_back(std::move(entry));
    if (tools_.progress) tools_.progress(report_.entries);
    return pending_.size() < entries_per_commit ? Status{} : hand_over();
  }

  Status take(store::ArchivedImage image) {
    if (stop_.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
    ++report_.images;
    images_.push_back(std::move(image));
    return images_.size() < entries_per_commit ? Status{} : hand_over();
  }

  // One record or line that this program has written.
  template <class One>
  Status take_own(std::string_view key, Result<One> one) {
    if (one) return take(std::move(*one));
    leave_out(key, one.error().message);
    return {};
  }

  Status take(const store::SeedRecord& record) {
    const std::string key = entry_key(record.entry.version_id);
    if (!record.entry.file_id) {
      leave_out(key, "it does not say which file of the version it is about; `db adopt` tells by the file's content");
      return {};
    }
    return take(on_disk(record));
  }

  void leave_out(std::string_view key, std::string why) {
    report_.left_out.push_back({printable(key), std::move(why)});
  }
  void notice(std::string text) { report_.notices.push_back(std::move(text)); }

  Result<ImportReport> finish() {
    if (auto done = hand_over(); !done) return fail(done.error());
    return std::move(report_);
  }

 private:
  Status hand_over() {
    if (auto done = hand_over_images(); !done) return done;
    const auto entries = std::exchange(pending_, {});
    if (tools_.desk == nullptr || entries.empty()) return {};
    const auto taken = tools_.desk->take_over(entries);
    if (!taken) return fail(taken.error());
    report_.taken.added += taken->added;
    report_.taken.completed += taken->completed;
    report_.taken.kept += taken->kept;
    return {};
  }

  Status hand_over_images() {
    const auto images = std::exchange(images_, {});
    if (tools_.desk == nullptr || images.empty()) return {};
    const auto added = tools_.desk->take_over(images);
    if (!added) return fail(added.error());
    report_.images_added += *added;
    return {};
  }

  // The record as an entry whose status is true.
  store::WholeEntry on_disk(const store::SeedRecord& record) {
    store::WholeEntry whole{.entry = record.entry,
                            .added_at = record.added_at,
                            .trained_words = record.trained_words,
                            .document = {record.version_json.empty() ? "" : store::compress(record.version_json)}};
    LibraryEntry& entry = whole.entry;
    const std::vector<os::Path> places = seed_places(record, tools_.roots);
    if (!places.empty()) entry.path = places.front().native();
    if (entry.status == EntryStatus::error) return whole;
    for (const os::Path& place : places) {
      const auto size = os::file_size(place);
      if (!size || size->value == 0 || (entry.size.value != 0 && *size != entry.size)) continue;
      entry.status = EntryStatus::downloaded;
      entry.path = place.native();
      whole.presence = store::WholeEntry::Presence{.size = *size, .proof = {"length", ""}};
      return whole;
    }
    if (entry.status == EntryStatus::downloaded) {
      ++report_.lost;
      entry.status = EntryStatus::error;
      entry.error = "the original program had it as downloaded, but no file of that length is there";
    }
    return whole;
  }

  const ImportTools& tools_;
  const std::stop_token& stop_;
  std::vector<store::WholeEntry> pending_;
  std::vector<store::ArchivedImage> images_;
  ImportReport report_;
};

// Our own records first: they know more than what the original program keeps of the same file.
Status read_own_records(const store::BitcaskReader& reader, Importer& importer) {
  store::LibraryRecords records;
  return reader.each([&](const std::string& key, const std::string& value) -> Status {
    const auto kind = store::LibraryRecords::kind_of(key);
    if (!kind) return {};
    const auto json = records.take(value);
    if (!json) importer.leave_out(key, json.error().message);
    if (!json || !*json) return {};
    return *kind == store::LibraryRecords::Kind::entry ? importer.take_own(key, store::whole_entry_from(**json))
                                                       : importer.take_own(key, store::archived_image_from(**json));
  });
}

Status read_bitcask(const os::Path& path, SystemTime now, Importer& importer) {
  const auto reader = store::BitcaskReader::open(path, now);
  if (!reader) return fail(reader.error());
  for (const std::string& notice : reader->notices()) importer.notice(notice);
  if (auto done = read_own_records(*reader, importer); !done) return done;
  return reader->each([&](const std::string& key, const std::string& value) -> Status {
    if (!store::version_of_key(key)) return {};
    const auto record = store::seed_record_from(key, value);
    if (record) return importer.take(*record);
    importer.leave_out(key, record.error().message);
    return {};
  });
}

Status read_export(const os::Path& path, Importer& importer) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return fail(ErrorKind::io, format("cannot read {}", printable(path.native())));
  if (!line.ends_with(export_entries_start)) {
    return fail(ErrorKind::usage, format("{} is no longer as it was exported", printable(path.native())),
                "every entry must stand on a line of its own");
  }
  bool images = false;
  while (std::getline(file, line)) {
    if (line == export_end) return {};
    if (line == export_images_start) {
      images = true;
      continue;
    }
    if (line.ends_with(',')) line.pop_back();
    const Status taken = images ? importer.take_own("?", store::archived_image_from(line))
                                : importer.take_own("?", store::whole_entry_from(line));
    if (!taken) return taken;
  }
  importer.notice("the export ends too early");
  return {};
}

std::string start_of(const os::Path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 64> buffer{};
  file.read(buffer.data(), buffer.size());
  return {buffer.data(), static_cast<std::size_t>(file.gcount())};
}

}  // namespace

Result<ImportSource> recognise_source(const os::Path& path) {
  std::error_code code;
  const os::Path absolute = fs::absolute(path, code).lexically_normal();
  if (!fs::exists(absolute, code)) {
    return fail(ErrorKind::not_found, format("there is nothing at {}", printable(absolute.native())));
  }
  if (store::is_bitcask(absolute)) return ImportSource{ImportKind::bitcask, absolute};
  const std::string start = fs::is_regular_file(absolute, code) ? start_of(absolute) : "";
  if (start.starts_with(export_start)) return ImportSource{ImportKind::own_export, absolute};
  if (start.starts_with(sqlite_magic) && store::is_seed_sqlite(absolute)) {
    return ImportSource{ImportKind::seed_sqlite, absolute};
  }
  return fail(ErrorKind::usage,
              format("{} is neither a database of the original program nor an export of this one",
                     printable(absolute.native())),
              "a library of this program is opened with DatabasePath");
}

Result<ImportReport> import_entries(const ImportSource& source, const ImportTools& tools, SystemTime now,
                                    const std::stop_token& stop) {
  Importer importer(tools, stop);
  Status read;
  switch (source.kind) {
    case ImportKind::bitcask: read = read_bitcask(source.path, now, importer); break;
    case ImportKind::own_export: read = read_export(source.path, importer); break;
    case ImportKind::seed_sqlite:
      read = store::each_seed_row(source.path, [&](const store::SeedRecord& row) { return importer.take(row); });
      break;
  }
  if (!read) return fail(read.error());
  auto report = importer.finish();
  if (!report || tools.desk == nullptr) return report;
  const auto noted = tools.desk->note_source(source.path, store::SourceState::imported);
  if (!noted) return fail(noted.error());
  return report;
}

}  // namespace civitai::engine
