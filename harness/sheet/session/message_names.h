#pragma once

#include <functional>
#include <string>
#include <utility>

#include "base/text/bytes.h"
#include "base/text/expected.h"
#include "expect/payload/layout.h"

namespace wireproof {

// Gives the bytes of a file that a message names; the error is a sentence.
using FileReader = std::function<Expected<Bytes, std::string>(const std::string& path)>;

// What messages name. The layouts outlive it; without a reader there are no files.
struct MessageNames {
  // A set of layouts is all that many messages need.
  MessageNames(const LayoutSet& known, FileReader reader = {})
      : layouts(known), read_file(std::move(reader)) {}

  const LayoutSet& layouts;
  FileReader read_file;
};

}  // namespace wireproof
