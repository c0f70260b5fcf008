#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "support/connection_script.h"

namespace wireproof {

// How a scripted segment was sent and captured, in words of the form `name` or `name=value`:
//   lost         it was sent, the capture does not have it
//   ms=N         that long after the one before; 1 without it
//   new=N        behind a SYN: both ends count from N more than before
//   isn=N        its number, ackisn=N: its acknowledgement, is N more
//   id=N         IPv4 identification; else hosts count
//   copy, copy:V,W  it was captured twice, the second time with the words V and W
//   cut=N        so many bytes of the frame were captured
//   mss=, ws=, sackok, ts=V:E, sack=L:R (in the other end's positions), option=HEX, urg=N
//   ecn=N        the lower two bits of the traffic class (RFC 3168 §5)
//   badsum       a TCP checksum that does not hold
//   udp          it is a datagram
//   frag=N       fragments of N bytes, fraglost=K: without the K-th (from 0), fragrev: last first
//   v6, ext=A.B  IPv6 with these extension headers; ipopt=HEX: options of IPv4
//   tso          the length of IP is 0, as a card that cuts segments gets it
//   vlan=A.B     tags, the outermost first, tpid=N: its number; pad: to Ethernet's 60 bytes
//   link=N       the link type; dir=N: the packet type of a cooked header; if=N: pcapng interface
// What stands in `frame` holds for every segment that does not say otherwise. `file` has:
//   pcapng       with an Ethernet (0) and a raw IP interface (1); swapped: in big-endian
//   tail=N       the last N bytes are missing
void write_conversation(const std::filesystem::path& path,
                        const std::vector<ScriptSegment>& segments, const std::string& frame,
                        const std::string& file);

}  // namespace wireproof
