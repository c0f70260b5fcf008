#include <array>

#include "sheet/problems/page_areas.h"

namespace wireproof {
namespace {

using enum ExampleKind;

constexpr std::array<ProblemPage, 15> kSectionPages{{
    {ProblemCode::unknown_section, "Unknown section", sections,
     "A heading looks like one that wireproof reads, but is written in another way, so that what "
     "stands below would be prose and check nothing. Write it as the message says. A heading of "
     "prose needs other words.",
     R"(## Mesures

Numbers of this run.
)",
     R"(## Measures

| Measure | Expected |
|---------|----------|
| packets | 7..20    |
)"},
    {ProblemCode::section_name, "A section's name is missing, or is one too many", sections,
     "`Layout: NAME` and `Sockets: NAME` are used by their names and need one. `Packets` and "
     "`Calls` may have that of an actor behind a colon. `Session`, `Measures` and `Path` have "
     "none.",
     R"(## Layout

| Field | Type |
|-------|------|
| id    | u32  |
)",
     R"(## Layout: request

| Field | Type |
|-------|------|
| id    | u32  |
)"},
    {ProblemCode::unknown_column, "Unknown column", sections,
     "Columns are found by their names, and one with a name of its own is prose. This one is so "
     "near to a known name that it looks like a slip: what stands in it would not be checked. "
     "Write it as the message says, or give it a name that is less alike.",
     R"(## Packets

| From   | To     | Info  | Payloat |
|--------|--------|-------|---------|
| client | server | [SYN] |         |
|        |        | ...   |         |
)",
     R"(## Packets

| From   | To     | Info  | Payload |
|--------|--------|-------|---------|
| client | server | [SYN] |         |
|        |        | ...   |         |
)"},
    {ProblemCode::repeated_column, "A column is there twice", sections,
     "Two headings of a table mean the same column, perhaps by two of its names, as `From` and "
     "`Source`. It would be open which is compared. Remove one, or rename it to something that is "
     "prose.",
     R"(## Measures

| Measure | Expected | Expected |
|---------|----------|----------|
| packets | 7..20    | 9        |
)",
     R"(## Measures

| Measure | Expected | Last time |
|---------|----------|-----------|
| packets | 7..20    | 9         |
)"},
    {ProblemCode::missing_column, "A column is missing", sections,
     "Each kind of table has columns without which its rows say nothing: From, To and Info for "
     "packets, Field and Type for layouts. Other names that are accepted stand in docs/sheet.md.",
     R"(## Packets

| From   | Info  |
|--------|-------|
| client | [SYN] |
)",
     R"(## Packets

| From   | To     | Info  |
|--------|--------|-------|
| client | server | [SYN] |
|        |        | ...   |
)"},
    {ProblemCode::section_without_table, "A section has no table", sections,
     "The heading announces a check, but no table with the columns of this section follows. Write "
     "the table, or give the heading other words. `wireproof record` writes the packets of a run "
     "below `## Packets`.",
     R"(## Measures

At most twenty packets.
)",
     R"(## Measures

| Measure | Expected |
|---------|----------|
| packets | 0..20    |
)"},
    {ProblemCode::second_table, "A table is there twice", sections,
     "There is one table for each section, and one section for each client, picture of sockets or "
     "traced program, and one `Path`. A second one would be compared with the same packets, "
     "sockets "
     "or calls. Put the rows into one table, or name the sections by different actors.",
     R"(## Calls: server

| Call   | Socket   |
|--------|----------|
| listen | listener |
| ...    |          |

## Calls: server

| Call   | Socket     |
|--------|------------|
| accept | connection |
| ...    |            |
)",
     R"(## Calls: server

| Call   | Socket     |
|--------|------------|
| listen | listener   |
| ...    | listener   |
| accept | connection |
| ...    |            |
)"},
    {ProblemCode::stray_check, "A table or a fence stands in no section that reads it", sections,
     "This table has the columns of a check, or this fence holds a session or a layout, but the "
     "heading above is another, so that it would be prose and check nothing. Put it below its own "
     "heading. An example that is not meant to be read has another language behind its backticks.",
     R"(## What to expect

| Measure | Expected |
|---------|----------|
| packets | 7..20    |
)",
     R"(## Measures

