#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "base/text/bytes.h"
#include "base/text/expected.h"
#include "expect/payload/layout.h"

namespace wireproof {

// Gives the bytes of a file that a message names; the error is a sentence.
using FileReader = std::function<Expected<Bytes, std::string>(const std::string& path)>;

// What messages name. What it refers to outlives it; without a reader there are no files.
struct MessageNames {
  // A set of layouts is all that many messages need.
  MessageNames(const LayoutSet& known, FileReader reader = {}, std::size_t* bytes_left = nullptr)
      : layouts(known), read_file(std::move(reader)), room(bytes_left) {}

  const LayoutSet& layouts;
  FileReader read_file;
  std::size_t* room;  // bytes that files and random bytes of the sheet may still have; null: any
};

}  // namespace wireproof
