#include "config/documents.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "config/option.hpp"
#include "config/value.hpp"

#include <algorithm>

namespace civitai::config {
namespace {

// More words than these do not fit into a table's cell.
constexpr std::size_t most_words_in_cell = 30;
constexpr std::size_t comment_width = 100;

constexpr Group groups[] = {Group::program, Group::places, Group::access, Group::which_models, Group::which_files,
                            Group::beside,  Group::run,    Group::images, Group::library,      Group::torrents};

std::vector<const Option*> rows_of(Group group) {
  std::vector<const Option*> rows;
  for (const Option& row : options()) {
    if (row.group == group) rows.push_back(&row);
  }
  return rows;
}

std::string quoted(std::string_view text) {
  return '"' + replace_all(replace_all(std::string(text), "\\", "\\\\"), "\"", "\\\"") + '"';
}

std::string toml_fallback(const Option& row) {
  if (row.kind == Kind::list) return "[]";
  const bool bare = row.kind == Kind::integer || row.kind == Kind::boolean;
  return bare ? std::string(row.fallback) : quoted(row.fallback);
}

std::string_view allowance(const Option& row) { return row.word_check == WordCheck::exact ? "allowed:" : "known:"; }

// "allowed: …" or, where other words only raise a warning, "known: …"; empty where the type says it all.
std::string allowed(const Option& row) {
  if (row.kind == Kind::integer) return "allowed: " + to_text(row.range);
  if (row.words == nullptr) return {};
  return format("{} {}", allowance(row), join(row.words(), ", "));
}

std::string_view type_name(const Option& row) {
  switch (row.kind) {
    case Kind::text: return "text";
    case Kind::path: return "path";
    case Kind::secret: return "text (secret)";
    case Kind::integer: return "number";
    case Kind::boolean: return "true or false";
    case Kind::list: return row.rule == Rule::positive_number ? "list of numbers" : "list of texts";
    case Kind::choice: return "one of";
  }
  return "";
}

// Comment lines of the pieces, broken between pieces only.
void add_comment(std::string& document, const std::vector<std::string>& pieces) {
  std::string line = "#";
  for (const std::string& piece : pieces) {
    if (line.size() + 1 + piece.size() > comment_width) {
      document += line + '\n';
      line = "#";
    }
    line += ' ' + piece;
  }
  document += line + '\n';
}

std::vector<std::string> pieces_of_allowed(const Option& row) {
  if (row.words == nullptr) return split(allowed(row), ' ');
  std::vector<std::string> pieces = {std::string(allowance(row))};
  for (const std::string_view word : row.words()) pieces.push_back(quoted(word) + ',');
  pieces.back().pop_back();
  return pieces;
}

void add_key(std::string& document, const Option& row) {
  add_comment(document, split(row.help, ' '));
  if (!allowed(row).empty()) add_comment(document, pieces_of_allowed(row));
  if (!row.environment.empty()) {
    add_comment(document, split("environment: " + replace_all(std::string(row.environment), ",", ", "), ' '));
  }
  const std::size_t dot = row.key.find('.');
  const std::string_view key = dot == std::string_view::npos ? row.key : row.key.substr(dot + 1);
  document += format("#{} = {}\n\n", key, toml_fallback(row));
}

// Inside a table cell a bar would end the cell.
std::string cell(std::string text) { return replace_all(std::move(text), "|", "\\|"); }

std::string code(std::string_view separated) {
  std::string text;
  for (const std::string& name : names(separated)) text += format("{}`{}`", text.empty() ? "" : " ", name);
  return text;
}

std::string commands_of(const Option& row) {
  std::string text;
  for (const Command command : all_commands) {
    if (row.commands.has(command)) text += format("{}{}", text.empty() ? "" : ", ", to_string(command));
  }
  return text;
}

std::string explanation(const Option& row) {
  std::string text = std::string(row.help) + ".";
  const std::string words = allowed(row);
  const bool fits = row.words == nullptr || row.words().size() <= most_words_in_cell;
  if (!words.empty() && fits) text += format(" {}{}.", to_upper(words.substr(0, 1)), words.substr(1));
  if (!row.environment.empty()) text += format(" Environment: {}.", code(row.environment));
  if (!row.key_aliases.empty()) text += format(" Also as {}.", code(row.key_aliases));
  return text;
}

std::string table_row(const Option& row) {
  const std::string fallback = row.kind == Kind::list ? "`[]`"
                               : row.fallback.empty() ? ""
                                                      : format("`{}`", row.fallback);
  return format("| {} | {} | {} | {} | {} | {} |\n", code(row.key), code(row.flags), type_name(row), cell(fallback),
                row.flags.empty() ? "" : commands_of(row), cell(explanation(row)));
}

}  // namespace

std::string example_toml() {
  std::string document =
      "# Configuration of civitai-downloader. Copy it to config.toml and remove the '#' before a key to set it.\n"
      "# It is searched as ./config.toml, beside the program and in ~/.config/civitai-downloader.\n"
      "# A flag goes before an environment variable, a variable before this file.\n\n";
  for (const Group group : groups) {
    std::vector<const Option*> rows = rows_of(group);
    std::erase_if(rows, [](const Option* row) { return row->key.empty(); });
    if (rows.empty()) continue;
    document += format("# ---- {} ----\n\n", title(group));
    if (group == Group::images) document += "[Images]\n\n";
    for (const Option* row : rows) add_key(document, *row);
  }
  document.pop_back();
  return document;
}

std::string options_markdown() {
  std::string document =
      "# Options\n\n"
      "Every option of the configuration file and every flag. A flag goes before an environment variable, a variable\n"
      "before the file, the file before the default. The file is TOML; `--config FILE` names it, otherwise the first "
      "of\n"
      "`./config.toml`, `config.toml` beside the program and `$XDG_CONFIG_HOME/civitai-downloader/config.toml` "
      "(without\n"
      "the variable below `~/.config`) is read. Keys of `download` may also stand in a section `[Download]`.\n\n"
      "A list after a flag is separated by commas, quotes protect a comma, and the flag may be repeated. A flag of "
      "the\n"
      "type \"true or false\" stands alone, takes `=true` or `=false`, and has an opposite: `--no-nsfw` for `--nsfw`.\n"
      "Where a command uses a short flag for an option of its own (`-q` of `download`), that meaning counts there.\n\n"
      "This page is written by `civitai-downloader debug print-options`.\n";
  for (const Group group : groups) {
    document += format("\n## {}\n\n| Key | Flags | Type | Default | Flag of | Meaning |\n|---|---|---|---|---|---|\n",
                       title(group));
    for (const Option* row : rows_of(group)) document += table_row(*row);
  }
  return document;
}

}  // namespace civitai::config