| Measure | Expected |
|---------|----------|
| packets | 7..20    |
)"},
    {ProblemCode::table_without_rows, "A table has no rows", sections,
     "The heading of the table is there, but nothing below it. Where no packets or calls are to be "
     "compared the section can go; a row `...` stands for any.",
     R"(## Packets

| From   | To     | Info  |
|--------|--------|-------|
)",
     R"(## Packets

| From   | To     | Info  |
|--------|--------|-------|
|        |        | ...   |
)"},
    {ProblemCode::too_many_rows, "A table has too many rows", sections,
     "A table of packets has at most 10,000 rows, one of calls or of a path 1,000. Rows of data in "
     "one "
     "direction can be one row with the sum of their bytes, and `...` stands for any number of "
     "packets or calls.",
     "", ""},
    {ProblemCode::line_below_table, "A line is part of the table above", sections,
     "Markdown takes each line right below a table for a row of it. What was meant as prose has "
     "become a row without cells; or a row lacks its first cell. Put an empty line between table "
     "and text.",
     R"(## Packets

| From   | To     | Info  |
|--------|--------|-------|
| client | server | [SYN] |
|        |        | ...   |
The client begins.
)",
     R"(## Packets

| From   | To     | Info  |
|--------|--------|-------|
| client | server | [SYN] |
|        |        | ...   |

The client begins.
)"},
    {ProblemCode::unknown_condition, "A cell of the column If is no condition", sheet,
     "A row is there only where the sheet's parameters have the values named: `framing=length`, "
     "`framing!=none`, several with commas between them. What stands here is none, or names a "
     "parameter that the sheet does not have.",
     R"(---
server: echo-text
---

# Greeting

## Packets

| From   | To     | Info       | If           |
|--------|--------|------------|--------------|
| client | server | [SYN]      | serve: slow  |
|        |        | ...        |              |
)",
     R"(---
server: echo-text
parameters: { serve: threads }
---

# Greeting

## Packets

| From   | To     | Info       | If            |
|--------|--------|------------|---------------|
| client | server | [SYN]      | serve=threads |
|        |        | ...        |               |
)"},
    {ProblemCode::unknown_cell_value, "A cell has none of the values of its column", sections,
     "Some columns take one of a few words or a number: Level (`must`, `should`, `info`), Points "
     "(a number from 0 on), Side (`client`, `server`), Order (`any`), Fate (`lost`, `late`, "
     "`twice`, "
     "`corrupted`, `cut`, `arrived`), Process (`parent`, `child`), State (the states of TCP as "
     "`ss` "
     "names them) and Count. An empty cell leaves it open.",
     R"(## Measures

| Measure | Expected | Level    |
|---------|----------|----------|
| packets | 7..20    | optional |
)",
     R"(## Measures

| Measure | Expected | Level  |
|---------|----------|--------|
| packets | 7..20    | should |
)"},
    {ProblemCode::table_of_nobody, "A table is about an actor that the session does not have",
     sections,
     "`Packets: NAME` and `Calls: NAME` are about the actor of that name, and no step of the "
     "session is its. Mend the name, or let the actor do something. `Packets: each` needs `clients "
     "N` in the session.",
     R"(## Packets: alicia

| From   | To     | Info |
|--------|--------|------|
| alicia | server | ...  |

## Session

```session
alice: connect
alice: send "Hello"
alice: recv "Hello"
```
)",
     R"(## Packets: alice

| From   | To     | Info |
|--------|--------|------|
| alice  | server | ...  |

## Session

```session
alice: connect
alice: send "Hello"
alice: recv "Hello"
```
)"},
    {ProblemCode::unalignable_table, "A table cannot be aligned", sections,
     "`wireproof fmt` writes a table only if it means the same afterwards and does not become too "
     "large. This one would be another table, or a cell is so long that all rows would grow by it. "
     "Write it with a bar at both ends of each line, or move the long text out of it.",
     "", ""},
}};

}  // namespace

std::span<const ProblemPage> section_pages() {
  return kSectionPages;
}

}  // namespace wireproof
