// What a file descriptor is connected to.
#pragma once

#include <cstddef>

namespace civitai::term {

[[nodiscard]] bool is_terminal(int descriptor);
// Columns and rows of the terminal behind the descriptor; 80 and 24 when it does not say.
[[nodiscard]] std::size_t terminal_columns(int descriptor);
[[nodiscard]] std::size_t terminal_rows(int descriptor);

}  // namespace civitai::term
