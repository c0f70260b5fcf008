#include <array>

#include "sheet/problems/page_areas.h"

namespace wireproof {
namespace {

using enum ExampleKind;

constexpr std::array<ProblemPage, 8> kKaitaiPages{{
    {ProblemCode::kaitai_yaml, "A description of Kaitai Struct is no YAML", sections,
     "A `ksy` fence, or the file behind `from:`, holds a description as Kaitai Struct has it, "
     "which is YAML. The library that reads it stopped at the place shown; often a bracket or "
     "quote is not closed, or a line is indented by tabs.",
     R"(## Layout: request

```ksy
seq: [
```
)",
     R"(## Layout: request

```ksy
seq:
  - id: len
    type: u1
```
)"},
    {ProblemCode::kaitai_shape, "A key of a description has a value of another shape", sections,
     "`seq` is a list, `types`, `instances` and `enums` have a name for each entry, names have "
     "letters, digits and `_`. A number of more than one byte needs a byte order, from `meta: "
     "endian` or as `u2be`; bytes need a `size`, `size-eos` or a `terminator`.",
     R"(## Layout: request

```ksy
seq:
  - id: len
    type: u2
```
)",
     R"(## Layout: request

```ksy
meta:
  endian: be
seq:
  - id: len
    type: u2
```
)"},
    {ProblemCode::kaitai_key, "A key of a description is unknown, or there twice", sections,
     "The keys are those of the Kaitai Struct language; each stands once, and so does each field "
     "of a type and each case of a switch. Keys that begin with `-` are for other programs and "
     "are not looked at.",
     R"(## Layout: request

```ksy
seq:
  - id: len
    typ: u1
```
)",
     R"(## Layout: request

```ksy
seq:
  - id: len
    type: u1
```
)"},
    {ProblemCode::kaitai_unread, "Something of a description is not read", sections,
     "A layout is written as well as read, so a description must say where each byte of a message "
     "comes from. `process`, opaque types, bits from the least significant on, ends that are left "
     "standing (`consume: false`), and sizes computed of bytes elsewhere do not. docs/layouts.md "
     "lists what is read.",
     R"(## Layout: request

```ksy
seq:
  - id: data
    size: 4
    process: xor(5)
```
)",
     R"(## Layout: request

```ksy
seq:
  - id: data
    size: 4
```
)"},
    {ProblemCode::kaitai_file, "A description cannot be read from its file", sections,
     "`from:` names a file from the folder of the sheet on. `imports` name others from the folder "
     "of the description on, without `.ksy`; one that begins with `/` is looked for in that "
     "folder and in those above it.",
     R"(## Layout: request

from: nowhere.ksy
)",
     R"(## Layout: request

```ksy
seq:
  - id: len
    type: u1
```
)"},
    {ProblemCode::kaitai_expression, "An expression of a description is malformed", sections,
     "Sizes, conditions and repetitions are computed by expressions of whole numbers and texts: "
     "`+ - * / % & | ^ << >>`, comparisons, `and`, `or`, `not`, `a ? b : c`, names of fields, "
     "`enum::value`. A type takes as many arguments as it has parameters.",
     R"(## Layout: request

```ksy
seq:
  - id: len
    type: u1
  - id: data
    size: (len - 1
```
)",
     R"(## Layout: request

```ksy
seq:
  - id: len
    type: u1
  - id: data
    size: (len - 1)
```
)"},
    {ProblemCode::kaitai_name, "A description names what is not there", sections,
     "A type, an enum or a field of this name does not exist, or the field is read only later. "
     "Types are looked for inside of the type, then around it, then among the imports.",
     R"(## Layout: request

```ksy
seq:
  - id: data
    size: len
  - id: len
    type: u1
```
)",
     R"(## Layout: request

```ksy
seq:
  - id: len
    type: u1
  - id: data
    size: len
```
)"},
    {ProblemCode::kaitai_limit, "A description has too much of something", sections,
     "Bytes and parts of a description, its imports and layouts, the size of a field, and an "
     "expression with all that its names stand for have upper limits, which the message says. An "
     "instance that is made of itself has no end, either.",
     R"(## Layout: request

```ksy
seq:
  - id: data
    size: 4294967296
```
)",
     R"(## Layout: request

```ksy
seq:
  - id: data
    size: 4096
```
)"},
}};

}  // namespace

std::span<const ProblemPage> kaitai_pages() {
  return kKaitaiPages;
}

}  // namespace wireproof
