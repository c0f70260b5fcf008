#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/text/diagnostic.h"
#include "base/text/expected.h"
#include "sheet/scenario.h"

namespace wireproof {

struct DescribedParameter {
  std::string name;
  std::string meaning;
  std::vector<std::string> values;  // the first is the default
  bool any_text = false;            // other values do as well
};

// A fault, or another way of being right: another command, or the same one with other parameters.
struct DescribedQuirk {
  std::string name;
  std::string meaning;
  std::string command;  // empty: the server's own
  std::map<std::string, std::string> settings;
  std::string explanation;  // of a fault: the one that a sheet must give
};

// A server as `server.yaml` describes it, beside the sheets that are about it.
struct ServerDescription {
  bool builtin = false;  // the reference server of its folder's name; all else is the program's
  std::string title;
  std::string origin;
  std::uint16_t tcp_port = 0;            // 0: it speaks no TCP
  std::uint16_t udp_port = 0;            // 0: it speaks no UDP
  std::string command;                   // of the reference program; empty: there is none
  std::optional<Duration> start_within;  // until it listens
  std::vector<DescribedParameter> parameters;
  std::vector<DescribedQuirk> faults;
  std::vector<DescribedQuirk> variants;
};

constexpr const char* kServerDescription = "server.yaml";

// Errors have their place in `source`: unknown keys, wrong types, names twice, an explanation that
// is none of `explanations`.
Expected<ServerDescription, Diagnostics> parse_server_description(
    const SourceText& source, const std::vector<std::string>& explanations);

}  // namespace wireproof
