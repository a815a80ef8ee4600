#include "config/file_layer.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "config/text_file.hpp"
#include "config/toml_file.hpp"

#include <map>
#include <set>

namespace civitai::config {
namespace {

constexpr std::size_t largest_file = 1U << 20U;

std::string_view section_of(std::string_view key) {
  const std::size_t dot = key.find('.');
  return dot == std::string_view::npos ? std::string_view{} : key.substr(0, dot);
}

bool is_section(std::string_view name) {
  return equal_ignoring_case(name, "Download") || equal_ignoring_case(name, "Images");
}

// Keys that can stand where `section` is open, as they are written there.
std::vector<std::string_view> keys_in(std::string_view section) {
  std::vector<std::string_view> keys;
  for (const Option& row : options()) {
    const std::string_view own = section_of(row.key);
    const bool plain = !row.key.empty() && own.empty();
    if (section.empty() ? plain : equal_ignoring_case(section, own)) {
      keys.push_back(own.empty() ? row.key : row.key.substr(own.size() + 1));
    } else if (plain && equal_ignoring_case(section, "Download") && row.commands.has(Command::download)) {
      keys.push_back(row.key);
    }
  }
  return keys;
}

std::string unknown_key(std::string_view place, std::string_view key) {
  const std::string_view section = section_of(key);
  const std::string_view word = section.empty() ? key : key.substr(section.size() + 1);
  const std::vector<std::string_view> keys = keys_in(section);
  const std::vector<std::string> near = nearest(word, keys, 1);
  const std::string where = section.empty() ? "" : format(" in [{}]", printable(section));
  return format("{}: unknown key \"{}\"{}, ignored{}", place, printable(word), where,
                near.empty() ? "" : format("; did you mean \"{}\"?", near.front()));
}

class FileLayer {
 public:
  FileLayer(Settings& settings, std::string name, std::string_view home)
      : settings_(settings), name_(std::move(name)), home_(home) {}

  Status apply(const std::vector<FileEntry>& entries) {
    for (const FileEntry& entry : entries) {
      const Option* const row = find_key(entry.key);
      const Status status = row == nullptr ? reject(entry) : set(*row, entry);
      if (!status) return status;
    }
    return {};
  }

 private:
  std::string place(const FileEntry& entry) const { return format("{}:{}", name_, entry.line); }

  // An unknown section is told once, however many keys it holds.
  Status reject(const FileEntry& entry) {
    const std::string_view section = section_of(entry.key);
    if (section.empty() || is_section(section)) {
      settings_.warn(unknown_key(place(entry), entry.key));
      return {};
    }
    if (const Option* const row = find_key(section)) {
      return fail(ErrorKind::usage,
                  format("{}: {}: expected {}, found a section", place(entry), row->key, expectation(*row)));
    }
    if (sections_.insert(std::string(section)).second) {
      settings_.warn(format("{}: unknown section [{}], ignored", place(entry), printable(section)));
    }
    return {};
  }

  Status set(const Option& row, const FileEntry& entry) {
    const std::string context = format("{}: {}", place(entry), printable(entry.key));
    Result<Value> value = value_from_file(row, entry.value, home_);
    if (!value) return fail(value, context);
    if (const Status status = check(row, *value); !status) return fail(status, context);
    if (!is_first(row, entry)) return {};
    settings_.set(row.id, *std::move(value), {Source::file, place(entry)});
    return {};
  }

  // Two names of one option: the name of the table goes before an alias, else the earlier line counts.
  bool is_first(const Option& row, const FileEntry& entry) {
    const auto [known, fresh] = keys_.try_emplace(row.id, entry.key);
    if (fresh) return true;
    const bool replaces = entry.key == row.key;
    const std::string& kept = replaces ? entry.key : known->second;
    const std::string& dropped = replaces ? known->second : entry.key;
    settings_.warn(format("{}: \"{}\" and \"{}\" mean the same; \"{}\" is ignored", place(entry), printable(kept),
                          printable(dropped), printable(dropped)));
    if (replaces) known->second = entry.key;
    return replaces;
  }

  Settings& settings_;
  std::string name_;
  std::string_view home_;
  std::map<OptionId, std::string> keys_;
  std::set<std::string> sections_;
};

}  // namespace

Status apply_file(Settings& settings, const std::filesystem::path& path, std::string_view home) {
  const Result<std::string> text = read_text_file(path, largest_file);
  if (!text) return fail(text.error());
  const std::string name = printable(path.string());
  const Result<std::vector<FileEntry>> entries = parse_toml(*text, name);
  if (!entries) return fail(entries.error());
  settings.set_file(path.string());
  if (const Status status = FileLayer(settings, name, home).apply(*entries); !status) return status;
  if (!settings.secret(OptionId::api_key).empty() && others_can_read(path)) {
    settings.warn(format("{} holds an API key and can be read by other users; run: chmod 600 '{}'", name, name));
  }
  return {};
}

}  // namespace civitai::config
