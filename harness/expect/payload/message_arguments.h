#pragma once

#include <map>
#include <string>

#include "base/text/expected.h"
#include "expect/payload/payload.h"

namespace wireproof {

// The arguments of a layout in a message by the full paths of their fields; they live as long as
// the message. The error is a sentence: unknown layout, unknown or ambiguous field.
using ArgumentsByPath = std::map<std::string, const FieldArgument*, std::less<>>;
Expected<ArgumentsByPath, std::string> resolve_arguments(const LayoutPart& part,
                                                         const LayoutSet& layouts);

}  // namespace wireproof
