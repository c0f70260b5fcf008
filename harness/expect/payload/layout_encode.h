#pragma once

#include <string>

#include "base/text/expected.h"
#include "expect/payload/payload.h"

namespace wireproof {

// The bytes of one layout: what the arguments give, what the layout determines (sizes, counts,
// checksums), and for the rest the first value that its rule allows, zeros or nothing. The error is
// a sentence.
Expected<EncodedMessage, std::string> encode_layout(const Layout& layout, const LayoutSet& layouts,
                                                    const Variables& variables,
                                                    const ArgumentsByPath& arguments);

}  // namespace wireproof
