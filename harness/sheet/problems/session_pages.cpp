#include <array>

#include "sheet/problems/page_areas.h"

namespace wireproof {
namespace {

using enum ExampleKind;

constexpr std::array<ProblemPage, 27> kSessionPages{{
    {ProblemCode::session_without_steps, "The session has no steps", sections,
     "The section Session has no fence of the language `session`, or nothing but comments in it. "
     "Steps stand between three backticks with the word `session` behind them and three backticks.",
     R"(## Session

    connect
    recv "Hello"
)",
     R"(## Session

```session
connect
recv "Hello"
```
)"},
    {ProblemCode::second_session, "There is another session", sections,
     "A sheet plays one session; its steps stand in one fence. Put the second into a sheet of its "
     "own, or join them: several clients can be in one session.",
     R"(## Session

```session
connect
recv "Hello"
```

```session
close
```
)",
     R"(## Session

```session
connect
recv "Hello"
close
```
)"},
    {ProblemCode::unknown_step, "Unknown step", session,
     "A line of a session begins with a step (`connect`, `send`, `recv`, ...), with an actor and a "
     "colon before it where there are several. This word is none; docs/sheet.md has the table of "
     "steps. A comment begins with `#`.",
     R"(connect
write "Hello"
recv "Hello"
)",
     R"(connect
send "Hello"
recv "Hello"
)"},
    {ProblemCode::clients_line, "`clients` is not as it has to be", session,
     "`clients 20` declares the actors `c1` to `c20` and the group `each`. It stands once, before "
     "all steps, with a number alone behind it.",
     R"(connect
clients 20
)",
     R"(clients 20
each: connect
each: recv "Hello"
)"},
    {ProblemCode::repeat_line, "A repeat is not as it has to be", session,
     "`repeat N {` begins what is played N times, and a line of `}` ends it. The number is "
     "missing, or a brace, or there is one too many, or something stands behind the `}`.",
     R"(connect
repeat {
  send "ping"
  recv "pong"
}
)",
     R"(connect
repeat 3 {
  send "ping"
  recv "pong"
}
)"},
    {ProblemCode::empty_repeat, "A repeat has no steps", session,
     "Between `repeat N {` and `}` stands nothing but comments, or steps that were not understood. "
     "Put in what is to be repeated, or remove the repeat.",
     R"(connect
repeat 3 {
}
recv "pong"
)",
     R"(connect
repeat 3 {
  send "ping"
  recv "pong"
}
)"},
    {ProblemCode::too_many_steps, "The session has too many steps", session,
     "There are limits to the lines of a session, to how deep repeats stand in each other and to "
     "how many steps are played in all (1,000,000, each repetition counted). The place shown is "
     "the one that is too much.",
     R"(connect
repeat 100000 {
  repeat 100000 {
    send "a"
  }
}
)",
     R"(connect
repeat 100 {
  repeat 100 {
    send "a"
  }
}
)"},
    {ProblemCode::unknown_server_action, "The server cannot be asked for this", session,
     "Steps of the actor `server` are about the program that is judged: `restart`, `stop`, `alive` "
     "and `idle`, alone on their line. A server that a sheet plays itself has another name, and "
     "listens: `origin: listen 8080`.",
     R"(connect
server: close
recv eof
)",
     R"(connect
server: stop
recv eof
)"},
    {ProblemCode::step_as_actor, "An actor has the name of a step", session,
     "The word before the colon is the actor, and one that is called as a step would make lines "
     "ambiguous to read. Give it another name.",
     R"(send: connect
send: recv "Hello"
)",
     R"(sender: connect
sender: recv "Hello"
)"},
    {ProblemCode::group_without_clients, "The group has no clients", session,
     "`each` is the group of the clients that `clients N` declares. Without that line nobody is in "
     "it.",
     R"(each: connect
each: recv "Hello"
)",
     R"(clients 20
