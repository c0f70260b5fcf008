#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <optional>
#include <string>

#include "base/text/time.h"

namespace wireproof {

// Calls `on_readable` each time the capture's descriptor has packets while the context runs. The
// descriptor stays the caller's: it is released, never closed.
class CaptureWatch {
 public:
  // A descriptor of -1: watches nothing.
  CaptureWatch(boost::asio::io_context& context, int fd, std::function<void()> on_readable);
  CaptureWatch(const CaptureWatch&) = delete;
  CaptureWatch& operator=(const CaptureWatch&) = delete;
  ~CaptureWatch();

  // What `on_readable` threw; watching has ended then. Empty: nothing.
  const std::string& error() const { return error_; }

 private:
  void wait();

  std::optional<boost::asio::posix::stream_descriptor> descriptor_;
  std::function<void()> on_readable_;
  std::string error_;
};

// Looks until `look` says true, at once and then again and again with growing pauses, at most for
// `limit`. For what the kernel reports only when asked. Meanwhile the context runs, so that the
// capture is drained. False: the limit came first.
bool await_settled(boost::asio::io_context& context, Duration limit,
                   const std::function<bool()>& look);

}  // namespace wireproof
