#include "play/client/settle.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>

namespace wireproof {
namespace {

using Clock = std::chrono::steady_clock;

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
  const auto deadline = Clock::now() + limit;
  for (Duration pause = kFirstPause; !look(); pause = std::min(pause * 2, kLastPause)) {
    const Duration left = deadline - Clock::now();
    if (left <= Duration(0)) return false;
    run_for(context, std::min(pause, left));
  }
  return true;
}

}  // namespace wireproof
