#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "packets/wire/packet.h"
#include "support/temporary_folder.h"

namespace wireproof {

bool has_tshark();

// What a shell's command writes to standard output. Throws std::runtime_error where none starts.
std::string command_output(const std::string& command);

// What tshark shows of packets with a dissector. Throws std::runtime_error where it cannot start.
class TsharkRun {
 public:
  TsharkRun(const PacketStore& packets, const std::string& script);

  // Of each packet the values of a field, in their order.
  std::vector<std::vector<std::string>> values(const std::string& field) const;
  // The same of many fields: [packet][field][value].
  std::vector<std::vector<std::vector<std::string>>> rows(
      const std::vector<std::string>& fields) const;
  // What it is told from now on: `-o` and a preference, `-Y` and a filter.
  void set(const std::string& options) { options_ = options; }
  // Nothing where the script was read without a word.
  std::string complaints() const;

 private:
  std::string run(const std::string& arguments) const;

  TemporaryFolder folder_;
  std::string options_;
};

}  // namespace wireproof
