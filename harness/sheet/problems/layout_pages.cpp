#include <array>

#include "sheet/problems/page_areas.h"

namespace wireproof {
namespace {

using enum ExampleKind;

constexpr std::array<ProblemPage, 15> kLayoutPages{{
    {ProblemCode::repeated_layout, "There is another layout of this name", sections,
     "Layouts are named in messages and types, so a name is given once. Rename one of them.",
     R"(## Layout: request

| Field | Type |
|-------|------|
| id    | u32  |

## Layout: request

| Field | Type |
|-------|------|
| name  | text |
)",
     R"(## Layout: request

| Field | Type |
|-------|------|
| id    | u32  |

## Layout: reply

| Field | Type |
|-------|------|
| name  | text |
)"},
    {ProblemCode::layout_without_fields, "The layout has no fields", sections,
     "Below `Layout: NAME` stands a table with the columns Field and Type, or a fence of the "
     "language `layout`. Neither is there, or the table is empty.",
     R"(## Layout: request

A number of 32 bits.
)",
     R"(## Layout: request

| Field | Type |
|-------|------|
| id    | u32  |
)"},
    {ProblemCode::layout_limit, "A layout has too much of something", sections,
     "Fields of a layout, names of a type's values, cases of a choice, choices in each other and "
     "elements of an array have upper limits, which the message says. They are far above what "
     "protocols have, and keep reading a sheet quick.",
     R"(## Layout: request

| Field | Type               |
|-------|--------------------|
| data  | bytes[99999999999] |
)",
     R"(## Layout: request

| Field | Type        |
|-------|-------------|
| data  | bytes[1000] |
)"},
    {ProblemCode::field_name, "This is no name of a field", sections,
     "A field's name is one word of letters, digits, `_` and `-`, since messages write it before "
     "an `=` and in paths with dots.",
     R"(## Layout: request

| Field      | Type |
|------------|------|
| request id | u32  |
)",
     R"(## Layout: request

| Field      | Type |
|------------|------|
| request_id | u32  |
)"},
    {ProblemCode::repeated_field, "A field is there twice", sections,
     "Two fields of a layout have the same name, so that a message could not say which it means. "
     "Rename one; in a layout of its own a field may have the name again.",
     R"(## Layout: request

| Field | Type |
|-------|------|
| id    | u32  |
| id    | u16  |
)",
     R"(## Layout: request

| Field | Type |
|-------|------|
| id    | u32  |
| part  | u16  |
)"},
    {ProblemCode::struct_line, "The fence of a layout is not as it has to be", sections,
     "A fence of the language `layout` holds one line: the word `struct`, a format of Python's "
     "module struct in quotes, and behind a colon the names of the fields. For more than that "
     "there are tables.",
     R"(## Layout: request

```layout
"!BL": version order
```
)",
     R"(## Layout: request

```layout
struct "!BL": version order
```
)"},
    {ProblemCode::struct_format, "A format string is not understood", sections,
     "Formats are those of Python's struct module: an order (`@ = < > !`), then codes with a count "
     "before them. `n`, `N` and `P` have no size but the machine's own, so they need `@` or no "
     "order at all.",
     R"(## Layout: request

```layout
struct "!BW": version order
```
)",
     R"(## Layout: request

```layout
struct "!BL": version order
```
)"},
    {ProblemCode::struct_names, "The names do not fit the format", sections,
     "There is one name for each field of the format: `20s` is one field, `3B` is three, and `x` "
     "has no name. Without any names they are called `f1`, `f2`, ...",
     R"(## Layout: request

```layout
struct "!3B": red green
```
)",
     R"(## Layout: request

```layout
struct "!3B": red green blue
```
)"},
    {ProblemCode::unknown_type, "Unknown type, or none", sections,
     "The column Type needs one of the types of docs/layouts.md, or the name of another layout of "
     "the sheet. This is none of them, or the cell is empty.",
     R"(## Layout: request

| Field | Type   |
|-------|--------|
| id    | uint32 |
)",
     R"(## Layout: request

| Field | Type |
|-------|------|
| id    | u32  |
)"},
    {ProblemCode::type_size, "A type cannot have this size", sections,
     "`bits N` has 1 to 64 bits, `align N` aligns to a number of bytes from 1 up to a limit that "
     "the message says.",
     R"(## Layout: request

| Field | Type    |
|-------|---------|
| flags | bits 65 |
)",
     R"(## Layout: request

| Field | Type    |
|-------|---------|
| flags | bits 64 |
)"},
    {ProblemCode::value_names, "Names of values are not as they have to be", sections,
     "`u8 {query=0, reply=1}` names the values of a number: words with a value each, none twice, "
     "each within the type, closed by `}`. `...` at the end leaves other values open.",
     R"(## Layout: request

| Field | Type              |
|-------|-------------------|
| type  | u8 {query, reply} |
)",
     R"(## Layout: request

| Field | Type                  |
|-------|-----------------------|
| type  | u8 {query=0, reply=1} |
)"},
    {ProblemCode::element_count, "A count is missing or not closed", sections,
     "In `i32[N]` and `repeat N`, N is a number, an earlier field, or `rest`; `]` closes it.",
     R"(## Layout: request

| Field   | Type  |
|---------|-------|
| n       | u8    |
| numbers | i32[n |
)",
     R"(## Layout: request

| Field   | Type   |
|---------|--------|
| n       | u8     |
| numbers | i32[n] |
)"},
    {ProblemCode::text_end, "What ends a text is not as it has to be", sections,
     "A text has one end: a size (`text[20]`, with `padded by \"-\"` where it may be shorter), "
     "`until \"\\n\"`, or `prefixed by u16`. The end given lacks its text or type, or there are "
     "two.",
     R"(## Layout: request

| Field | Type          |
|-------|---------------|
| name  | text until "" |
)",
     R"(## Layout: request

| Field | Type            |
|-------|-----------------|
| name  | text until "\n" |
)"},
    {ProblemCode::unrepeatable_type, "This type cannot be repeated", sections,
     "Numbers and layouts can be repeated. What has a count already, bit fields and texts cannot; "
     "put them into a layout of their own and repeat that.",
     R"(## Layout: request

| Field | Type             |
|-------|------------------|
| names | text[4] repeat 3 |
)",
     R"(## Layout: entry

| Field | Type    |
|-------|---------|
| name  | text[4] |

## Layout: request

| Field | Type           |
|-------|----------------|
| names | entry repeat 3 |
)"},
    {ProblemCode::switch_cases, "The cases of a choice are not as they have to be", sections,
     "`switch type {1: query, 2: reply, else: bytes}` has a value, a colon and a type for each "
     "case, commas between them and `}` at the end. No value stands twice, and `else`, which takes "
     "all that is left, is the last.",
     R"(## Layout: request

| Field | Type                        |
|-------|-----------------------------|
| type  | u8                          |
| body  | switch type {1: u8, 1: u16} |
)",
     R"(## Layout: request

| Field | Type                        |
|-------|-----------------------------|
| type  | u8                          |
| body  | switch type {1: u8, 2: u16} |
)"},
}};

}  // namespace

std::span<const ProblemPage> layout_pages() {
  return kLayoutPages;
}

}  // namespace wireproof
