// Making what has arrived visible and recorded: flush, rename, flush the folders, record. In this order, whatever is
// cut short in between: a final name is seen only on bytes that are on the disk, and the library says Downloaded only
// of a name that is.
//
// Each step is made for a whole group of files before the next one begins, because a trip to the disk costs more than a
// small file: one flush for the bytes, one for the names, one commit. A crash leaves each file before or after its
// rename, and its Pending entry, which the next run goes on from.
#pragma once

#include "engine/item.hpp"
#include "engine/run.hpp"

#include <vector>

namespace civitai::engine {

// The reports are in the order of `group`. Trouble with one file is that file's alone.
[[nodiscard]] std::vector<ItemReport> place(const Workshop& shop, std::vector<Arrived> group);

}  // namespace civitai::engine
