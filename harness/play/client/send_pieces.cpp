#include "play/client/send_pieces.h"

#include <algorithm>
#include <set>

namespace wireproof {
namespace {

bool names_field(const std::string& path, const std::string& name) {
  return path == name || path.ends_with("." + name);
}

}  // namespace

Expected<std::vector<SendPiece>, std::string> cut_pieces(const EncodedMessage& message,
                                                         const StepSend& step) {
  const std::size_t size = message.bytes.size();
  std::set<std::size_t> cuts{size};
  for (const std::string& name : step.split_after) {
    bool found = false;
    for (const FieldPlace& place : message.fields) {
      if (!names_field(place.field, name)) continue;
      found = true;
      cuts.insert(place.end);
    }
    if (!found) return Unexpected<std::string>("the message has no field `" + name + "`");
  }
  std::vector<SendPiece> pieces;
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    const std::size_t step_size = step.piece_size.value_or(size);
    while (begin < cut) {
      const std::size_t end = std::min(cut, begin + std::max<std::size_t>(step_size, 1));
      pieces.push_back({begin, end});
      begin = end;
    }
  }
  if (pieces.empty()) pieces.push_back({0, 0});
  return pieces;
}

}  // namespace wireproof
