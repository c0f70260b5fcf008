#include <array>

#include "sheet/problems/page_areas.h"

namespace wireproof {
namespace {

using enum ExampleKind;

constexpr std::array<ProblemPage, 18> kMessagePages{{
    {ProblemCode::open_quote, "A quote is not closed", session,
     "A text begins with `\"` and ends with `\"` on the same line. A quote inside is written "
     "`\\\"`, a backslash `\\\\`.",
     R"(connect
send "Hello
recv "Hello"
)",
     R"(connect
send "Hello"
recv "Hello"
)"},
    {ProblemCode::unknown_escape, "Unknown escape", session,
     "In a text a backslash begins one of `\\n \\r \\t \\0 \\\\ \\\"` or `\\xHH` with two hex "
     "digits. Any other is refused; a backslash that means itself is written twice.",
     R"(connect
send "C:\data"
recv "Hello"
)",
     R"(connect
send "C:\\data"
recv "Hello"
)"},
    {ProblemCode::unknown_part, "This is no part of a message", session,
     "A message consists of texts in quotes, `hex 01 ff`, `3 * \"text\"`, `file \"NAME\"`, `random "
     "N bytes seed M`, a text in an encoding (`latin1 \"x\"`), `http …`, layouts with their "
     "fields, "
     "and `$name`. What stands at the place shown is none of these, or nothing stands there.",
     R"(connect
send Hello
recv "Hello"
)",
     R"(connect
send "Hello"
recv "Hello"
)"},
    {ProblemCode::hex_digits, "Hex digits are missing", session,
     "Behind `hex` stand bytes of two hex digits each, with or without blanks between them; no "
     "`0x`, no comma. In a layout's column Value the same holds.",
     R"(connect
send hex 0x01,0xff
recv "Hello"
)",
     R"(connect
send hex 01 ff
recv "Hello"
)"},
    {ProblemCode::unreadable_file, "A file cannot be read", session,
     "`file \"NAME\"` puts all of a file into the message. Its path begins in the folder of the "
     "sheet; the file must be there, and has at most 64 MiB.",
     R"(connect
send file page.html
recv eof
)",
     R"(connect
send file "page.html"
recv eof
)"},
    {ProblemCode::too_many_bytes, "A message asks for too many bytes", sections,
     "Files and random bytes of one sheet have an upper limit together, a list and a field's text "
     "have one each. The message says how much is left or allowed.",
     R"(## Layout: request

| Field | Type |
|-------|------|
| name  | text |

## Session

```session
connect
send request name=6000000 * "anna"
recv 4 bytes
```
)",
     R"(## Layout: request

| Field | Type |
|-------|------|
| name  | text |

## Session

```session
connect
send request name=60 * "anna"
recv 4 bytes
```
)"},
    {ProblemCode::random_bytes, "Random bytes lack their size or seed", session,
     "`random 1000 bytes seed 7` are bytes that look random and are the same in each run. Size, "
     "the word `bytes` and the seed are needed.",
     R"(connect
send random 1000
recv eof
)",
     R"(connect
send random 1000 bytes seed 7
recv eof
)"},
    {ProblemCode::unencodable_text, "A text cannot be written in this encoding", session,
     "The encoding has no such character, or the text has a name that is known only in a run "
     "(`{n}`, `{i}`, `{host}`, `{port}`), too late to encode it. Choose another encoding, or write "
     "the bytes with `hex`.",
     R"(connect
send latin1 "5 €"
recv eof
)",
     R"(connect
send latin9 "5 €"
recv eof
)"},
    {ProblemCode::missing_variable, "A name is missing behind `$` or `?`", session,
     "`$name` stands for what was remembered by `field=?name`. A `?` alone, with a blank behind "
     "it, is anything.",
     R"(connect
send $ "Hello"
recv "Hello"
)",
     R"(connect
send "Hello"
recv "Hello"
)"},
    {ProblemCode::layout_without_holder, "A layout depends on one that holds it", sections,
     "A type of this layout names a field that stands in the layout around it: a count, a "
     "condition or a choice. Alone it cannot be written or read. Name the layout that holds it in "
     "the message.",
     R"(## Layout: body

| Field   | Type     |
|---------|----------|
| numbers | i32[n]   |

## Layout: request

| Field | Type |
|-------|------|
| n     | u8   |
| body  | body |

## Session

```session
connect
send body numbers=[1, 2]
recv eof
```
)",
     R"(## Layout: body

| Field   | Type     |
|---------|----------|
| numbers | i32[n]   |

## Layout: request

