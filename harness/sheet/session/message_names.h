#pragma once

#include <cstddef>
#include <utility>

#include "expect/layout/layout.h"
#include "sheet/text/file_reader.h"

namespace wireproof {

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
