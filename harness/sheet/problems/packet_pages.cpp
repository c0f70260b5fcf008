#include <array>

#include "sheet/problems/page_areas.h"

namespace wireproof {
namespace {

using enum ExampleKind;

constexpr std::array<ProblemPage, 13> kPacketPages{{
    {ProblemCode::unknown_packet, "The packet is not understood", sections,
     "Info has Wireshark's words: flags in brackets, `UDP`, `ICMP port unreachable`, or `...` for "
     "any packets, with values like `Len=5` behind them. The cell is empty, or holds something "
     "else. The table in docs/sheet.md has all of it.",
     R"(## Packets

| From   | To     | Info |
|--------|--------|------|
| client | server | SYN  |
|        |        | ...  |
)",
     R"(## Packets

| From   | To     | Info  |
|--------|--------|-------|
| client | server | [SYN] |
|        |        | ...   |
)"},
    {ProblemCode::anything_row, "A row of any packets says more", sections,
     "A row `...` stands for any packets, also none, so that nothing can be said about them. "
     "Remove what stands behind it, or write a row for the packet that is meant.",
     R"(## Packets

| From   | To     | Info      |
|--------|--------|-----------|
| client | server | ... Len=5 |
|        |        | ...       |
)",
     R"(## Packets

| From   | To     | Info             |
|--------|--------|------------------|
| client | server | [PSH, ACK] Len=5 |
|        |        | ...              |
)"},
    {ProblemCode::packet_flags, "TCP flags are not understood", sections,
     "Flags stand in brackets with commas between them: `SYN`, `ACK`, `PSH`, `FIN`, `RST` and the "
     "rarer ones. One is unknown or missing, or the bracket is not closed.",
     R"(## Packets

| From   | To     | Info       |
|--------|--------|------------|
| client | server | [SYN, AKC] |
|        |        | ...        |
)",
     R"(## Packets

| From   | To     | Info       |
|--------|--------|------------|
| client | server | [SYN, ACK] |
|        |        | ...        |
)"},
    {ProblemCode::packet_value, "A value of a packet is not understood", sections,
     "`Seq=`, `Ack=`, `Win=`, `Len=` and `MSS=` may stand behind the flags, each with a number "
     "(Len and Win also with a range `1..9`, all with `*`). A datagram has only Len. What else "
     "Wireshark writes there may stay and is not compared.",
     R"(## Packets

| From   | To     | Info             |
|--------|--------|------------------|
| client | server | [SYN] Sequence=0 |
|        |        | ...              |
)",
     R"(## Packets

| From   | To     | Info        |
|--------|--------|-------------|
| client | server | [SYN] Seq=0 |
|        |        | ...         |
)"},
    {ProblemCode::missing_end, "A row has no From or To", sections,
     "Each packet goes from somewhere to somewhere: an actor, `server`, or a port. Only a row "
     "`...` may leave them open.",
     R"(## Packets

| From   | To  | Info  |
|--------|-----|-------|
| client |     | [SYN] |
|        |     | ...   |
)",
     R"(## Packets

| From   | To     | Info  |
|--------|--------|-------|
| client | server | [SYN] |
|        |        | ...   |
)"},
    {ProblemCode::unknown_actor, "Unknown actor", sections,
     "From, To, Local and Remote name actors of the session, `server`, the group `each`, or ports: "
     "the server's port is the server, any other stands for one client. There is no such actor, or "
     "there are more client ports than actors.",
     R"(## Packets

| From   | To     | Info  |
|--------|--------|-------|
| clinet | server | [SYN] |
|        |        | ...   |
)",
     R"(## Packets

| From   | To     | Info  |
|--------|--------|-------|
| client | server | [SYN] |
|        |        | ...   |
)"},
    {ProblemCode::foreign_actor, "A row is about another table's actor", sections,
     "`Packets: alice` has the packets of her connection alone, so its rows are between `alice` "
     "and `server`. Move the row to the other's table, or let one table without a name have all.",
     R"(## Packets: alice

| From  | To     | Info  |
|-------|--------|-------|
| alice | server | [SYN] |
| bob   | server | [SYN] |
|       |        | ...   |

## Session

```session
alice: connect
bob: connect
alice: recv "Hello"
```
)",
     R"(## Packets

| From  | To     | Info  |
|-------|--------|-------|
| alice | server | [SYN] |
| bob   | server | [SYN] |
|       |        | ...   |

## Session

