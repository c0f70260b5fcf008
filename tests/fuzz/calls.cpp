#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <vector>

#include "base/system/system_call.h"
#include "fuzz/targets.h"
#include "machine/trace/call_reader.h"

// The calls of a traced program, fifteen bytes each behind a byte with their count; what is left of
// the input is its memory. The program is this process itself, so that its memory can be read
// without a tracer, and what its descriptors name, too.
namespace wireproof {
namespace {

constexpr std::size_t kMemoryBytes = 4096;
constexpr std::size_t kMostCalls = 32;

// One page that can be read, with none behind it.
class Memory {
 public:
  Memory() {
    void* const at = ::mmap(nullptr, 2 * kMemoryBytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    promise(at != MAP_FAILED, "there is memory");
    bytes_ = static_cast<std::uint8_t*>(at);
    check_call(::mprotect(bytes_ + kMemoryBytes, kMemoryBytes, PROT_NONE), "mprotect");
  }
  void fill(ByteView bytes) {
    std::fill_n(bytes_, kMemoryBytes, std::uint8_t{0});
    std::copy_n(bytes.begin(), std::min(bytes.size(), kMemoryBytes), bytes_);
  }
  std::uint64_t address(std::uint64_t offset) const {
    return reinterpret_cast<std::uint64_t>(bytes_) + offset % kMemoryBytes;
  }

 private:
  std::uint8_t* bytes_ = nullptr;
};

// Small, an address, negative, or far too large.
std::uint64_t read_argument(ByteReader& reader, const Memory& memory) {
  const std::uint64_t word = reader.read_u16();
  const std::uint64_t value = word & 0x3fffU;
  switch (word >> 14U) {
    case 0:
      return value;
    case 1:
      return memory.address(value);
    case 2:
      return ~value;
    default:
      return value << 50U;
  }
}

CallEntry read_entry(ByteReader& reader, const Memory& memory) {
  const auto known = traced_system_calls();
  CallEntry entry;
  entry.architecture = native_architecture();
  entry.number = static_cast<std::uint64_t>(known[reader.read_u8() % known.size()].number);
  for (std::uint64_t& argument : entry.arguments) argument = read_argument(reader, memory);
  return entry;
}

void play_calls(CallReader& calls, const TracedProcess& process, ByteReader& reader,
                const Memory& memory) {
  const std::size_t count = std::min<std::size_t>(reader.read_u8() % kMostCalls, kMostCalls);
  Timestamp now{};
  for (std::size_t i = 0; i < count && !reader.failed(); ++i) {
    const CallEntry entry = read_entry(reader, memory);
    const auto result = static_cast<std::int16_t>(reader.read_u16());
    now += std::chrono::milliseconds(1);
    auto open = calls.enter(process, process.id, entry, now);
    if (!open) continue;
    if (result == -1) {
      calls.abandon(*std::move(open), 9);
    } else {
      calls.leave(process, *std::move(open), {result, result < 0}, now);
    }
  }
}

}  // namespace

void fuzz_calls(ByteView input) {
  static Memory memory;
  static const UniqueFd kStream = check_descriptor(::socket(AF_INET, SOCK_STREAM, 0), "socket");
  static const UniqueFd kDatagrams = check_descriptor(::socket(AF_INET6, SOCK_DGRAM, 0), "socket");
  if (input.empty()) return;
  const std::size_t coded = 1 + 15 * std::size_t{input[0] % kMostCalls};
  memory.fill(input.subspan(std::min(coded, input.size())));

  const TracedProcess process(::getpid(), "client", Side::client);
  SocketBook book;
  std::vector<SocketCall> log;
  CallReader calls(book, log);
  calls.begin(process);
  ByteReader reader(input);
  play_calls(calls, process, reader, memory);
  calls.finish_end(calls.begin_end(process, Timestamp(std::chrono::seconds(1))), 0,
                   Timestamp(std::chrono::seconds(2)));
  for (const SocketCall& call : log) {
    promise(!call.name.empty() && call.actor == "client", "a call tells whose it is");
    promise(!call.returned || call.entered <= *call.returned,
            "a call does not end before it began");
    promise(call.watched.size() <= 3 * kMaxTraceeValues, "no list is longer than is allowed");
  }
}

}  // namespace wireproof
