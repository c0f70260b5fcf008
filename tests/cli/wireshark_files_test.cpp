#include "cli/wireshark/wireshark_files.h"

#include <cstdio>
#include <memory>

#include "catch.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

std::string output_of(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  for (int got = std::fgetc(pipe.get()); got != EOF; got = std::fgetc(pipe.get())) {
    text += static_cast<char>(got);
  }
  return text;
}

}  // namespace

TEST_CASE("Wireshark's folders are those that tshark tells, or the usual ones", "[cli]") {
  const WiresharkFolders told = read_folders(
      "Temp:                \t/tmp\n"
      "Personal configuration:\t/home/anna/.config/wireshark\n"
      "Personal Lua Plugins:\t/home/anna/lua\n"
      "Personal Extcap path:\t/home/anna/extcap\n",
      "/home/anna");
  CHECK(told.configuration == "/home/anna/.config/wireshark");
  CHECK(told.plugins == "/home/anna/lua");
  CHECK(told.extcap == "/home/anna/extcap");
  const WiresharkFolders usual = read_folders("", "/home/anna");
  CHECK(usual.configuration == "/home/anna/.config/wireshark");
  CHECK(usual.plugins == "/home/anna/.local/lib/wireshark/plugins");
  CHECK(usual.extcap == "/home/anna/.config/wireshark/extcap");
}

TEST_CASE("what is given to Wireshark is taken away again", "[cli]") {
  const TemporaryFolder folder;
  const WiresharkFolders folders = {folder.file("config"), folder.file("lua"), folder.file("ext")};
  const auto files = list_files(folders, "/opt/it's here/wireproof");
  install_files(files);
  install_files(files);
  CHECK(std::filesystem::exists(folder.file("lua") / "wireproof.lua"));
  CHECK(std::filesystem::exists(folder.file("config") / "profiles/wireproof/preferences"));
  const std::string extcap = (folder.file("ext") / "wireproof").string();
  CHECK(output_of(extcap + " --extcap-interfaces").find("interface {value=wireproof}") !=
        std::string::npos);
  CHECK(output_of(extcap + " --extcap-config --extcap-interface wireproof").find("call=--client") !=
        std::string::npos);
  CHECK(remove_files(files).size() == 3);
  CHECK_FALSE(std::filesystem::exists(extcap));
  CHECK(remove_files(files).empty());
}

TEST_CASE("Wireshark's interface starts this program with the commands that it was given",
          "[cli]") {
  const TemporaryFolder folder;
  const WiresharkFolders folders = {folder.path(), folder.path(), folder.file("ext")};
  install_files(list_files(folders, "/bin/echo"));
  // Without its own redirection: `echo` says what it was started with.
  const std::string script = (folder.file("ext") / "wireproof").string();
  CHECK(output_of("sed -i 's| >/dev/null||' " + script + "; " + script +
                  " --capture --server 'a b' --client c --fifo /x")
            .find("trace --server a b --client c --pcap /x") == 0);
}

}  // namespace wireproof
