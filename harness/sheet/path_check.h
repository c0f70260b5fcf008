#pragma once

#include "sheet/scenario.h"

namespace wireproof {

// What a path of wireproof's own cannot carry, and rules of the transport that the sheet does not
// have.
void check_path(const Scenario& scenario, Problems& problems);

// Whether rows of that kind are none of the sheet's transport.
bool is_other_transport(RowKind kind, std::optional<Transport> transport);

// Rows with a Fate need a path; rows `again` need one above that was sent before. Of a sheet
// without errors.
void check_fates(const Scenario& scenario, Problems& problems);

}  // namespace wireproof
