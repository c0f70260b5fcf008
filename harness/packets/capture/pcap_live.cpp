#include "packets/capture/pcap_live.h"

#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <string>

#include "base/system/memory_map.h"
#include "base/system/system_call.h"
#include "packets/capture/pcap_file.h"

namespace wireproof {
namespace {

// libpcap reports text; the reasons that matter have an errno behind them.
int error_number(int status) {
  if (status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED) return EPERM;
  if (status == PCAP_ERROR_NO_SUCH_DEVICE) return ENODEV;
  if (status == PCAP_ERROR_IFACE_NOT_UP) return ENETDOWN;
  return EIO;
}

template <class Error = SystemError>
[[noreturn]] void refuse(pcap_t* handle, const std::string& attempt, int status) {
  const std::string text = pcap_geterr(handle);
  throw Error(text.empty() ? attempt : attempt + " (" + text + ")", error_number(status));
}

Timestamp read_stamp(const timeval& stamp) {
  // With nanosecond precision tv_usec holds nanoseconds (pcap-tstamp(7)).
  return Timestamp(std::chrono::seconds(stamp.tv_sec) + std::chrono::nanoseconds(stamp.tv_usec));
}

// Each fork would copy the page tables of the ring, thousands of entries that no child has a use
// for, and each child's end would take them apart. libpcap does not tell where the ring is. Where
// it is not found, forks take longer.
void keep_ring_from_children(int socket) {
  struct stat status {};
  if (::fstat(socket, &status) != 0) return;
  const std::string name = "socket:[" + std::to_string(status.st_ino) + "]";
  for (const MappedRange& range : read_memory_map()) {
    if (range.name != name) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel names addresses by numbers
    ::madvise(reinterpret_cast<void*>(range.begin), range.end - range.begin, MADV_DONTFORK);
  }
}

}  // namespace

void LiveCapture::Close::operator()(pcap* handle) const {
  pcap_close(handle);
}

LiveCapture::LiveCapture(const LiveOptions& options) {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  handle_.reset(pcap_create(options.interface.c_str(), error.data()));
  if (!handle_) throw CaptureRefused("capture on " + options.interface, ENODEV);
  activate(options);
  if (pcap_setnonblock(handle_.get(), 1, error.data()) != 0) {
    refuse(handle_.get(), "make the capture non-blocking", PCAP_ERROR);
  }
  link_ = link_type_of(static_cast<std::uint16_t>(pcap_datalink(handle_.get())));
  set_filter(options.filter);
}

LiveCapture::~LiveCapture() = default;

void LiveCapture::activate(const LiveOptions& options) {
  pcap_t* handle = handle_.get();
  pcap_set_snaplen(handle, static_cast<int>(options.snaplen));
  pcap_set_buffer_size(handle, static_cast<int>(options.ring_bytes));
  pcap_set_timeout(handle, static_cast<int>(options.wake_after.count()));
  pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
  const int status = pcap_activate(handle);
  if (status < 0) refuse<CaptureRefused>(handle, "capture on " + options.interface, status);
  keep_ring_from_children(pcap_fileno(handle));
  if (options.interface == "lo") {
    // lo shows each packet on its way out and on its way in; without this the ring and the
    // counters carry both.
    const int on = 1;
    check_call(
        ::setsockopt(pcap_fileno(handle), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on),
        "ignore outgoing packets on lo");
  }
}

void LiveCapture::set_filter(const std::string& filter) {
  // An empty filter is set as well: libpcap hands the snaplen to the kernel through it only.
  bpf_program program{};
  pcap_t* handle = handle_.get();
  if (pcap_compile(handle, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    refuse(handle, "compile the capture filter `" + filter + "`", PCAP_ERROR);
  }
  const int status = pcap_setfilter(handle, &program);
  pcap_freecode(&program);
  if (status != 0) refuse(handle, "set the capture filter `" + filter + "`", PCAP_ERROR);
}

int LiveCapture::selectable_fd() const {
  return pcap_get_selectable_fd(handle_.get());
}

std::size_t LiveCapture::drain(const std::function<void(const RawPacket&)>& sink) {
  std::size_t count = 0;
  std::size_t size = 0;
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  int status = 0;
  while (count < kMostDrained && size < kMostDrainedBytes &&
         (status = pcap_next_ex(handle_.get(), &header, &bytes)) == 1) {
    RawPacket packet;
    packet.time = read_stamp(header->ts);
    packet.original_size = header->len;
    packet.link = link_;
    packet.bytes = ByteView(bytes, header->caplen);
    ++delivered_;
    ++count;
    size += header->caplen;
    sink(packet);
  }
  if (status == PCAP_ERROR) refuse(handle_.get(), "read captured packets", status);
  return count;
}

LiveCounts LiveCapture::counts() const {
  pcap_stat counts{};
  if (pcap_stats(handle_.get(), &counts) != 0) {
    refuse(handle_.get(), "read the capture's counters", PCAP_ERROR);
  }
  return {counts.ps_recv, counts.ps_drop};
}

}  // namespace wireproof
