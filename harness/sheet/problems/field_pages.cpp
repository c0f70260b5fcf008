#include <array>

#include "sheet/problems/page_areas.h"

namespace wireproof {
namespace {

using enum ExampleKind;

constexpr std::array<ProblemPage, 14> kFieldPages{{
    {ProblemCode::word_behind_type, "Something does not belong to the type", sections,
     "The type is complete before the place shown. Prose about a field belongs into the column "
     "Meaning, its value into the column Value.",
     R"(## Layout: request

| Field | Type                 |
|-------|----------------------|
| ids   | u32[3] of the sender |
)",
     R"(## Layout: request

| Field | Type   | Meaning       |
|-------|--------|---------------|
| ids   | u32[3] | of the sender |
)"},
    {ProblemCode::field_condition, "A condition is not as it has to be", sections,
     "`if FIELD == VALUE`, with `!= < <= > >=` too; `if FIELD` and `if not FIELD` for a number "
     "that is not or is zero; several joined by `and`. The field, the comparison or the value is "
     "missing.",
     R"(## Layout: request

| Field | Type           |
|-------|----------------|
| type  | u8             |
| id    | u16 if type == |
)",
     R"(## Layout: request

| Field | Type             |
|-------|------------------|
| type  | u8               |
| id    | u16 if type == 1 |
)"},
    {ProblemCode::value_of_type, "A value is none of the type", sections,
     "What stands in the column Value is no value that the type can have: a text for a number, a "
     "number out of range, a text of another length, a range whose ends are exchanged, or a value "
     "of a layout. Alternatives are separated by `|`, which is written `\\|` in a table.",
     R"(## Layout: request

| Field | Type    | Value  |
|-------|---------|--------|
| op    | text[3] | "PLUS" |
)",
     R"(## Layout: request

| Field | Type    | Value |
|-------|---------|-------|
| op    | text[3] | "SUM" |
)"},
    {ProblemCode::range_of_fields, "What a size or checksum is about is not understood", sections,
     "`size of FIELD`, `size of A..B + 4`, `size of all / 4`, `count of FIELD`, `crc32 of A..B`: "
     "the field or range is missing, or its ends are exchanged.",
     R"(## Layout: request

| Field  | Type  | Value   |
|--------|-------|---------|
| length | u16   | size of |
| body   | bytes |         |
)",
     R"(## Layout: request

| Field  | Type  | Value        |
|--------|-------|--------------|
| length | u16   | size of body |
| body   | bytes |              |
)"},
    {ProblemCode::holder_of_size, "The type cannot hold a size, count or checksum", sections,
     "Sizes and counts are held by whole numbers, checksums by an unsigned type of enough bits. An "
     "array cannot hold them.",
     R"(## Layout: request

| Field  | Type    | Value        |
|--------|---------|--------------|
| length | text[2] | size of body |
| body   | bytes   |              |
)",
     R"(## Layout: request

| Field  | Type  | Value        |
|--------|-------|--------------|
| length | u16   | size of body |
| body   | bytes |              |
)"},
    {ProblemCode::unknown_checksum, "Unknown checksum", sections,
     "A checksum has a name out of the table in docs/layouts.md, or `crc` with its parameters, of "
     "which width and polynomial are needed and each fits the width.",
     R"(## Layout: request

| Field | Type    | Value         |
|-------|---------|---------------|
| body  | text[4] |               |
| sum   | u32     | crc23 of body |
)",
     R"(## Layout: request

| Field | Type    | Value         |
|-------|---------|---------------|
| body  | text[4] |               |
| sum   | u32     | crc32 of body |
)"},
    {ProblemCode::nested_layout, "A layout contains itself, or is nested too deep", sections,
     "A layout that always holds itself has no end. It may hold itself where a condition, a choice "
     "or a count ends that.",
     R"(## Layout: request

| Field | Type    |
|-------|---------|
| id    | u32     |
| next  | request |
)",
     R"(## Layout: request

