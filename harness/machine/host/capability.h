#pragma once

namespace wireproof {

// Whether the process has a capability (CAP_NET_RAW, …) in effect, in its own user namespace.
bool has_capability(int capability);

}  // namespace wireproof
