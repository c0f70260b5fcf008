#include "servers/faults/message_faults.h"

#include <iterator>

namespace wireproof {

const std::vector<MessageFault>& message_faults() {
  static const std::vector<MessageFault> kAll = [] {
    std::vector<MessageFault> faults;
    for (const auto family : {reply_faults, field_faults, text_faults, boundary_faults,
                              input_faults, datagram_faults}) {
      std::vector<MessageFault> some = family();
      std::move(some.begin(), some.end(), std::back_inserter(faults));
    }
    return faults;
  }();
  return kAll;
}

}  // namespace wireproof
