#include "play/path/path_forwarder.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

#include "base/system/process.h"
#include "packets/capture/packet_record.h"

namespace wireproof {
namespace {

constexpr std::size_t kLargestPacket = 65535;  // RFC 791 §3.1
constexpr std::size_t kMostAtOnce = 64;        // packets of one side before the other's turn

UniqueFd open_event(const char* attempt) {
  return check_descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), attempt);
}

void ring(const UniqueFd& event) {
  constexpr std::uint64_t kOne = 1;
  while (::write(event.get(), &kOne, sizeof kOne) < 0 && errno == EINTR) continue;
}

void silence(const UniqueFd& event) {
  std::uint64_t count = 0;
  while (::read(event.get(), &count, sizeof count) < 0 && errno == EINTR) continue;
}

}  // namespace

PathForwarder::PathForwarder(PathDevices devices, PathRules rules)
    : devices_(std::move(devices)),
      rules_(std::move(rules)),
      end_(open_event("open an eventfd for the end of a path")),
      asks_(open_event("open an eventfd for a path's barriers")),
      news_(open_event("open an eventfd for a path's packets")),
      buffer_(kLargestPacket),
      uses_(rules_.uses()) {
  {
    const SignalsBlocked blocked;
    std::mutex& working = no_fork_while(SideThread::path);
    thread_ = std::thread([this, &working] { run(working); });
  }
  is_running_.wait(false);  // a thread that begins allocates, and holds no lock yet
}

PathForwarder::~PathForwarder() {
  ring(end_);
  thread_.join();
}

std::vector<PassedPacket> PathForwarder::take() {
  silence(news_);
  const std::lock_guard lock(taking_);
  return std::exchange(passed_packets_, {});
}

void PathForwarder::ask_barrier() {
  ++asked_;
  ring(asks_);
}

std::vector<PathUse> PathForwarder::uses() const {
  const std::lock_guard lock(taking_);
  return uses_;
}

std::vector<PathHeld> PathForwarder::held() const {
  const std::lock_guard lock(taking_);
  return held_;
}

// False: the thread shall end. `working` keeps forks apart, and is held but while it waits.
bool PathForwarder::await_work(std::mutex& working) const {
  std::array<pollfd, 4> entries{{{end_.get(), POLLIN, 0},
                                 {devices_.client.get(), POLLIN, 0},
                                 {devices_.server.get(), POLLIN, 0},
                                 {asks_.get(), POLLIN, 0}}};
  timespec limit{};
  if (!due_.empty()) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    const auto left = std::max(due_.top().at - now(), Duration::zero()).count();
    limit = {static_cast<std::time_t>(left / kSecond), static_cast<long>(left % kSecond)};
  }
  working.unlock();
  ::ppoll(entries.data(), entries.size(), due_.empty() ? nullptr : &limit, nullptr);
  working.lock();
  if ((entries[3].revents & POLLIN) != 0) silence(asks_);
  return (entries[0].revents & POLLIN) == 0;
}

void PathForwarder::run(std::mutex& working) {
  working.lock();
  is_running_ = true;
  is_running_.notify_one();
  while (await_work(working)) {
    const std::uint64_t asked = asked_;
    bool has_moved = true;
    while (has_moved) {
      has_moved = deliver_due();
      has_moved = read_packets(Side::client) || has_moved;
      has_moved = read_packets(Side::server) || has_moved;
    }
    entered_ = asked;
    if (due_.empty() && passed_ < asked) {
      passed_ = asked;
      ring(news_);
    }
  }
  working.unlock();
}

// What the kernel sends in answer to a delivery waits in a device as soon as it is written.
bool PathForwarder::deliver_due() {
  bool has_moved = false;
  while (!due_.empty() && due_.top().at <= now()) {
    const PathDelivery& delivery = due_.top().delivery;
    const ssize_t written =
        ::write(device(delivery.to).get(), delivery.bytes.data(), delivery.bytes.size());
    if (written < 0) ++left_out_;
    due_.pop();
    has_moved = true;
  }
  return has_moved;
}

bool PathForwarder::read_packets(Side side) {
  std::size_t count = 0;
  for (; count < kMostAtOnce; ++count) {
    const ssize_t size = ::read(device(side).get(), buffer_.data(), buffer_.size());
    if (size <= 0) break;
    constexpr unsigned kIpv4 = 4;
    if (buffer_[0] >> 4 != kIpv4) continue;  // the kernel's own words about IPv6
    pass(ByteView(buffer_).first(static_cast<std::size_t>(size)), side);
  }
  return count > 0;
}

void PathForwarder::pass(ByteView bytes, Side from) {
  RawPacket raw;
  raw.time = std::chrono::system_clock::now();
  raw.original_size = static_cast<std::uint32_t>(bytes.size());
  raw.link = LinkType::raw_ip;
  raw.bytes = bytes;
  const Duration entered = now();
  PathTurn turn = rules_.pass(decode_packet(raw), from, entered);
  // Its own delivery is the first; it has none while it waits for the next packet.
  std::optional<Duration> took;
  const bool goes_on = has_arrived(turn.fate) && !turn.deliveries.empty();
  if (goes_on) took = turn.deliveries.front().at - entered;
  note({raw.time, turn.fate, Bytes(bytes.begin(), bytes.end()), entered_count_++, took});
  for (PathDelivery& delivery : turn.deliveries) {
    // What goes back is the path's own answer.
    if (delivery.to == from) note({raw.time, PacketFate::arrived, delivery.bytes, {}, {}});
    const Duration at = delivery.at;
    due_.push({at, ++delivery_count_, std::move(delivery)});
  }
}

void PathForwarder::note(PassedPacket packet) {
  const std::lock_guard lock(taking_);
  uses_ = rules_.uses();
  held_ = rules_.held();
  if (passed_packets_.size() >= kMostCapturedPackets) {
    ++left_out_;
    return;
  }
  if (passed_packets_.empty()) ring(news_);
  passed_packets_.push_back(std::move(packet));
}

}  // namespace wireproof
