// One item of a plan on its way to being here: found in its place, or fetched; and proven. What then makes it visible
// and recorded is done for many items at once (engine/placing.hpp).
#pragma once

#include "engine/plan.hpp"
#include "engine/proving.hpp"
#include "engine/transfer.hpp"
#include "os/folders.hpp"

#include <optional>

namespace civitai::engine {

// What the work on the items of a run shares. Safe to use from several threads; the stop token is the run's.
struct Workshop {
  const Plan& plan;
  const Tools& tools;
  store::Library& library;
  os::Folders& folders;
  std::stop_token stop;
};

// A file that is whole and proven, neither flushed nor recorded: in its partial file, or under a final name already.
struct Arrived {
  std::size_t item = 0;
  Promise promise = {};  // as last heard from the site
  Proven proven = {};
  os::Path path = {};                       // the name it should have, or where it lies
  std::optional<PartialFile> partial = {};  // nothing: it lies at `path`
  os::FileHandle handle = {};               // of the file at `path`
  ByteCount fetched = {};                   // received over the network in this run
};

// What the library has to know before the file can be at `path`.
[[nodiscard]] store::FileRecord file_record(const Workshop& shop, std::size_t item, const Promise& promise,
                                            const os::Path& path);
// Where an item is looked for or goes: what a Pending record says from the start.
[[nodiscard]] const os::Path& first_path(const PlanItem& item);
// The name that tells this file from another one of the same name.
[[nodiscard]] os::Path own_path(const Plan& plan, std::size_t item, const os::Path& wanted);

// Is the file that lies at `path`, if any, the promised one? nullopt: no.
[[nodiscard]] Result<std::optional<Arrived>> find_at(const Workshop& shop, std::size_t item, const Promise& promise,
                                                     const os::Path& path);

struct Brought {
  Result<Arrived> arrived;
  ByteCount fetched;  // received over the network in this run, also when it failed
};

// Brings the item here. The library must know it as Pending. Error of kind cancelled when stopped; after every error
// what has arrived is kept for the next run.
[[nodiscard]] Brought bring(const Workshop& shop, std::size_t item);

}  // namespace civitai::engine
