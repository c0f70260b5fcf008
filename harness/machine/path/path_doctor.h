#pragma once

#include "machine/host/remedies.h"

namespace wireproof {

// Whether the packets of a sheet can be sent over a path here (docs/path.md), tried in a child
// process. Without one the other sheets are played. As examine_machine().
MachineFinding examine_path(const MachineLocks& locks);

}  // namespace wireproof
