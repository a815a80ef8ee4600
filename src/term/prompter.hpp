// Asking a person, behind a seam: commands take a Prompter, tests answer for the person.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace civitai::term {

enum class Person { absent, present };

enum class Answer { yes, no, gone };  // gone: the input ended or the person interrupted

class Prompter {
 public:
  virtual ~Prompter() = default;
  // Whether there is a person to ask.
  [[nodiscard]] virtual bool is_interactive() const = 0;
  // Asks until the answer is y, yes, n or no in any letter case; an empty line means no.
  [[nodiscard]] virtual Answer ask(std::string_view question) = 0;
  // Asks for a line of text; nullopt when the input ended or the person interrupted.
  [[nodiscard]] virtual std::optional<std::string> ask_line(std::string_view question) = 0;
};

// Asks on a terminal: the question through `write`, the answer from `read_line` (nullopt: the input ended).
class TerminalPrompter final : public Prompter {
 public:
  using Write = std::function<void(std::string_view)>;
  using ReadLine = std::function<std::optional<std::string>()>;

  TerminalPrompter(Person person, Write write, ReadLine read_line)
      : person_(person), write_(std::move(write)), read_line_(std::move(read_line)) {}

  [[nodiscard]] bool is_interactive() const override { return person_ == Person::present; }
  [[nodiscard]] Answer ask(std::string_view question) override;
  [[nodiscard]] std::optional<std::string> ask_line(std::string_view question) override;

 private:
  Person person_;
  Write write_;
  ReadLine read_line_;
};

}  // namespace civitai::term
