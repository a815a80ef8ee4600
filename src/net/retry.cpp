#include "net/retry.hpp"

#include "base/text.hpp"

#include <curl/curl.h>

#include <algorithm>

namespace civitai::net {

bool is_transient_status(int status) {
  switch (status) {
    case 408:
    case 425:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504: return true;
    default: return status >= 520 && status <= 524;
  }
}

std::optional<Milliseconds> parse_retry_after(std::string_view value, SystemTime now) {
  const std::string text(trim(value));
  constexpr Milliseconds a_year = std::chrono::hours(365 * 24);
  if (const auto seconds = parse_integer(text)) {
    return std::chrono::seconds(std::clamp<std::int64_t>(*seconds, 0, a_year / std::chrono::seconds(1)));
  }
  const std::time_t date = curl_getdate(text.c_str(), nullptr);
  if (date < 0) return std::nullopt;
  const auto wait = SystemTime(std::chrono::seconds(date)) - now;
  return std::clamp(wait, Milliseconds{0}, a_year);
}

namespace {

Milliseconds spread(Milliseconds length, double share) {
  return Milliseconds(static_cast<std::int64_t>(static_cast<double>(length.count()) * share));
}

}  // namespace

std::optional<Milliseconds> retry_delay(const RetryRules& rules, const Trouble& trouble, double random) {
  if (trouble.attempt >= rules.tries) return std::nullopt;
  const Milliseconds least = spread(rules.first_delay, 0.5 + 0.5 * random);
  if (trouble.retry_after) {
    const Milliseconds wished = std::min(*trouble.retry_after, rules.longest_retry_after);
    return std::max(wished + spread(wished, 0.1 * random), least);
  }
  const int doublings = std::min(trouble.attempt - 1, 20);
  const Milliseconds full = std::min<Milliseconds>(rules.first_delay * (1LL << doublings), rules.longest_delay);
  return spread(full, 0.5 + 0.5 * random);
}

Milliseconds quota_delay(const RetryRules& rules, int number, double random) {
  return spread(rules.quota_pause * (1LL << (number - 1)), 1 + 0.1 * random);
}

}  // namespace civitai::net
