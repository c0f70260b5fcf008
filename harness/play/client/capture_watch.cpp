#include "play/client/capture_watch.h"

#include <exception>

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

}  // namespace wireproof