each: connect
each: recv "Hello"
)"},
    {ProblemCode::address_or_port, "An address, a port or an actor is missing", session,
     "`connect from` needs HOST:PORT, as `127.0.0.1:50000`; `listen` a port from 1 to 65535; "
     "`accept from` the actor that listens.",
     R"(connect from 50000
recv "Hello"
)",
     R"(connect from 127.0.0.1:50000
recv "Hello"
)"},
    {ProblemCode::send_option, "Unknown option of send", session,
     "Behind the message of `send` may stand `in pieces of N`, with `every D`, `split after "
     "FIELD`, `nodelay`, `partly` and `within D`. What stands there is none of these, or lacks its "
     "number.",
     R"(connect
send "Hello" in pieces every 5ms
recv "Hello"
)",
     R"(connect
send "Hello" in pieces of 1 every 5ms
recv "Hello"
)"},
    {ProblemCode::split_field, "The message has no such field to split after", sections,
     "`split after FIELD` makes a send call of its own up to each field named, so the message "
     "needs a layout with fields of these names.",
     R"(## Layout: request

| Field | Type    |
|-------|---------|
| id    | u32     |
| name  | text[4] |

## Session

```session
connect
send request id=1 name="anna" split after number
recv 8 bytes
```
)",
     R"(## Layout: request

| Field | Type    |
|-------|---------|
| id    | u32     |
| name  | text[4] |

## Session

```session
connect
send request id=1 name="anna" split after id
recv 8 bytes
```
)"},
    {ProblemCode::number_out_of_range, "A number of a step is missing or too great", session,
     "`recv N bytes` reads at least one byte and has an upper limit, which the message says. "
     "`exits` takes the code of a program, 0 to 255, or nothing for any.",
     R"(connect
recv 0 bytes
)",
     R"(connect
recv 1 bytes
)"},
    {ProblemCode::duration, "A duration is missing or has no unit", session,
     "Times carry their unit: `200us`, `500ms`, `2s`, `1m`. `wait`, `within`, `every` and `recv "
     "nothing for` need one.",
     R"(connect
wait 100
recv "Hello"
)",
     R"(connect
wait 100ms
recv "Hello"
)"},
    {ProblemCode::step_text, "A step needs a text in quotes", session,
     "`run`, `type`, `prints`, `note`, `sockets` and `recv until` have a text in quotes behind "
     "them. That of `recv until` must not be empty, since nothing would end the message.",
     R"(connect
note the first question
recv "Hello"
)",
     R"(connect
note "the first question"
recv "Hello"
)"},
    {ProblemCode::word_behind_step, "Something does not belong to the step", session,
     "The step is complete before the place shown. Often two steps stand in one line, a text is "
     "not in quotes, or a comment lacks its `#` with a blank before it.",
     R"(connect
recv eof and nothing more
)",
     R"(connect
recv eof   # and nothing more
)"},
    {ProblemCode::regular_expression, "No regular expression", session,
     "Between the slashes of `recv /.../` and `prints /.../` stands an expression in RE2's syntax: "
     "Perl's, without backreferences and lookaround. A slash in it is written `\\/`, and what "
     "means itself needs a backslash: `\\(`, `\\[`, `\\.`.",
     R"(connect
recv /(Hello/
)",
     R"(connect
recv /\(Hello/
)"},
    {ProblemCode::not_connected, "The actor is not connected", session,
     "This step needs a connection, and the actor has none at this place: `connect` comes first, "
     "of an actor that listens `accept`, and after `close` and `abort` its connection is gone. "
     "Perhaps another actor was meant: a step without a colon is that of `client`.",
     R"(alice: connect
send "Hello"
alice: recv "Hello"
)",
     R"(alice: connect
alice: send "Hello"
alice: recv "Hello"
)"},
    {ProblemCode::no_program, "The actor is no program", session,
     "`type`, `prints` and `exits` are for an actor that a step `run \"COMMAND\"` has started. A "
     "client that wireproof plays itself sends and receives.",
     R"(bash: prints "Hello\n"
)",
     R"(bash: run "echo Hello"
