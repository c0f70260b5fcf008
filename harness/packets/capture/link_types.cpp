#include "packets/capture/link_types.h"

#include <pcap/pcap.h>

#include <cassert>

namespace wireproof {

LinkType link_type_of_dlt(int dlt) {
  switch (dlt) {
    case DLT_EN10MB:
      return LinkType::ethernet;
    case DLT_LINUX_SLL:
      return LinkType::linux_cooked_v1;
    case DLT_LINUX_SLL2:
      return LinkType::linux_cooked_v2;
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
      return LinkType::raw_ip;
    case DLT_NULL:
      return LinkType::bsd_null;
    case DLT_LOOP:
      return LinkType::bsd_loop;
    default:
      return LinkType::unsupported;
  }
}

int dlt_of_link_type(LinkType link) {
  switch (link) {
    case LinkType::ethernet:
      return DLT_EN10MB;
    case LinkType::linux_cooked_v1:
      return DLT_LINUX_SLL;
    case LinkType::linux_cooked_v2:
      return DLT_LINUX_SLL2;
    case LinkType::raw_ip:
      return DLT_RAW;
    case LinkType::bsd_null:
      return DLT_NULL;
    case LinkType::bsd_loop:
      return DLT_LOOP;
    case LinkType::unsupported:
      break;
  }
  assert(link != LinkType::unsupported);
  return DLT_EN10MB;
}

}  // namespace wireproof
