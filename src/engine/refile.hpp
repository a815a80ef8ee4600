// Giving adopted files the place that the layout has for them: by renaming, never by copying, never over anything.
//
// What lies beside a file under its name (previews, notes, metadata) goes with it. A crash between the rename and its
// record is healed by the next call: the file at its new place is known again by its hash.
#pragma once

#include "engine/adopt.hpp"
#include "layout/layout.hpp"

#include <string>
#include <vector>

namespace civitai::engine {

struct RefilePolicy {
  os::Path root;  // absolute
  layout::Template file_template;
};

struct RefileReport {
  struct Move {
    os::Path from;
    os::Path to;
  };
  struct Left {
    os::Path path;
    std::string why;
  };
  std::vector<Move> moved;
  std::vector<Left> left;  // where they are, for a reason
};

// Moves what `adopted` found in the library or brought into it. Mode look_only tells what would be moved.
[[nodiscard]] Result<RefileReport> refile(const AdoptReport& adopted, const RefilePolicy& policy, AdoptMode mode,
                                          const AdoptTools& tools, const std::stop_token& stop);

// Records the new place of files that were moved by a call which did not live to say so. The number of them. Not for
// mode look_only.
[[nodiscard]] Result<std::size_t> find_refiled(const RefilePolicy& policy, const AdoptTools& tools);

}  // namespace civitai::engine