```session
alice: connect
bob: connect
alice: recv "Hello"
```
)"},
    {ProblemCode::packet_ends, "A packet has no client or no server", sections,
     "Of the two ends of a packet one is a client and one the server, or an actor that listens. "
     "Here both are the same part. `ICMP port unreachable` comes from the server's host.",
     R"(## Packets

| From   | To     | Info  |
|--------|--------|-------|
| server | server | [SYN] |
|        |        | ...   |
)",
     R"(## Packets

| From   | To     | Info       |
|--------|--------|------------|
| server | client | [SYN, ACK] |
|        |        | ...        |
)"},
    {ProblemCode::packet_length, "A length is none, or another than in Info", sections,
     "Len is a number of payload bytes, a range `20..30`, or a sum like `{size of name} + 5`. "
     "Where Info has `Len=` too, both must say the same.",
     R"(## Packets

| From   | To     | Info       | Len     |
|--------|--------|------------|---------|
| client | server | [PSH, ACK] | 5 bytes |
|        |        | ...        |         |
)",
     R"(## Packets

| From   | To     | Info       | Len |
|--------|--------|------------|-----|
| client | server | [PSH, ACK] | 5   |
|        |        | ...        |     |
)"},
    {ProblemCode::packet_payload, "The payload is not understood, or can be none", sections,
     "Payload holds one message as in a session: texts in quotes, `hex`, layouts. Rows `...` and "
     "of ICMP have none of their own.",
     R"(## Packets

| From   | To     | Info       | Len | Payload |
|--------|--------|------------|-----|---------|
| client | server | [SYN]      |     |         |
|        |        | ...        |     | "Hello" |
)",
     R"(## Packets

| From   | To     | Info       | Len | Payload |
|--------|--------|------------|-----|---------|
| client | server | [SYN]      |     |         |
|        |        | ...        |     |         |
| client | server | [PSH, ACK] |     | "Hello" |
|        |        | ...        |     |         |
)"},
    {ProblemCode::other_transport, "A row is of the transport that the sheet does not have", sheet,
     "`transport: udp` or `transport: tcp` in the front matter says what the sheet's clients "
     "speak, and the table expects a packet of the other. Mend the row, or write `transport: "
     "tcp+udp`.",
     R"(---
server: calc
transport: tcp
---

# Greeting

## Packets

| From   | To     | Info      |
|--------|--------|-----------|
| client | server | UDP Len=5 |
|        |        | ...       |
)",
     R"(---
server: calc
transport: udp
---

# Greeting

## Packets

| From   | To     | Info      |
|--------|--------|-----------|
| client | server | UDP Len=5 |
|        |        | ...       |
)"},
    {ProblemCode::packet_fate, "A row has a Fate that no packet can have", sections,
     "Fate says what became of a packet on the path between client and server: `lost`, `late`, "
     "`twice`, `corrupted`, `cut`, `arrived`. Without a section `Path` and without `network: "
     "{loss: 5%}` or the like every packet arrives. Rows `...` and of ICMP have no fate of their "
     "own. docs/path.md says what a path is.",
     R"(## Packets

| From   | To     | Info        | Fate |
|--------|--------|-------------|------|
| client | server | [SYN]       | lost |
| client | server | [SYN] again |      |
|        |        | ...         |      |
)",
     R"(## Path

| Packets | From   | Which | Do   |
|---------|--------|-------|------|
| [SYN]   | client | 1     | lose |

## Packets

| From   | To     | Info        | Fate |
|--------|--------|-------------|------|
| client | server | [SYN]       | lost |
| client | server | [SYN] again |      |
|        |        | ...         |      |
)"},
    {ProblemCode::packet_again, "A row says `again` of what cannot be sent again", sections,
     "`again` stands for what was sent once more: TCP sends an opening, data or an end again and "
     "repeats an acknowledgement, a program sends a datagram with the same bytes again. A reset is "
     "not sent again, and some row above has to say the first time; for `[ACK] again` that is any "
     "row of the side with an ACK. Unless the sheet has `match: exact`, such a row of TCP is "
     "compared by flags, Len and Fate alone.",
     R"(## Packets

| From   | To     | Info             |
|--------|--------|------------------|
| client | server | [SYN]            |
| client | server | [PSH, ACK] again |
|        |        | ...              |
)",
     R"(## Packets

| From   | To     | Info             |
|--------|--------|------------------|
| client | server | [SYN]            |
| client | server | [PSH, ACK]       |
| client | server | [PSH, ACK] again |
|        |        | ...              |
)"},
}};

}  // namespace

std::span<const ProblemPage> packet_pages() {
  return kPacketPages;
}

}  // namespace wireproof
