#pragma once

#include <tl/expected.hpp>

namespace wireproof {

// A value or the reason why there is none. The only place that names the library, so that
// std::expected can take over under C++23.
template <class T, class E>
using Expected = tl::expected<T, E>;

template <class E>
using Unexpected = tl::unexpected<E>;

}  // namespace wireproof
