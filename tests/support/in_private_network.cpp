#include "support/in_private_network.h"

#include "base/system/process.h"
#include "machine/host/network.h"

namespace wireproof {

std::string run_in_child(const std::function<std::string()>& body) {
  const Attempt attempt = attempt_in_child(body);
  return attempt.done ? attempt.text : "refused: " + attempt.text;
}

std::string run_in_private_network(const std::function<std::string()>& body) {
  return run_in_child([&] {
    enter_private_network();
    return body();
  });
}

}  // namespace wireproof