| Field | Type          |
|-------|---------------|
| id    | u32           |
| next  | request if id |
)"},
    {ProblemCode::open_field_inside, "A field takes the rest, but others follow", sections,
     "`bytes`, `text` and `[rest]` take all that is left. Others may follow only where it is known "
     "how long they are, or where a `size of` before it says its end. Give it a count, or put it "
     "last.",
     R"(## Layout: request

| Field   | Type            |
|---------|-----------------|
| name    | text            |
| comment | text until "\n" |
)",
     R"(## Layout: request

| Field   | Type            |
|---------|-----------------|
| name    | text until "\n" |
| comment | text            |
)"},
    {ProblemCode::count_of_field, "The field is no count, or has none", sections,
     "A count is a single whole number before the array, and `count of` is about an array or a "
     "text. This field is something else; `size of FIELD` counts bytes.",
     R"(## Layout: request

| Field   | Type   |
|---------|--------|
| n       | f32    |
| numbers | i32[n] |
)",
     R"(## Layout: request

| Field   | Type   |
|---------|--------|
| n       | u8     |
| numbers | i32[n] |
)"},
    {ProblemCode::bit_fields, "Bit fields do not fill their bytes", sections,
     "Bit fields that follow each other share bytes and together have whole ones. For that reason "
     "none of them has a condition or is a case of a choice; put them into a layout, and give that "
     "the condition.",
     R"(## Layout: request

| Field   | Type   |
|---------|--------|
| version | bits 4 |
| length  | bits 3 |
)",
     R"(## Layout: request

| Field   | Type   |
|---------|--------|
| version | bits 4 |
| length  | bits 4 |
)"},
    {ProblemCode::computed_chooser, "A computed field cannot choose", sections,
     "The field that a choice looks at has a size, count or checksum as its value, which is known "
     "only when the choice has been made. Choose by a field that is given.",
     R"(## Layout: request

| Field | Type                     | Value        |
|-------|--------------------------|--------------|
| n     | u8                       | size of body |
| body  | switch n {1: u8, 2: u16} |              |
)",
     R"(## Layout: request

| Field | Type                        |
|-------|-----------------------------|
| type  | u8                          |
| body  | switch type {1: u8, 2: u16} |
)"},
    {ProblemCode::compared_value, "A value cannot be compared with this field", sections,
     "A condition or a case compares a field with a value that it cannot have: a text with a "
     "number, a name that the field's values do not have, a number out of range, or a field that "
     "is an array or a layout.",
     R"(## Layout: request

| Field | Type                   |
|-------|------------------------|
| type  | u8                     |
| id    | u16 if type == "query" |
)",
     R"(## Layout: request

| Field | Type                  |
|-------|-----------------------|
| type  | u8 {query=0, reply=1} |
| id    | u16 if type == query  |
)"},
    {ProblemCode::unknown_field, "Unknown field", sections,
     "A count, a condition, a choice, a size or a checksum names a field that this layout does not "
     "have, or not before this place. A field of a layout nested before is named by its path, "
     "`header.type`; one of the layout that holds this one by its name.",
     R"(## Layout: request

| Field   | Type   |
|---------|--------|
| numbers | i32[n] |
| n       | u8     |
)",
     R"(## Layout: request

| Field   | Type   |
|---------|--------|
| n       | u8     |
| numbers | i32[n] |
)"},
    {ProblemCode::claimed_place, "Offset or Size is not what the layout has", sections,
     "The columns Offset and Size are for the reader, and checked so that they stay right. The "
     "message has the number that follows from the types (a bit field's size is in bits); a cell "
     "with words or `*` leaves a value that varies open.",
     R"(## Layout: request

| Field | Type | Value | Offset |
|-------|------|-------|--------|
| id    | u32  |       | 0      |
| op    | u8   |       | 5      |
)",
     R"(## Layout: request

| Field | Type | Value | Offset |
|-------|------|-------|--------|
| id    | u32  |       | 0      |
| op    | u8   |       | 4      |
)"},
}};

}  // namespace

std::span<const ProblemPage> field_pages() {
  return kFieldPages;
}

}  // namespace wireproof
