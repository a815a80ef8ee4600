// What an option may hold: reading it from a flag, a variable or the file, and checking it. Pure functions.
//
// Errors are of kind usage and say what is allowed; the caller puts the option's name and place before them. The text
// of a secret or an address is never part of a message.
#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "config/option.hpp"
#include "config/toml_file.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace civitai::config {

using Value = std::variant<std::string, Secret, std::int64_t, bool, std::vector<std::string>>;

// Reads what stands after a flag, in a variable or in the table of options. `home` replaces a path's leading "~".
[[nodiscard]] Result<Value> value_from_text(const Option& option, std::string_view text, std::string_view home);

// Takes a value of the file; a value of another type is an error, also a number written as a text.
[[nodiscard]] Result<Value> value_from_file(const Option& option, const FileValue& value, std::string_view home);

// Ranges, closed words, letter case, rules.
[[nodiscard]] Status check(const Option& option, const Value& value);

// One sentence per word that is not known but may exist, with the nearest known words.
[[nodiscard]] std::vector<std::string> doubts(const Option& option, const Value& value);

// "1 to 64", "0 or more".
[[nodiscard]] std::string to_text(const Range& range);

// What the option takes: "a whole number, 1 to 64".
[[nodiscard]] std::string expectation(const Option& option);

// The default. It throws for a row whose default cannot be read, which is a fault of the table.
[[nodiscard]] Value fallback_value(const Option& option);

}  // namespace civitai::config
