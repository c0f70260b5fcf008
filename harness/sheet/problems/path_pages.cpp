#include <array>

#include "sheet/problems/page_areas.h"

namespace wireproof {
namespace {

using enum ExampleKind;

constexpr std::array<ProblemPage, 5> kPathPages{{
    {ProblemCode::path_packets, "It is not clear which packets a rule is about", sections,
     "Packets is `any`, `data` (of TCP or UDP, with payload), or a kind of packet in the words of "
     "the column Info, with Len: `[SYN]`, `[PSH, ACK] Len=5`, `UDP`. A Payload needs such a kind, "
     "and may not ask for what the session has remembered (`$name`, `?name`). Seq, Ack, Win, MSS "
     "and `again` are nothing that a rule asks for: Which chooses among packets.",
     R"(## Path

| Packets     | From   | Do   |
|-------------|--------|------|
| [SYN] again | client | lose |
)",
     R"(## Path

| Packets | From   | Which | Do   |
|---------|--------|-------|------|
| [SYN]   | client | 2     | lose |
)"},
    {ProblemCode::path_choice, "Which names no packets", sections,
     "Which has numbers from 1, in the order in which the packets that the rule is about are sent: "
     "`2`, `1..3`, `1, 4..5`, or `every 4` for the fourth, the eighth and so on. Each number "
     "stands once. Nothing means all of them.",
     R"(## Path

| Packets | From   | Which | Do   |
|---------|--------|-------|------|
| data    | client | 0     | lose |
)",
     R"(## Path

| Packets | From   | Which | Do   |
|---------|--------|-------|------|
| data    | client | 1     | lose |
)"},
    {ProblemCode::path_deed, "What a rule does is not understood", sections,
     "Do is one of `lose`, `delay 40ms`, `duplicate`, `swap with next`, `corrupt byte 3`, `corrupt "
     "byte 3, checksum right`, `cut to 10`, `answer ICMP port unreachable` and `answer ICMP "
     "fragmentation needed 1400`. docs/path.md says what the receiver sees of each.",
     R"(## Path

| Packets | From   | Which | Do   |
|---------|--------|-------|------|
| data    | client | 1     | drop |
)",
     R"(## Path

| Packets | From   | Which | Do   |
|---------|--------|-------|------|
| data    | client | 1     | lose |
)"},
    {ProblemCode::path_value, "A number or time of a rule is out of range", sections,
     "`delay` has a duration with its unit, up to `1m`. `corrupt byte` counts the bytes of the "
     "payload from 0, and `cut to` says how many of them are left: the packets must have more, "
     "where the rule says itself how long they are. `fragmentation needed` has the MTU of the "
     "next hop, 68 to 65535.",
     R"(## Path

| Packets          | From   | Do             |
|------------------|--------|----------------|
| [PSH, ACK] Len=5 | client | corrupt byte 5 |
)",
     R"(## Path

| Packets          | From   | Do             |
|------------------|--------|----------------|
| [PSH, ACK] Len=5 | client | corrupt byte 4 |
)"},
    {ProblemCode::impossible_path, "There can be no such path", sheet,
     "A path carries IPv4, with an MTU up to 65535 bytes, between clients and one server. So "
     "`network: {ip: 6}` is refused beside it, a `queue` without the `rate` that it waits for, and "
     "a rule about an actor that listens beside the server, or about `each` where there are other "
     "clients too.",
     R"(---
server: echo-text
network: { queue: 10 }
---

# Greeting

## Session

```session
connect
recv "Hello"
```
)",
     R"(---
server: echo-text
network: { rate: 1 Mbit/s, queue: 10 }
---

# Greeting

## Session

```session
connect
recv "Hello"
```
)"},
}};

}  // namespace

std::span<const ProblemPage> path_pages() {
  return kPathPages;
}

}  // namespace wireproof
