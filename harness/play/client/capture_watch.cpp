#include "play/client/capture_watch.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <exception>

#include "base/system/deadline.h"

namespace wireproof {

CaptureWatch::CaptureWatch(boost::asio::io_context& context, int fd,
                           std::function<void()> on_readable)
    : on_readable_(std::move(on_readable)) {
  if (fd < 0 || !on_readable_) return;
  descriptor_.emplace(context, fd);
  wait();
}

CaptureWatch::~CaptureWatch() {
  if (descriptor_) descriptor_->release();
}

void CaptureWatch::wait() {
  descriptor_->async_wait(boost::asio::posix::descriptor_base::wait_read,
                          [this](const boost::system::error_code& error) {
                            if (error) return;
                            try {
                              on_readable_();
                            } catch (const std::exception& exception) {
                              error_ = exception.what();
                              return;
                            }
                            wait();
                          });
}

namespace {

constexpr Duration kFirstPause = std::chrono::milliseconds(1);
constexpr Duration kLastPause = std::chrono::milliseconds(20);

void run_for(boost::asio::io_context& context, Duration pause) {
  bool is_over = false;
  boost::asio::steady_timer timer(context, pause);
  timer.async_wait([&is_over](const boost::system::error_code&) { is_over = true; });
  if (context.stopped()) context.restart();
  while (!is_over) context.run_one();
}

}  // namespace

bool await_settled(boost::asio::io_context& context, Duration limit,
                   const std::function<bool()>& look) {
  const Deadline deadline(limit);
  for (Duration pause = kFirstPause; !look(); pause = std::min(pause * 2, kLastPause)) {
    if (deadline.is_over()) return false;
    run_for(context, std::min(pause, deadline.left()));
  }
  return true;
}

}  // namespace wireproof
