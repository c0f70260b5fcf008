#include <array>

#include "sheet/problems/page_areas.h"

namespace wireproof {
namespace {

using enum ExampleKind;

constexpr std::array<ProblemPage, 4> kLintPages{{
    {ProblemCode::racing_ends, "The ends race", sections,
     "The table has the server's FIN first, but the session lets the client close without waiting "
     "for it, so that which comes first is an accident. Put `recv eof` before the close, or `any` "
     "in the column Order.",
     R"(## Session

```session
connect
send "Hello"
recv "Hello"
close
```

## Packets

| From   | To     | Info       |
|--------|--------|------------|
|        |        | ...        |
| server | client | [FIN, ACK] |
| client | server | [FIN, ACK] |
|        |        | ...        |
)",
     R"(## Session

```session
connect
send "Hello"
recv "Hello"
recv eof
close
```

## Packets

| From   | To     | Info       |
|--------|--------|------------|
|        |        | ...        |
| server | client | [FIN, ACK] |
| client | server | [FIN, ACK] |
|        |        | ...        |
)"},
    {ProblemCode::step_in_vain, "A step can only fail", session,
     "A step before this one has ended what it needs: the connection is closed or reset, or a "
     "direction of it. Whatever the server does, this step fails. Open another connection first, "
     "or change the order.",
     R"(connect
recv "Hello"
close
send "Hello"
)",
     R"(connect
recv "Hello"
send "Hello"
close
)"},
    {ProblemCode::unjudged_time, "A time is not judged in this sheet", sections,
     "Tables with Cause or Blocked have the server traced, and each of its calls is stopped for "
     "that: its times say nothing then. Put `reply time` into a sheet of its own, without these "
     "columns.",
     R"(## Packets

| From   | To     | Info  | Cause   |
|--------|--------|-------|---------|
| client | server | [SYN] | connect |
|        |        | ...   |         |

## Measures

| Measure    | Expected |
|------------|----------|
| reply time | < 100ms  |
)",
     R"(## Packets

| From   | To     | Info  |
|--------|--------|-------|
| client | server | [SYN] |
|        |        | ...   |

## Measures

| Measure    | Expected |
|------------|----------|
| reply time | < 100ms  |
)"},
    {ProblemCode::bytes_differ, "Session and table have other bytes", sections,
     "The rows of a client have other bytes than the session sends, or the server's rows have "
     "fewer than the session reads, so that no run can be as both say. Mostly a message was "
     "changed and the table was not: `wireproof record` writes it anew.",
     R"(## Session

```session
connect
send "Hello"
recv "Hello"
close
```

## Packets

| From   | To     | Info       | Len |
|--------|--------|------------|-----|
| client | server | [SYN]      |     |
| server | client | [SYN, ACK] |     |
| client | server | [ACK]      |     |
| client | server | [PSH, ACK] | 6   |
| server | client | [PSH, ACK] | 5   |
| client | server | [FIN, ACK] |     |
| server | client | [FIN, ACK] |     |
)",
     R"(## Session

```session
connect
send "Hello"
recv "Hello"
close
```

## Packets

| From   | To     | Info       | Len |
|--------|--------|------------|-----|
| client | server | [SYN]      |     |
| server | client | [SYN, ACK] |     |
| client | server | [ACK]      |     |
| client | server | [PSH, ACK] | 5   |
| server | client | [PSH, ACK] | 5   |
| client | server | [FIN, ACK] |     |
| server | client | [FIN, ACK] |     |
)"},
}};

}  // namespace

std::span<const ProblemPage> lint_pages() {
  return kLintPages;
}

}  // namespace wireproof
