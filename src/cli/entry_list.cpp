#include "cli/entry_list.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

#include <array>

namespace civitai::cli {
namespace {

constexpr std::size_t output_piece = 64UL * 1024;

term::Table empty_table() {
  return term::Table({{"Key"},
                      {"Status"},
                      {"Model", term::Align::left, true},
                      {"Version", term::Align::left, true},
                      {"File", term::Align::left, true},
                      {"Size", term::Align::right},
                      {"Path", term::Align::left, true, term::Cut::front},
                      {"Time (UTC)"}});
}

std::vector<std::string> table_row(const LibraryEntry& entry) {
  const bool failed = entry.status == EntryStatus::error;
  return {entry_key(entry.version_id),
          std::string(to_string(entry.status)),
          printable(entry.model_name),
          printable(entry.version_name),
          printable(entry.file_name),
          to_text(entry.size),
          printable(failed ? entry.error : entry.path),
          to_iso8601(entry.updated_at).substr(0, 19)};
}

std::string csv_cell(std::string_view text) {
  const std::string clean = printable(text);
  if (clean.find_first_of("\",\n") == std::string::npos) return clean;
  return '"' + replace_all(clean, "\"", "\"\"") + '"';
}

constexpr std::string_view csv_header =
    "key,status,model_id,model_name,model_type,creator,version_id,version_name,file_id,file_name,base_model,size,"
    "sha256,"
    "path,error,updated_at\r\n";

std::string csv_line(const LibraryEntry& entry) {
  const std::array cells = {entry_key(entry.version_id),
                            std::string(to_string(entry.status)),
                            format("{}", entry.model_id.value),
                            csv_cell(entry.model_name),
                            csv_cell(entry.model_type),
                            csv_cell(entry.creator),
                            format("{}", entry.version_id.value),
                            csv_cell(entry.version_name),
                            format("{}", entry.file_id.value),
                            csv_cell(entry.file_name),
                            csv_cell(entry.base_model),
                            format("{}", entry.size.value),
                            entry.hashes.get(HashKind::sha256),
                            csv_cell(entry.path),
                            csv_cell(entry.error),
                            to_iso8601(entry.updated_at)};
  return format("{}\r\n", join(cells, ","));
}

// As it stands inside of the list.
std::string indented(const std::string& json) { return "    " + replace_all(json, "\n", "\n    "); }

}  // namespace

json::Object entry_json(const LibraryEntry& entry) {
  json::Object object;
  object.set("key", entry_key(entry.version_id)).set("status", to_string(entry.status));
  object.set("model_id", entry.model_id.value).set("model_name", entry.model_name);
  object.set("model_type", entry.model_type).set("creator", entry.creator);
  object.set("version_id", entry.version_id.value).set("version_name", entry.version_name);
  object.set("file_id", entry.file_id.value).set("file_name", entry.file_name);
  object.set("base_model", entry.base_model).set("size", entry.size);
  object.set("sha256", entry.hashes.get(HashKind::sha256)).set("path", entry.path);
  object.set("error", entry.error).set("updated_at", to_iso8601(entry.updated_at));
  return object;
}

Result<EntryList::Format> EntryList::format_of(const config::Settings& settings) {
  const bool json = settings.enabled(config::OptionId::json);
  const bool csv = settings.enabled(config::OptionId::csv);
  if (json && csv) return fail(ErrorKind::usage, "--json and --csv are two forms of one output", "choose one of them");
  return json ? Format::json : csv ? Format::csv : Format::table;
}

EntryList::EntryList(Screen& screen, Format format) : screen_(screen), format_(format), table_(empty_table()) {
  if (format_ == Format::json) write("{\n  \"entries\": [");
  if (format_ == Format::csv) write(csv_header);
}

void EntryList::measure(const LibraryEntry& entry) { table_.measure(table_row(entry)); }

void EntryList::begin_table() {
  if (!widths_.empty()) return;
  widths_ = table_.widths(screen_.data_columns());
  write(table_.head(widths_));
}

void EntryList::add(const LibraryEntry& entry) {
  switch (format_) {
    case Format::table:
      begin_table();
      write(table_.line(table_row(entry), widths_));
      break;
    case Format::csv: write(csv_line(entry)); break;
    case Format::json:
      write(size_ == 0 ? "\n" : ",\n");
      write(indented(entry_json(entry).text()));
      break;
  }
  ++size_;
}

void EntryList::end() {
  if (format_ == Format::table) begin_table();
  if (format_ == Format::json) write(size_ == 0 ? "]\n}\n" : "\n  ]\n}\n");
  flush();
}

void EntryList::write(std::string_view text) {
  pending_ += text;
  if (pending_.size() >= output_piece) flush();
}

void EntryList::flush() {
  screen_.data(pending_);
  pending_.clear();
}

}  // namespace civitai::cli
