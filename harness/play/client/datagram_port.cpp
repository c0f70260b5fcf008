#include "play/client/datagram_port.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "base/system/socket_address.h"
#include "base/system/system_call.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxDatagram = 65536;  // any fits

}  // namespace

void DatagramPort::fill(int fd) {
  const std::size_t before = waiting_.size();
  take_from_kernel(fd);
  if (waiting_.size() == before) return;
  for (const auto& [who, wake] : waiters_) wake();
}

void DatagramPort::take_from_kernel(int fd) {
  Bytes buffer(kMaxDatagram);
  while (waiting_bytes_ < kMostWaitingBytes) {
    SocketAddress from;
    const ssize_t count =
        ::recvfrom(fd, buffer.data(), buffer.size(), MSG_DONTWAIT, from.get(), &from.size);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return;
      throw SystemError("receive a datagram", errno);
    }
    const auto client = read_socket_address(from);
    if (!client) continue;
    waiting_.push_back({*client, Bytes(buffer.begin(), buffer.begin() + count)});
    waiting_bytes_ += kept_size(waiting_.back());
  }
}

std::deque<DatagramPort::Waiting>::iterator DatagramPort::find(int fd, const Endpoint& client) {
  fill(fd);
  return std::ranges::find(waiting_, client, &Waiting::client);
}

std::optional<Bytes> DatagramPort::take(int fd, const Endpoint& client) {
  const auto found = find(fd, client);
  if (found == waiting_.end()) return std::nullopt;
  waiting_bytes_ -= kept_size(*found);
  Bytes bytes = std::move(found->bytes);
  waiting_.erase(found);
  return bytes;
}

ssize_t DatagramPort::peek(int fd, const Endpoint& client, Bytes& waiting) {
  const auto found = find(fd, client);
  if (found == waiting_.end()) {
    errno = EAGAIN;
    return -1;
  }
  const std::size_t size = std::min(waiting.size(), found->bytes.size());
  std::copy_n(found->bytes.begin(), size, waiting.begin());
  return static_cast<ssize_t>(size);
}

std::optional<Endpoint> DatagramPort::accept(int fd) {
  fill(fd);
  const auto stranger = std::ranges::find_if(
      waiting_, [this](const Waiting& datagram) { return !accepted_.contains(datagram.client); });
  if (stranger == waiting_.end()) return std::nullopt;
  accepted_.insert(stranger->client);
  return stranger->client;
}

}  // namespace wireproof
