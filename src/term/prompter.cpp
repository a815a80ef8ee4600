#include "term/prompter.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

namespace civitai::term {

Answer TerminalPrompter::ask(std::string_view question) {
  while (true) {
    write_(format("{} [y/N] ", question));
    const auto line = read_line_();
    if (!line) {
      write_("\n");
      return Answer::gone;
    }
    const std::string word = to_lower(trim(*line));
    if (word == "y" || word == "yes") return Answer::yes;
    if (word.empty() || word == "n" || word == "no") return Answer::no;
    write_("please answer yes or no\n");
  }
}

std::optional<std::string> TerminalPrompter::ask_line(std::string_view question) {
  write_(format("{} ", question));
  auto line = read_line_();
  if (!line) write_("\n");
  return line;
}

}  // namespace civitai::term
