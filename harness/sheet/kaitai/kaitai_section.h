#pragma once

#include <string>

#include "expect/layout/layout.h"
#include "sheet/text/file_reader.h"
#include "sheet/text/fragment.h"
#include "sheet/text/markdown.h"

namespace wireproof {

// Whether the section's layout is a description of Kaitai Struct: a `ksy` fence, or a line
// `from: FILE` where there is no table and no other fence.
bool is_kaitai_section(const Section& section);

// What a description needs besides its section.
struct KaitaiContext {
  FileReader read_file;  // as messages have it; may be empty
  std::string sheet;     // the sheet's path: files are named beside it
  std::size_t* room;     // bytes that files of the sheet may still have; null: any
};

// The layouts of the description: the section's name for its root, `NAME.type` for its types. None
// where something is wrong with it (reported, in the text that it stands in).
LayoutSet parse_kaitai_section(const Section& section, const Heading& heading,
                               const KaitaiContext& context, Problems& problems);

}  // namespace wireproof