| Field | Type |
|-------|------|
| n     | u8   |
| body  | body |

## Session

```session
connect
send request n=2 numbers=[1, 2]
recv eof
```
)"},
    {ProblemCode::unknown_message_field, "The layout has no such field, or several", sections,
     "A field of a message is written by its name, or by its path (`body.id`) where two have that "
     "name. The layout has none of it, or more than one. Fields of an array of layouts have an "
     "index: `questions[0].type`.",
     R"(## Layout: request

| Field | Type |
|-------|------|
| id    | u32  |

## Session

```session
connect
send request number=7
recv eof
```
)",
     R"(## Layout: request

| Field | Type |
|-------|------|
| id    | u32  |

## Session

```session
connect
send request id=7
recv eof
```
)"},
    {ProblemCode::repeated_argument, "A field of the message is given twice", sections,
     "Each field has one value in a message. Two names may mean the same one, by its name and by "
     "its path.",
     R"(## Layout: request

| Field | Type |
|-------|------|
| id    | u32  |

## Session

```session
connect
send request id=7 id=8
recv eof
```
)",
     R"(## Layout: request

| Field | Type |
|-------|------|
| id    | u32  |

## Session

```session
connect
send request id=7 request id=8
recv eof
```
)"},
    {ProblemCode::open_list, "A list is not closed", sections,
     "The values of an array stand between `[` and `]`, with commas between them, on one line.",
     R"(## Layout: request

| Field   | Type   |
|---------|--------|
| numbers | i32[3] |

## Session

```session
connect
send request numbers=[1, 2, 3
recv eof
```
)",
     R"(## Layout: request

| Field   | Type   |
|---------|--------|
| numbers | i32[3] |

## Session

```session
connect
send request numbers=[1, 2, 3]
recv eof
```
)"},
    {ProblemCode::missing_value, "A field's value is missing, or is none", sections,
     "Behind `field=` stands a number, a name of the field's values, a text in quotes, a list `[1, "
     "2]`, `$name`, and in `recv` also `?` or `?name`. A text without quotes is none of them.",
     R"(## Layout: request

| Field | Type    |
|-------|---------|
| name  | text[4] |

## Session

```session
connect
send request name=anna
recv eof
```
)",
     R"(## Layout: request

| Field | Type    |
|-------|---------|
| name  | text[4] |

## Session

```session
connect
send request name="anna"
recv eof
```
)"},
    {ProblemCode::unknown_bytes_sent, "What is sent must be known", sections,
     "`?` takes whatever comes, so it is for `recv` and for tables. In `send` leave the field out: "
     "it is then zero, empty, or the first value that its rule allows.",
     R"(## Layout: request

| Field | Type |
|-------|------|
| id    | u32  |

## Session

```session
connect
send request id=?
recv eof
```
)",
     R"(## Layout: request

| Field | Type |
|-------|------|
| id    | u32  |

## Session

```session
connect
send request
recv eof
```
)"},
    {ProblemCode::unencodable_message, "The message cannot be written by its layout", sections,
     "The layout does not allow these values: a number that its type cannot hold, a text of "
     "another length, a list with more values than the count, a field whose condition does not "
     "hold. The message says which. To send wrong bytes on purpose write them with `hex`.",
     R"(## Layout: request

| Field | Type |
|-------|------|
| op    | u8   |

## Session

```session
connect
send request op=256
recv eof
```
)",
     R"(## Layout: request

| Field | Type |
|-------|------|
| op    | u8   |

## Session

```session
connect
send request op=255
recv eof
```
)"},
    {ProblemCode::http_start, "A message of HTTP has no start line", session,
     "Behind `http` stands what the start line says: a method and a target (`http GET \"/\"`), or "
     "a status (`http 200`; where it is received also `http 4xx` and `http ?`). Fields follow as "
     "`content-type=\"text/html\"`, with `version`, `reason` and `body` beside those of the header "
     "section; each has one value.",
     R"(connect
send http "/index.html"
recv http 200
)",
     R"(connect
send http GET "/index.html"
recv http 200
)"},
    {ProblemCode::alike_messages, "One of several messages is the beginning of another", session,
     "`recv \"a\" or \"ab\"` cannot be judged: where TCP cuts the second between its bytes, the "
     "first has come. Say it so that they differ, or with a regular expression.",
     R"(connect
recv "yes" or "yes, please"
)",
     R"(connect
recv "yes\n" or "yes, please\n"
)"},
}};

}  // namespace

std::span<const ProblemPage> message_pages() {
  return kMessagePages;
}

}  // namespace wireproof