bash: prints "Hello\n"
)"},
    {ProblemCode::both_parts, "An actor cannot play both parts", session,
     "An actor that listens plays the server's part; it does not connect, and is no program. A "
     "group cannot listen, since a port has one listener. Give the other part to another actor.",
     R"(origin: listen 8080
origin: connect
origin: recv "Hello"
)",
     R"(origin: listen 8080
curl: connect
curl: recv "Hello"
)"},
    {ProblemCode::second_listener, "The port has a listener, or the actor a port", session,
     "An actor listens on one port, once, and a port has one listener. A further connection of the "
     "same port is taken with `accept from NAME`.",
     R"(origin: listen 8080
second: listen 8080
)",
     R"(origin: listen 8080
second: accept from origin
)"},
    {ProblemCode::not_listening, "The actor does not listen", session,
     "`accept` and `refuse` are for an actor that has said `listen PORT` before; `accept from "
     "NAME` needs that of NAME. `refuse` comes in the place of `accept`: a connection that was "
     "accepted can no longer be refused.",
     R"(origin: accept
origin: recv "Hello"
)",
     R"(origin: listen 8080
origin: accept
origin: recv "Hello"
)"},
    {ProblemCode::unknown_variable, "Nothing was remembered by this name", sections,
     "`$NAME` stands for what an earlier `recv` has remembered by `field=?NAME`. No step before "
     "this one does.",
     R"(## Layout: request

| Field | Type |
|-------|------|
| id    | u32  |

## Session

```session
connect
recv request id=?first
send request id=$frist
```
)",
     R"(## Layout: request

| Field | Type |
|-------|------|
| id    | u32  |

## Session

```session
connect
recv request id=?first
send request id=$first
```
)"},
    {ProblemCode::another_port, "This message cannot come from another port", sheet,
     "With UDP a server may answer from another port than the one that was asked, as those of TFTP "
     "do (RFC 1350 §4): `recv MESSAGE from another port` demands it, and what the client sends "
     "from "
     "there on goes to that port. An actor that listens answers so by `send MESSAGE from another "
     "port`. A connection of TCP has one port, and so has a client.",
     R"(---
command: python3 tftp.py {port}
transport: udp
---
# Ask for a file

## Session

```session
connect
send hex 00 01 "hello.txt\0octet\0" from another port
recv hex 00 03 00 01 "hello"
```
)",
     R"(---
command: python3 tftp.py {port}
transport: udp
---
# Ask for a file

## Session

```session
connect
send hex 00 01 "hello.txt\0octet\0"
recv hex 00 03 00 01 "hello" from another port
```
)"},
    {ProblemCode::socket_option, "This is no option of a client's socket", session,
     "Behind `connect` may stand options of the socket, each with a number: SO_RCVBUF and "
     "SO_SNDBUF "
     "for the bytes of its buffers (socket(7)). UDP has no others. TCP_MAXSEG is the most that is "
     "in "
     "a segment of either direction, TCP_NODELAY=1 sends small segments at once, SO_KEEPALIVE=1 "
     "asks "
     "a silent peer, after TCP_KEEPIDLE seconds, every TCP_KEEPINTVL seconds, TCP_KEEPCNT times "
     "(tcp(7)).",
     R"(connect SO_RCVBUF=small
recv "Hello"
)",
     R"(connect SO_RCVBUF=4096
recv "Hello"
)"},
    {ProblemCode::not_one_connection, "The sheet is not about one connection", session,
     "`check --all` holds each connection of a capture against the sheet, so the sheet has to be "
     "about one: one client that connects once, over TCP, and no actor that listens. A session of "
     "several connections, or of datagrams, is judged as a whole, without `--all`; what its "
     "connections have in common can stand in a sheet of one of them.",
     "", ""},
}};

}  // namespace

std::span<const ProblemPage> session_pages() {
  return kSessionPages;
}

}  // namespace wireproof
