#include "domain/library_entry.hpp"

#include "base/format.hpp"

namespace civitai {

std::string_view to_string(EntryStatus status) {
  switch (status) {
    case EntryStatus::pending: return "Pending";
    case EntryStatus::downloaded: return "Downloaded";
    case EntryStatus::error: return "Error";
  }
  return "Error";
}

std::optional<EntryStatus> entry_status_from(std::string_view word) {
  for (const EntryStatus status : {EntryStatus::pending, EntryStatus::downloaded, EntryStatus::error}) {
    if (to_string(status) == word) return status;
  }
  return std::nullopt;
}

std::string entry_key(VersionId version) { return format("v_{}", version.value); }

}  // namespace civitai
