#include "store/ranking.hpp"

#include "base/text.hpp"
#include "store/words.hpp"

#include <algorithm>

namespace civitai::store {
namespace {

enum class Fit { none, inside, beginning, whole };

// Letters and digits of any alphabet: bytes beyond ASCII count as letters.
bool is_word_byte(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  return letter || static_cast<unsigned char>(c) >= 0x80;
}

Fit fit_at(std::string_view text, std::size_t at, std::size_t length) {
  const bool begins = at == 0 || !is_word_byte(text[at - 1]);
  const bool ends = at + length == text.size() || !is_word_byte(text[at + length]);
  if (begins && ends) return Fit::whole;
  return begins ? Fit::beginning : Fit::inside;
}

Fit best_fit(std::string_view text, std::string_view word) {
  Fit best = Fit::none;
  for (std::size_t at = text.find(word); at != std::string_view::npos && best != Fit::whole;
       at = text.find(word, at + 1)) {
    best = std::max(best, fit_at(text, at, word.size()));
  }
  return best;
}

int points(Fit fit, int inside, int beginning, int whole) {
  switch (fit) {
    case Fit::none: return 0;
    case Fit::inside: return inside;
    case Fit::beginning: return beginning;
    case Fit::whole: return whole;
  }
  return 0;
}

constexpr int whole_name = 1000;

}  // namespace

std::vector<std::string> query_words(std::string_view query) {
  std::vector<std::string> words;
  const std::string lines = word_lines(query);
  if (lines.empty()) return words;
  for (std::string& word : split(lines, '\n')) {
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(std::move(word));
  }
  return words;
}

int relevance(const std::vector<std::string>& words, std::string_view name, std::string_view rest) {
  int sum = 0;
  std::string query;
  for (const std::string& word : words) {
    const int in_name = points(best_fit(name, word), 20, 40, 60);
    const int in_rest = points(best_fit(rest, word), 2, 5, 10);
    if (in_name + in_rest == 0) return 0;
    sum += in_name + in_rest;
    query += query.empty() ? word : ' ' + word;
  }
  return sum + (name == query ? whole_name : 0);
}

}  // namespace civitai::store
