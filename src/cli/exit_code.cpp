#include "cli/exit_code.hpp"

#include <optional>
#include <set>

namespace civitai::cli {

using engine::ItemReport;

ExitCode exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::internal:
    case ErrorKind::io: return ExitCode::internal;
    case ErrorKind::usage: return ExitCode::usage;
    case ErrorKind::authentication: return ExitCode::authentication;
    case ErrorKind::not_found:
    case ErrorKind::skipped: return ExitCode::not_found;
    case ErrorKind::network:
    case ErrorKind::busy:
    case ErrorKind::insecure: return ExitCode::network;
    case ErrorKind::rate_limited: return ExitCode::rate_limited;
    case ErrorKind::verification: return ExitCode::verification;
    case ErrorKind::disk_full: return ExitCode::disk_full;
    case ErrorKind::cancelled: return ExitCode::interrupted;
  }
  return ExitCode::internal;
}

ExitCode exit_code_of(const engine::RunReport& report, const engine::ScanReport& scan) {
  if (report.stopped_by) return exit_code_of(report.stopped_by->kind);
  std::set<ErrorKind> kinds;
  for (const ItemReport& item : report.items) {
    if (item.error) kinds.insert(item.error->kind);
  }
  const std::size_t reached =
      report.count(ItemReport::Outcome::downloaded) + report.count(ItemReport::Outcome::adopted);
  if (kinds.size() == 1 && reached == 0 && report.document_errors.empty()) return exit_code_of(*kinds.begin());
  if (!kinds.empty() || !report.document_errors.empty()) return ExitCode::some_failed;
  return exit_code_of(scan);
}

ExitCode exit_code_of(const engine::ScanReport& scan) {
  if (scan.trouble) return exit_code_of(scan.trouble->kind);
  return scan.gave_up ? ExitCode::network : ExitCode::done;
}

}  // namespace civitai::cli
