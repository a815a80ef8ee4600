#include "cli/flags.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <memory>

namespace civitai::cli {
namespace {

using config::Command;
using config::FlagValues;
using config::Kind;
using config::Option;

constexpr std::size_t help_width = 100;
constexpr std::size_t help_indent = 8;

// Names under which people try to pass the key itself.
constexpr std::string_view secret_flags[] = {"--api-key", "--apikey", "--api-token", "--token", "--key"};
constexpr std::string_view secret_hint =
    "put it into CIVITAI_TOKEN or the configuration file, or use --token-file FILE ('-' for standard input)";

// A refusal that carries its hint through the parser.
class Refused final : public CLI::ParseError {
 public:
  explicit Refused(civitai::Error error)
      : ParseError(error.message, CLI::ExitCodes::ValidationError), refusal_(std::move(error)) {}
  [[nodiscard]] const civitai::Error& refusal() const { return refusal_; }

 private:
  civitai::Error refusal_;
};

void wrap(std::string& out, std::string_view text) {
  std::string line(help_indent, ' ');
  for (const std::string& word : split(text, ' ')) {
    if (line.size() + word.size() > help_width && line.size() > help_indent) {
      out += line.substr(0, line.size() - 1) + '\n';
      line.assign(help_indent, ' ');
    }
    line += word + ' ';
  }
  out += line.substr(0, line.size() - 1) + '\n';
}

// Names on one line, the explanation below: our flags have several names and long words.
class HelpLayout final : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    return replace_all(Formatter::make_help(app, std::move(name), mode), "\n\n\n", "\n\n");
  }

  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    std::string out = "  " + replace_all(make_option_name(option, is_positional), ",", ", ");
    out += make_option_opts(option) + '\n';
    wrap(out, option->get_description());
    return out;
  }
};

std::string explanation(const Option& row) {
  std::string text(row.help);
  if (row.words != nullptr && (row.kind == Kind::choice || row.word_check == config::WordCheck::letter_case)) {
    text += format(" ({}: {})", row.kind == Kind::choice ? "allowed" : "known", join(row.words(), ", "));
  }
  if (row.kind == Kind::integer && row.range.most < config::any_count.most) {
    text += format(" ({} to {})", row.range.least, row.range.most);
  }
  if (row.kind == Kind::boolean && row.fallback == "true") text += format(" [on; {} switches it off]", negation(row));
  const bool tells = !row.fallback.empty() && row.kind != Kind::boolean;
  return tells ? text + format(" [default: {}]", row.fallback) : text;
}

CLI::callback_t record(const Option& row, std::string flag, FlagValues& values) {
  return [id = row.id, flag = std::move(flag), &values](const CLI::results_t& results) {
    for (const std::string& text : results) values[id].push_back({flag, text});
    return true;
  };
}

void add_flag(CLI::App& app, const Option& row, Command command, FlagValues& values) {
  const std::string flags = format("{}", join(flags_of(row, command), ","));
  const std::string group(title(row.group));
  const std::string main(main_flag(row));
  if (row.kind != Kind::boolean) {
    CLI::Option* const option = app.add_option(flags, record(row, main, values), explanation(row));
    option->trigger_on_parse()->option_text(std::string(row.placeholder))->group(group);
    return;
  }
  const auto add_switch = [&](const std::string& names, const std::string& name, const std::string& in_group) {
    CLI::Option* const option = app.add_option(names, record(row, name, values), explanation(row));
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)->expected(0);
    option->trigger_on_parse()->group(in_group);
  };
  add_switch(flags, main, group);
  // An empty group keeps it out of the help, which tells of the opposite form once for all.
  add_switch(negation(row), negation(row), "");
}

// Everybody on this machine can read the arguments of a running program.
void refuse_secrets(CLI::App& app) {
  for (const std::string_view flag : secret_flags) {
    const CLI::callback_t refuse = [flag](const CLI::results_t&) -> bool {
      throw Refused(Error{ErrorKind::usage,
                          format("{}: a key on the command line can be read by every user of this machine", flag),
                          std::string(secret_hint)});
    };
    app.add_option(std::string(flag), refuse)->expected(0, 1)->trigger_on_parse()->group("");
  }
}

bool is_flag(std::string_view argument) { return argument.size() > 1 && argument.starts_with('-'); }

std::string name_part(std::string_view argument) { return printable(argument.substr(0, argument.find('='))); }

// The command that was called, with the commands above it left out.
const CLI::App& called(const CLI::App& app) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  return chosen.empty() ? app : called(*chosen.back());
}

// Without their dashes, which every flag has: they say nothing about how near two are.
std::vector<std::string> known_flags(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) {
    const bool hidden_secret =
        std::any_of(std::begin(secret_flags), std::end(secret_flags),
                    [&](std::string_view secret) { return option->check_name(std::string(secret)); });
    if (hidden_secret) continue;
    for (const std::string& name : option->get_lnames()) flags.push_back(name);
  }
  return flags;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known, std::string_view prefix = {}) {
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  const std::vector<std::string> near = nearest(word, candidates, 1);
  return near.empty() ? "" : format("did you mean {}{}?", prefix, near.front());
}

