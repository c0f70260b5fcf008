#include <array>

#include "sheet/problems/page_areas.h"

namespace wireproof {
namespace {

using enum ExampleKind;

constexpr std::array<ProblemPage, 15> kFilePages{{
    {ProblemCode::file_too_large, "The file is too large", sheet,
     "A sheet has at most 1 MiB, also after `wireproof fmt` has aligned its tables. Most often a "
     "capture or a page of a book has got into it. Split it into several sheets, or put long "
     "messages into files: `send file \"page.html\"`. Tables with thousands of columns have too "
     "many cells.",
     "", ""},
    {ProblemCode::no_text, "The file is no UTF-8 text", sheet,
     "A sheet is Markdown in UTF-8. This file holds a NUL byte or bytes that are no UTF-8 at the "
     "place shown: it is in another encoding (UTF-16, Latin-1), or no text at all. Save it as "
     "UTF-8. Bytes of a message are written as `hex ff 00` or `\"\\xff\\0\"`.",
     "", ""},
    {ProblemCode::open_front_matter, "The front matter has no end", sheet,
     "The front matter stands between two lines of `---` at the very top of the sheet. The first "
     "is there, the second is not, so that the whole sheet would be front matter. Write a line of "
     "`---`, without blanks, below the last key.",
     R"(---
server: echo-text

# Greeting
)",
     R"(---
server: echo-text
---

# Greeting

## Session

```session
connect
send "Hello"
recv "Hello"
```
)"},
    {ProblemCode::no_yaml, "The front matter is no YAML", front_matter,
     "The front matter is YAML: a line `key: value` for each key. The library that reads it "
     "stopped at the place shown; often a bracket or a quote is not closed, a colon has no blank "
     "behind it, or a value with a colon needs quotes.",
     R"(server: echo-text
tags: [echo, first
)",
     R"(server: echo-text
tags: [echo, first]
)"},
    {ProblemCode::wrong_shape, "A key has a value of another shape", front_matter,
     "Keys have one text, a list (`[a, b]`) or entries (`{name: value}`). Here is one of these in "
     "the place of another, or a value is missing. The table of the front matter in docs/sheet.md "
     "shows each key's shape.",
     R"(server: echo-text
network: 1500
)",
     R"(server: echo-text
network: { mtu: 1500 }
)"},
    {ProblemCode::unknown_key, "Unknown key in the front matter", front_matter,
     "The front matter has keys of its own, and none with this name: a key that is not known would "
     "silently do nothing. Mostly it is a slip, and the message names the nearest. What the sheet "
     "itself wants to name belongs below `parameters`.",
     R"(server: echo-text
timout: 5s
)",
     R"(server: echo-text
timeout: 5s
)"},
    {ProblemCode::repeated_key, "A key of the front matter is given twice", front_matter,
     "Each key stands once. Of two it would be open which counts, so the sheet is refused. Remove "
     "one; "
     "what belongs together stands in one list.",
     R"(server: echo-text
tags: [echo]
tags: [first]
)",
     R"(server: echo-text
tags: [echo, first]
)"},
    {ProblemCode::unknown_word, "A key has none of its values", front_matter,
     "This key takes one of a few words, and the one given is none of them. The message names the "
     "nearest or all of them.",
     R"(server: echo-text
match: segment
)",
     R"(server: echo-text
match: segments
)"},
    {ProblemCode::value_out_of_range, "A number or time of the front matter is none", front_matter,
     "`port` is 1 to 65535 or `any`, `mtu` 576 to 65536 bytes, `points` a number from 0 on, "
     "`timeout` and `start_within` a duration with its unit: `500ms`, `2s`. One without is "
     "refused, since nobody can tell what was meant. In `network`, `delay` is a duration up to "
     "`1m`, `rate` is 1 kbit/s to 100 Gbit/s, `queue` 1 to 100,000 packets, `loss` a share like "
     "`5%` or `5% seed 7`.",
     R"(server: echo-text
timeout: 2
)",
     R"(server: echo-text
timeout: 2s
)"},
    {ProblemCode::reserved_parameter, "A parameter has a name that the session needs", front_matter,
     "`{n}` is the client's number and `{i}` the turn of a repeat. A parameter of that name would "
     "hide them. Give it another name.",
     R"(server: echo-text
parameters: { n: "3" }
)",
     R"(server: echo-text
parameters: { count: "3" }
)"},
    {ProblemCode::unknown_parameter, "Unknown parameter", sheet,
     "A name in braces is filled in from `parameters` in the front matter, and none has this name. "
     "Declare it there, or mend the slip. `{host}`, `{port}`, `{n}` and `{i}` are known in the "
     "texts of a session without being declared.",
     R"(---
server: echo-text
---

# Greeting

## Session

```session
connect
send "Hello"
recv "{prefix}Hello"
```
)",
     R"(---
server: echo-text
parameters: { prefix: "ECHO: " }
---

# Greeting

## Session

```session
connect
send "Hello"
recv "{prefix}Hello"
```
)"},
    {ProblemCode::no_server, "The sheet has no server", front_matter,
     "A sheet says what is to be started: `server: NAME` (`wireproof servers` lists them, a folder "
     "with a server.yaml is one too), or `command: ...` with `port`. Without either an actor of "
     "the session must listen, and a step `server: ...` is for nobody.",
     R"(tags: [first]
)",
     R"(server: echo-text
tags: [first]
)"},
    {ProblemCode::nothing_checked, "The sheet checks nothing", sheet,
     "A sheet that can only pass is most likely unfinished, or its checks are prose by accident. "
     "It needs a section Packets, Sockets, Measures or Calls, or a session that expects something: "
     "`recv`, `refused`, `prints`, `exits`.",
     R"(---
server: echo-text
---

# Greeting

## Session

```session
connect
send "Hello"
close
```
)",
     R"(---
server: echo-text
---

# Greeting

## Session

```session
connect
send "Hello"
recv "Hello"
close
```
)"},
    {ProblemCode::unknown_server, "Unknown server", front_matter,
     "`server` names a reference server, or a folder with a server.yaml, from where the sheet is "
     "or below the scenarios. There is none of that name; `wireproof servers` lists all.",
     R"(server: ekko-text
)",
     R"(server: echo-text
)"},
    {ProblemCode::server_differs, "The server has no such setting", front_matter,
     "The sheet asks of its server what that one does not have: a transport it does not speak, a "
     "value or a form that is none of a parameter's. `wireproof servers NAME` shows its parameters "
     "and their values.",
     R"(server: echo-text
parameters: { serve: quickly }
)",
     R"(server: echo-text
parameters: { serve: threads }
)"},
}};

}  // namespace

std::span<const ProblemPage> file_pages() {
  return kFilePages;
}

}  // namespace wireproof
