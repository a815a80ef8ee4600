#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/db_command.hpp"
#include "json/writer.hpp"
#include "term/table.hpp"

namespace civitai::cli {
namespace {

using store::Statistics;

// What the copies beyond the first take.
ByteCount bytes_of_copies(const Statistics& statistics) {
  ByteCount sum;
  for (const Statistics::Duplicate& duplicate : statistics.duplicates) {
    sum += ByteCount{duplicate.size.value * (duplicate.paths.size() - 1)};
  }
  return sum;
}

json::Array groups_json(const std::vector<Statistics::Group>& groups) {
  json::Array array;
  for (const Statistics::Group& group : groups) {
    json::Object object;
    object.set("name", group.name).set("files", group.files).set("bytes", group.bytes);
    array.add(std::move(object));
  }
  return array;
}

json::Array duplicates_json(const std::vector<Statistics::Duplicate>& duplicates) {
  json::Array array;
  for (const Statistics::Duplicate& duplicate : duplicates) {
    json::Array paths;
    for (const std::string& path : duplicate.paths) paths.add(path);
    json::Object object;
    object.set("hash", duplicate.sha256_or_blake3).set("size", duplicate.size).set("paths", std::move(paths));
    array.add(std::move(object));
  }
  return array;
}

json::Object statistics_json(const Statistics& statistics) {
  json::Object root;
  root.set("models", statistics.models).set("versions", statistics.versions).set("creators", statistics.creators);
  root.set("files", statistics.files).set("bytes", statistics.bytes);
  root.set("statuses", groups_json(statistics.statuses)).set("types", groups_json(statistics.types));
  root.set("base_models", groups_json(statistics.base_models));
  root.set("duplicates", duplicates_json(statistics.duplicates));
  root.set("bytes_of_copies", bytes_of_copies(statistics));
  return root;
}

std::string groups_text(std::string_view title, const std::vector<Statistics::Group>& groups, std::size_t width) {
  if (groups.empty()) return {};
  term::Table table({{std::string(title), term::Align::left, true},
                     {"Files", term::Align::right},
                     {"Downloaded", term::Align::right}});
  for (const Statistics::Group& group : groups) {
    table.add(
        {group.name.empty() ? "(unknown)" : printable(group.name), format("{}", group.files), to_text(group.bytes)});
  }
  return "\n" + table.text(width);
}

std::string duplicates_text(const Statistics& statistics) {
  if (statistics.duplicates.empty()) return {};
  std::string text = format("\nThe same content more than once, {} too many:\n", to_text(bytes_of_copies(statistics)));
  for (const Statistics::Duplicate& duplicate : statistics.duplicates) {
    text += format("  {} each\n", to_text(duplicate.size));
    for (const std::string& path : duplicate.paths) text += format("    {}\n", printable(path));
  }
  return text;
}

std::string statistics_text(const Statistics& statistics, std::size_t width) {
  std::string text = format("{}, {}, {}, {}, {} downloaded\n", counted(statistics.models, "model"),
                            counted(statistics.versions, "version"), counted(statistics.creators, "creator"),
                            counted(statistics.files, "file"), to_text(statistics.bytes));
  text += groups_text("Status", statistics.statuses, width);
  text += groups_text("Type", statistics.types, width);
  text += groups_text("Base model", statistics.base_models, width);
  return text + duplicates_text(statistics);
}

}  // namespace

ExitCode run_db_stats(const Program& program) {
  const auto show = [&](const Statistics& statistics) {
    const bool json = program.settings.enabled(config::OptionId::json);
    program.screen.data(json ? statistics_json(statistics).text() + "\n"
                             : statistics_text(statistics, program.screen.data_columns()));
  };
  const auto look = [&](store::LibraryView& view) -> Status {
    const auto statistics = view.statistics();
    if (!statistics) return fail(statistics.error());
    show(*statistics);
    return {};
  };
  return look_into_library(program, look, [&] { show({}); });
}

}  // namespace civitai::cli
