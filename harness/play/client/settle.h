#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>

#include "base/text/time.h"

namespace wireproof {

// Looks until `look` says true, at once and then again and again with growing pauses, at most for
// `limit`. For what the kernel reports only when asked. Meanwhile the context runs, so that the
// capture is drained. False: the limit came first.
bool await_settled(boost::asio::io_context& context, Duration limit,
                   const std::function<bool()>& look);

}  // namespace wireproof