// The commands that would understand the flag.
std::string takers_of(std::string_view flag) {
  std::vector<std::string_view> takers;
  for (const Command command : config::all_commands) {
    if (config::find_flag(flag, command) != nullptr) takers.push_back(to_string(command));
  }
  return takers.empty() ? "" : format("it belongs to: {}", join(takers, ", "));
}

Error unknown_flag(const CLI::App& app, std::string_view argument) {
  const std::string flag = name_part(argument);
  const std::string takers = takers_of(flag);
  const std::string name = flag.substr(std::min(flag.find_first_not_of('-'), flag.size()));
  return {ErrorKind::usage, format("unknown flag {}", flag),
          takers.empty() ? suggestion(name, known_flags(app), "--") : takers};
}

std::vector<std::string> commands_below(const CLI::App& app) {
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    commands.push_back(command->get_name());
  }
  return commands;
}

Error unknown_command(const CLI::App& app, std::string_view word) {
  const std::vector<std::string> commands = commands_below(app);
  if (commands.empty()) return {ErrorKind::usage, "there are more arguments than the command takes", {}};
  return {ErrorKind::usage, format("unknown command {}", printable(word)), suggestion(word, commands)};
}

// Behind an unknown flag stands perhaps a value that must not be shown: only the first leftover is named.
Error leftover(const CLI::App& app) {
  const std::vector<std::string> rest = app.remaining(true);
  const auto flag = std::find_if(rest.begin(), rest.end(), is_flag);
  if (flag != rest.end()) return unknown_flag(called(app), *flag);
  return unknown_command(called(app), rest.empty() ? "" : rest.front());
}

Error parse_error(const CLI::App& app, const CLI::ParseError& error) {
  if (const auto* refused = dynamic_cast<const Refused*>(&error)) return refused->refusal();
  // A missing command is found before the word that was to be one.
  if (app.remaining_size(true) > 0) return leftover(app);
  const bool lacks = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  if (const std::vector<std::string> commands = commands_below(called(app)); lacks && !commands.empty()) {
    return {ErrorKind::usage, "a command is missing", format("one of: {}", join(commands, ", "))};
  }
  std::string message = printable(error.what());
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    message = format("{} needs a value", message.substr(0, message.find(':')));
  }
  // The parser begins its sentences with a capital; a name in capitals stays as it is in the help.
  const bool is_sentence = message.size() > 1 && to_lower(message.substr(1, 1)) == message.substr(1, 1);
  if (is_sentence) message[0] = to_lower(message.substr(0, 1))[0];
  return {ErrorKind::usage, std::move(message), {}};
}

bool takes_value(std::string_view flag) {
  return std::any_of(std::begin(config::all_commands), std::end(config::all_commands), [&](Command command) {
    const Option* const row = config::find_flag(flag, command);
    return row != nullptr && row->kind != Kind::boolean;
  });
}

// The parser takes "--query=" for a flag whose value is the next argument; an empty argument says what was meant.
std::vector<std::string> with_empty_values(const std::vector<std::string>& arguments) {
  std::vector<std::string> result;
  for (const std::string& argument : arguments) {
    const std::string flag = argument.substr(0, argument.find('='));
    if (argument == flag + "=" && takes_value(flag)) {
      result.push_back(flag);
      result.emplace_back();
    } else {
      result.push_back(argument);
    }
  }
  return result;
}

}  // namespace

void add_flags(CLI::App& app, Command command, FlagValues& values) {
  app.formatter(std::make_shared<HelpLayout>());
  for (const Option* row : options_of(command)) add_flag(app, *row, command, values);
  refuse_secrets(app);
  // Set again so that it stands behind the command's own flags.
  if (app.get_help_ptr() != nullptr) {
    app.set_help_flag("-h,--help", "Show this help")->group(std::string(title(config::Group::program)));
  }
  if (app.get_footer().empty()) {
    app.footer(
        "A list is separated by commas, and its flag may be repeated. A flag without a value takes =true or\n"
        "=false and has an opposite, such as --no-quiet for --quiet.");
  }
}

Result<Parsed> parse_arguments(CLI::App& app, const std::vector<std::string>& arguments) {
  // The parser wants its arguments from last to first.
  std::vector<std::string> reversed = with_empty_values(arguments);
  std::reverse(reversed.begin(), reversed.end());
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::CallForVersion& version) {
    return Parsed{version.what()};
  } catch (const CLI::Success&) {
    return Parsed{app.help()};
  } catch (const CLI::ParseError& error) {
    return fail(parse_error(app, error));
  }
  return Parsed{};
}

}  // namespace civitai::cli
