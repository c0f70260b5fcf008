#pragma once

#include <cstddef>

#include "base/text/bytes.h"

namespace wireproof {

// Text servers read UTF-8. What is not UTF-8 is read as U+FFFD, one for every maximal ill-formed
// sequence, as Unicode 15.0 §3.9 ("U+FFFD Substitution of Maximal Subparts") recommends, so that
// no input is too odd for an answer.

// The full upper case of no particular language: `ß` gives `SS`, so the size may change.
Bytes upper_case(ByteView text);

// The same text with U+FFFD for what is not UTF-8.
Bytes valid_utf8(ByteView text);

// How many of the bytes come before a character that is cut off at the end; all of them when none
// is. Bytes that no continuation could complete are not a cut character.
std::size_t size_without_cut_character(ByteView text);

}  // namespace wireproof
