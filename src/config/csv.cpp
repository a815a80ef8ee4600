#include "config/csv.hpp"

#include "base/text.hpp"

namespace civitai::config {
namespace {

// Takes one quoted item off the front of `rest`, which starts behind the opening quote.
Result<std::string> take_quoted(std::string_view& rest) {
  std::string item;
  for (;;) {
    const std::size_t quote = rest.find('"');
    if (quote == std::string_view::npos) return fail(ErrorKind::usage, "a quote in the list is not closed");
    item += rest.substr(0, quote);
    rest.remove_prefix(quote + 1);
    if (!rest.starts_with('"')) return item;
    item += '"';
    rest.remove_prefix(1);
  }
}

}  // namespace

Result<std::vector<std::string>> split_csv(std::string_view text) {
  std::vector<std::string> items;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view trimmed = trim(rest);
    if (trimmed.starts_with('"')) {
      rest.remove_prefix(rest.find('"') + 1);
      Result<std::string> item = take_quoted(rest);
      if (!item) return fail(item.error());
      items.push_back(*std::move(item));
      if (!trim(rest.substr(0, rest.find(','))).empty()) {
        return fail(ErrorKind::usage, "a quoted item of the list is followed by more text",
                    "put a comma between items");
      }
    } else {
      const std::string_view item = trim(rest.substr(0, rest.find(',')));
      if (item.find('"') != std::string_view::npos) {
        return fail(ErrorKind::usage, "a quote stands in the middle of an item of the list",
                    "quote the whole item and double the quote inside: \"12\"\" figure\"");
      }
      if (!item.empty()) items.emplace_back(item);
    }
    const std::size_t comma = rest.find(',');
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return items;
}

}  // namespace civitai::config
