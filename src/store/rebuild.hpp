// Making a damaged library whole again, from what can still be read of it, from copies of it, and from what else is
// known.
//
// The damaged file is never changed: it is kept beside the library. The new one is complete before it takes the name,
// in one step; killed at any moment, either the old or the new library is there, and the work can be begun again.
#pragma once

#include "store/library.hpp"

#include <functional>
#include <span>
#include <vector>

namespace civitai::store {

// absent: there is no file, or there is nothing in it.
enum class Soundness { absent, sound, damaged };

// Reads the whole database. Error where that says nothing about damage: locked, of another program, from a newer
// version of this one.
[[nodiscard]] Result<Soundness> examine(const Path& database);

// What was taken from one file.
struct SalvageSource {
  Path path;
  std::int64_t rows = 0;
  bool whole = false;  // everything in it could be read
};

struct Rebuilt {
  std::vector<SalvageSource> sources;  // oldest first: what a later one says goes before
  std::int64_t orphans = 0;            // files whose version could not be read, left out
  Path kept;                           // where the damaged library is now; empty when there was none
};

// Rebuilds `database`. `copies` are read before it, so that what is left of it goes before them; `add` may record more
// in the new library before it takes the place of the old one. On failure everything is as it was.
[[nodiscard]] Result<Rebuilt> rebuild(const Path& database, std::span<const Path> copies,
                                      const std::function<Status(Library&)>& add);

// Copies that the program made by itself, oldest first.
[[nodiscard]] std::vector<Path> known_copies(const Path& database);

}  // namespace civitai::store
