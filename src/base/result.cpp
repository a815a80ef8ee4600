#include "base/result.hpp"

#include "base/format.hpp"

#include <cerrno>
#include <system_error>

namespace civitai {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::internal: return "internal";
    case ErrorKind::usage: return "usage";
    case ErrorKind::authentication: return "authentication";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::network: return "network";
    case ErrorKind::insecure: return "insecure";
    case ErrorKind::rate_limited: return "rate_limited";
    case ErrorKind::verification: return "verification";
    case ErrorKind::disk_full: return "disk_full";
    case ErrorKind::io: return "io";
    case ErrorKind::busy: return "busy";
    case ErrorKind::cancelled: return "cancelled";
    case ErrorKind::skipped: return "skipped";
  }
  return "internal";
}

Error Error::with_context(std::string_view context) const {
  return Error{kind, format("{}: {}", context, message), hint};
}

Error system_error(int error_number, std::string_view what) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  std::string text = std::generic_category().message(error_number);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return Error{full ? ErrorKind::disk_full : ErrorKind::io, format("{}: {}", what, text), {}};
}

}  // namespace civitai
