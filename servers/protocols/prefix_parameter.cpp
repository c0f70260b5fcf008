#include "servers/protocols/prefix_parameter.h"

namespace wireproof {

ServerParameter prefix_parameter(const std::string& own) {
  ServerParameter parameter{"prefix", {own}, "what stands before each answer", true};
  // Those of all the notes' servers, and of one that only echoes.
  for (const char* const known :
       {"ECHO: ", "You told me: ", "server got: ", "SERVER RECEIVED: ", ""}) {
    if (own != known) parameter.values.emplace_back(known);
  }
  return parameter;
}

}  // namespace wireproof
