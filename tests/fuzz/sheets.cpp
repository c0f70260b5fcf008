#include "fuzz/sheets.h"

#include <utility>
#include <vector>

#include "fuzz/targets.h"
#include "sheet/layout/layout_section.h"
#include "sheet/text/markdown.h"

namespace wireproof {
namespace {

constexpr const char* kLayouts = R"(
## Layout: request
| Field | Type | Value |
|---|---|---|
| id | u32 | |
| op | text[3] padded by "-" | "SUM"\|"PRO" |
| n | u8 | count of numbers |
| numbers | i32[n] | |
| size | u16 | size of text |
| text | text[size] | |

## Layout: line
| Field | Type | Value |
|---|---|---|
| name | text until " " | |
| value | text until "\r\n" | |

## Layout: pair (little-endian)
| Field | Type | Value |
|---|---|---|
| a | i16 | -5..5 |
| b | f64 | |

## Layout: entries
| Field | Type | Value |
|---|---|---|
| n | u8 | count of pairs |
| pairs | pair[n] | |
| first | line | |
| tail | bytes[rest] | |

## Layout: packet
| Field | Type | Value |
|---|---|---|
| type | bits 4 {connect=1, publish=3, list=4, ...} | |
| flag | flag | |
| qos | bits 2 | 0..2 |
| last | flag | |
| length | mqtt-varint | size of body |
| body | switch type {connect: connect, publish: text, list: items, else: bytes} | |

## Layout: connect
| Field | Type | Value |
|---|---|---|
| name | text prefixed by u16 | "MQTT" |
| id | u16 if qos > 0 and flag | |
| will | text prefixed by u8 if last | |

## Layout: items
| Field | Type | Value |
|---|---|---|
| all | item repeat until kind == 0 or kind == 9 | |

## Layout: item
| Field | Type | Value |
|---|---|---|
| kind | u8 {end=0, node=1, ...} | |
| more | items if kind == 1 | |
| text | text until "\0" if kind > 3 | |

## Layout: frame
| Field | Type | Value |
|---|---|---|
| magic | bytes[2] | hex 89 50 |
| size | quic-varint | size of all / 2 |
| check | u16 | internet of all |
| a | zigzag | |
| b | sleb128[2] | |
| pad | align 4 | |
| numbers | leb128 repeat until numbers == 0 | |
| body | bytes | |
| crc | u32le | crc32 of a..body |

## Layout: native
```layout
struct "@BLHq5s": version order size big name
```
)";

}  // namespace

void check_diagnostics(const Diagnostics& diagnostics, const SourceText& source) {
  for (const Diagnostic& diagnostic : diagnostics) {
    promise(!diagnostic.message.empty(), "a diagnostic has a message");
    if (diagnostic.span) {
      promise(diagnostic.span->begin <= diagnostic.span->end, "a span is no negative one");
      promise(diagnostic.span->end <= source.text().size(), "a span is inside of the text");
    }
    promise(!render_diagnostic(diagnostic, source).empty(), "a diagnostic can be shown");
  }
}

ReadLayouts read_layouts(const SourceText& source) {
  Problems problems;
  std::vector<LayoutSource> sources;
  ReadLayouts read;
  for (const Section& section : read_markdown(source, 0)) {
    const Heading heading = read_heading_kind(section, false, problems);
    if (heading.kind != SectionKind::layout) continue;
    auto layout = parse_layout_section(section, heading, {}, problems);
    if (!layout || read.layouts.contains(layout->layout.name)) continue;
    read.layouts.emplace(layout->layout.name, layout->layout);
    sources.push_back(*std::move(layout));
  }
  check_layouts(sources, read.layouts, problems);
  read.diagnostics = problems.take();
  return read;
}

const SourceText& known_layouts_source() {
  static const SourceText kSource("layouts.md", kLayouts);
  return kSource;
}

const LayoutSet& known_layouts() {
  static const LayoutSet kKnown = [] {
    auto read = read_layouts(known_layouts_source());
    promise(!has_errors(read.diagnostics) && read.layouts.size() == 10, "the layouts are read");
    return std::move(read.layouts);
  }();
  return kKnown;
}

}  // namespace wireproof
