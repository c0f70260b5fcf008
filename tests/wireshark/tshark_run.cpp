#include "wireshark/tshark_run.h"

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <utility>

#include "packets/capture/pcap_file.h"

namespace wireproof {
namespace {

// Characters that no value of the tests has.
constexpr char kBetweenFields = '\t';
constexpr char kBetweenValues = '|';

std::vector<std::string> split_at(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end = text.find(separator); end != text.npos;
       end = text.find(separator, begin)) {
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

std::vector<std::string> split_values(const std::string& text) {
  return text.empty() ? std::vector<std::string>() : split_at(text, kBetweenValues);
}

}  // namespace

bool has_tshark() {
  return !command_output("command -v tshark 2>/dev/null").empty();
}

std::string command_output(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  if (!pipe) throw std::runtime_error("cannot start: " + command);
  std::string output;
  std::array<char, 65536> buffer{};
  for (std::size_t got = 1; got > 0;) {
    got = std::fread(buffer.data(), 1, buffer.size(), pipe.get());
    output.append(buffer.data(), got);
  }
  return output;
}

TsharkRun::TsharkRun(const PacketStore& packets, const std::string& script) {
  write_pcap(folder_.file("a.pcap"), packets);
  std::ofstream(folder_.file("a.lua"), std::ios::binary) << script;
}

std::vector<std::vector<std::string>> TsharkRun::values(const std::string& field) const {
  std::vector<std::vector<std::string>> all;
  for (auto& packet : rows({field})) all.push_back(packet.front());
  return all;
}

std::vector<std::vector<std::vector<std::string>>> TsharkRun::rows(
    const std::vector<std::string>& fields) const {
  std::string arguments = "-T fields -E separator=/t -E 'aggregator=|'";
  for (const std::string& field : fields) arguments += " -e '" + field + "'";
  std::vector<std::vector<std::vector<std::string>>> all;
  std::vector<std::string> lines = split_at(run(arguments), '\n');
  lines.pop_back();
  for (const std::string& line : lines) {
    std::vector<std::vector<std::string>> packet;
    for (const std::string& cell : split_at(line, kBetweenFields)) {
      packet.push_back(split_values(cell));
    }
    all.push_back(std::move(packet));
  }
  return all;
}

std::string TsharkRun::complaints() const {
  run("-q");
  std::string text;
  for (const std::string& line : split_at(read_text(folder_.file("errors")), '\n')) {
    const bool is_usual = line.empty() || line.find("could be dangerous") != line.npos;
    if (!is_usual) text += line + "\n";
  }
  return text;
}

// The user's own settings stay out: they may hold other dissectors.
std::string TsharkRun::run(const std::string& arguments) const {
  const std::string folder = folder_.path().string();
  return command_output("HOME=" + folder + " tshark -n -r " + folder + "/a.pcap " + options_ +
                        " -X lua_script:" + folder + "/a.lua " + arguments + " 2> " + folder +
                        "/errors");
}

}  // namespace wireproof
