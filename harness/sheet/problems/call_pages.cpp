#include <array>

#include "sheet/problems/page_areas.h"

namespace wireproof {
namespace {

using enum ExampleKind;

constexpr std::array<ProblemPage, 10> kCallPages{{
    {ProblemCode::unknown_call, "Unknown call, or none", sections,
     "A row of calls, and the columns Cause and Blocked, name a call of the socket interface: "
     "`accept`, `recv`, `send`, `close`, ... Each stands for its family, `recv` for any way of "
     "receiving; `exactly readv` is that one call. Names of a library's own functions are not "
     "known.",
     R"(## Calls: server

| Call    | Socket     |
|---------|------------|
| recieve | connection |
)",
     R"(## Calls: server

| Call | Socket     |
|------|------------|
| recv | connection |
)"},
    {ProblemCode::word_behind_call, "Something does not belong to the call", sections,
     "The column Call holds the name alone, with `exactly` before it or `()` behind it. What it is "
     "called with stands in the column Arguments.",
     R"(## Calls: server

| Call      | Socket   | Arguments |
|-----------|----------|-----------|
| listen(5) | listener |           |
)",
     R"(## Calls: server

| Call   | Socket   | Arguments |
|--------|----------|-----------|
| listen | listener | backlog=5 |
)"},
    {ProblemCode::missing_socket, "A row names no socket", sections,
     "Calls are compared socket by socket, so each row says whose it is: `listener`, `connection`, "
     "`udp`, or a client whose connection it is. Only `...`, `fork` and waits may leave it open.",
     R"(## Calls: server

| Call | Socket |
|------|--------|
| recv |        |
)",
     R"(## Calls: server

| Call | Socket     |
|------|------------|
| recv | connection |
)"},
    {ProblemCode::unknown_socket, "Unknown socket", sections,
     "The column Socket has `listener`, `connection`, `udp` or, for the calls of the server, an "
     "actor of the session.",
     R"(## Calls: server

| Call | Socket    |
|------|-----------|
| recv | conection |
)",
     R"(## Calls: server

| Call | Socket     |
|------|------------|
| recv | connection |
)"},
    {ProblemCode::mixed_sockets, "`connection` stands beside a client", sections,
     "`connection` is the connection of every client, and the table is matched for each of them. A "
     "row that names one client beside it would be about one of these and not about the others. "
     "Name the client in all rows, or in none.",
     R"(## Calls: server

| Call  | Socket     |
|-------|------------|
| recv  | connection |
| close | client     |
)",
     R"(## Calls: server

| Call  | Socket |
|-------|--------|
| recv  | client |
| close | client |
)"},
    {ProblemCode::call_argument, "Unknown argument of a call", sections,
     "Arguments are `backlog=`, `port=`, `address=`, options like `SO_REUSEADDR`, flags like "
     "`MSG_PEEK`, `SHUT_WR`, `returns=`, `error=` with a name out of errno, and `pending`. This is "
     "none of them, or its value is no number, range or name.",
     R"(## Calls: server

| Call   | Socket   | Arguments |
|--------|----------|-----------|
| listen | listener | queue=5   |
)",
     R"(## Calls: server

| Call   | Socket   | Arguments |
|--------|----------|-----------|
| listen | listener | backlog=5 |
)"},
    {ProblemCode::argument_of_other_call, "The call has no such argument", sections,
     "The argument exists, but for another call: `backlog` is one of `listen`, `SO_REUSEADDR` of "
     "`setsockopt`, `MSG_PEEK` of calls that send or receive. A row `...` has none at all.",
     R"(## Calls: server

| Call   | Socket   | Arguments |
|--------|----------|-----------|
| accept | listener | backlog=5 |
)",
     R"(## Calls: server

| Call   | Socket   | Arguments |
|--------|----------|-----------|
| listen | listener | backlog=5 |
)"},
    {ProblemCode::untaken_sockets, "A table of sockets and a step do not meet", sections,
     "The step `sockets \"NAME\"` takes the picture that `Sockets: NAME` is compared with. One is "
     "there without the other; mostly a name has a slip.",
     R"(## Session

```session
connect
sockets "open"
```

## Sockets: opened

| Local  | Remote | State       |
|--------|--------|-------------|
| server | client | ESTABLISHED |
| client | server | ESTABLISHED |
| server | *      | LISTEN      |
)",
     R"(## Session

```session
connect
sockets "open"
```

## Sockets: open

| Local  | Remote | State       |
|--------|--------|-------------|
| server | client | ESTABLISHED |
| client | server | ESTABLISHED |
| server | *      | LISTEN      |
)"},
    {ProblemCode::unknown_measure, "Unknown measure", sections,
     "A measure is one of `reply time`, `retransmissions`, `packets`, `server cpu`, `server "
     "descriptors`, `server threads` and `server memory`.",
     R"(## Measures

| Measure       | Expected |
|---------------|----------|
| response time | < 100ms  |
)",
     R"(## Measures

| Measure    | Expected |
|------------|----------|
| reply time | < 100ms  |
)"},
    {ProblemCode::measure_value, "A measure cannot have this value", sections,
     "Expected is `< A`, `<= A`, `> A`, `>= A`, `= A`, `A..B` or `A`, in the measure's unit: a "
     "time with `ms` or `s`, a share with `%`, memory with kB, MB or GB, a number, and `+A` for "
     "what grows.",
     R"(## Measures

| Measure    | Expected |
|------------|----------|
| reply time | fast     |
)",
     R"(## Measures

| Measure    | Expected |
|------------|----------|
| reply time | < 100ms  |
)"},
}};

}  // namespace

std::span<const ProblemPage> call_pages() {
  return kCallPages;
}

}  // namespace wireproof
