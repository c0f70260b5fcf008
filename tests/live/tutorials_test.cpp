// The pages of docs/tutorials, played word for word: their files are written, their commands typed
// in an empty folder, and what they print is what the page shows, but for times, counts of packets
// and ports. With UPDATE_GOLDEN=1 the pages get what was printed.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/algorithm/string/erase.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "base/system/file.h"
#include "base/system/system_call.h"
#include "catch.h"
#include "cli/options/command_line.h"
#include "support/in_private_network.h"
#include "support/program.h"

namespace wireproof {
namespace {

const std::filesystem::path kTutorials =
    std::filesystem::path(WIREPROOF_SOURCE_DIR) / "docs/tutorials";
constexpr std::size_t kMostPageBytes = 1 << 20;

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// What differs from run to run says nothing: times, packets, ports, blanks between columns, and
// remarks behind a sheet that passed.
std::string without_chance(std::string line) {
  static const std::vector<std::pair<std::regex, std::string>> kChances{
      {std::regex("^(PASS +[^ ]+ +)[0-9]+ packets +.*$"), "$1 N packets"},
      {std::regex("[0-9]+(\\.[0-9]+)? (ms|s|us)\\b"), "T"},
      {std::regex("[0-9]+ packets"), "N packets"},
      {std::regex("[0-9]+ further messages?"), "N further messages"},
      {std::regex("\\([0-9]+ sheets?\\)(, and [0-9]+ other things?)?"), "(N sheets)"},
      {std::regex("packet [0-9]+"), "packet N"},
      {std::regex(":[0-9]{5}\\b"), ":P"},
      {std::regex("^ *[0-9]+ +[0-9]+\\.[0-9]{3} "), " N T "},
      {std::regex(" +"), " "},
      {std::regex(" $"), ""}};
  for (const auto& [chance, instead] : kChances) line = std::regex_replace(line, chance, instead);
  return line;
}

bool is_progress(const std::string& line) {
  static const std::regex kProgress("^\\[[0-9]+/[0-9]+\\].*$");
  return std::regex_match(line, kProgress);
}

// One page in its folder.
class Tutorial {
 public:
  explicit Tutorial(const std::filesystem::path& page)
      : lines_(split_lines(read_regular_file(page, kMostPageBytes))) {}
  Tutorial(const Tutorial&) = delete;
  Tutorial& operator=(const Tutorial&) = delete;
  ~Tutorial() {
    for (const RunningServer& server : servers_) {
      ::kill(-server.process, SIGKILL);
      ::waitpid(server.process, nullptr, 0);
    }
  }

  // What differs, and the page as it should be.
  std::string play() {
    for (std::size_t at = 0; at < lines_.size(); ++at) {
      played_.push_back(lines_[at]);
      if (!lines_[at].starts_with("```")) continue;
      const std::size_t ticks = lines_[at].find_first_not_of('`');
      if (ticks == std::string::npos) continue;
      const std::string end(ticks, '`');
      const std::string info = lines_[at].substr(ticks);
      std::vector<std::string> block;
      while (++at < lines_.size() && lines_[at] != end) block.push_back(lines_[at]);
      play_block(info, block);
      played_.push_back(end);
    }
    return differences_;
  }

  std::string page() const {
    std::string text;
    for (const std::string& line : played_) text += line + "\n";
    return text;
  }

 private:
  void play_block(const std::string& info, const std::vector<std::string>& block) {
    const std::size_t blank = info.find(' ');
    if (info == "console") {
      play_console(block);
      return;
    }
    played_.insert(played_.end(), block.begin(), block.end());
    if (blank == std::string::npos) return;  // to be read
    const std::filesystem::path file = folder_.path() / info.substr(blank + 1);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream written(file);
    for (const std::string& line : block) written << line << "\n";
  }

  void play_console(const std::vector<std::string>& block) {
    for (std::size_t at = 0; at < block.size();) {
      const std::string& line = block[at++];
      std::vector<std::string> shown;
      while (at < block.size() && !block[at].starts_with("$ ")) shown.push_back(block[at++]);
      played_.push_back(line);
      const std::string command = line.substr(2);
      const std::vector<std::string> printed =
          command.ends_with(" &") ? start(command.substr(0, command.size() - 2), shown)
                                  : type(command);
      played_.insert(played_.end(), printed.begin(), printed.end());
      compare(command, shown, printed);
    }
  }

  void compare(const std::string& command, const std::vector<std::string>& shown,
               const std::vector<std::string>& printed) {
    for (std::size_t i = 0; i < std::max(shown.size(), printed.size()); ++i) {
      const std::string one = i < shown.size() ? without_chance(shown[i]) : "(nothing)";
      const std::string other = i < printed.size() ? without_chance(printed[i]) : "(nothing)";
      if (one == other) continue;
      differences_.append("$ ").append(command).append("\n  page: ").append(one);
      differences_.append("\n  here: ").append(other).append("\n");
    }
  }

  std::string in_folder(const std::string& command) const {
    const std::string program = std::filesystem::path(WIREPROOF_PROGRAM).parent_path().string();
    return "cd " + quote_for_shell(folder_.path().string()) +
           " && export PATH=" + quote_for_shell(program) +
           ":\"$PATH\" NO_COLOR=1 && unset COLUMNS && " + command;
  }

  std::vector<std::string> type(const std::string& command) {
    const std::string output = outside_.file("output").string();
    const std::string whole =
        "{ " + in_folder(command) + "\n} </dev/null >" + quote_for_shell(output) + " 2>&1";
    static_cast<void>(std::system(whole.c_str()));
    std::string text = read_text(output);
    const std::string tree = std::string(WIREPROOF_SOURCE_DIR) + "/";
    for (const std::string& folder : {tree, folder_.path().string() + "/"}) {
      boost::erase_all(text, folder);
    }
    std::vector<std::string> lines = split_lines(text);
    std::erase_if(lines, is_progress);
    return lines;
  }

  // A server runs on; it is there when it has printed what the page shows.
  std::vector<std::string> start(const std::string& command,
                                 const std::vector<std::string>& awaited) {
    int ends[2] = {-1, -1};
    if (::pipe(ends) != 0) return {"(no pipe)"};
    UniqueFd output(ends[0]);
    UniqueFd input(ends[1]);
    const std::string whole = in_folder("exec " + command + " </dev/null");
    const pid_t child = ::fork();
    if (child == 0) {
      ::setpgid(0, 0);
      ::dup2(input.get(), STDOUT_FILENO);
      ::execl("/bin/sh", "sh", "-c", whole.c_str(), nullptr);
      ::_exit(127);
    }
    input.reset();
    servers_.push_back({child, std::move(output)});
    std::string printed;
    char byte = 0;
    while (split_lines(printed).size() < awaited.size() || !printed.ends_with('\n')) {
      if (::read(servers_.back().output.get(), &byte, 1) != 1) break;
      printed += byte;
    }
    return split_lines(printed);
  }

  struct RunningServer {
    pid_t process = -1;
    UniqueFd output;  // kept open: it may print on
  };

  const std::vector<std::string> lines_;
  std::vector<std::string> played_;
  std::string differences_;
  TemporaryFolder folder_;
  TemporaryFolder outside_;
  std::vector<RunningServer> servers_;
};

}  // namespace

TEST_CASE("the tutorials print what they show", "[live][tutorials]") {
  const std::string name =
      GENERATE(as<std::string>{}, "student", "teacher", "ci", "protocol-author");
  const std::filesystem::path page = kTutorials / (name + ".md");
  const bool updates = std::getenv("UPDATE_GOLDEN") != nullptr;
  const std::string differences = run_in_private_network([&] {
    Tutorial tutorial(page);
    const std::string found = tutorial.play();
    if (!updates) return found;
    std::ofstream(page) << tutorial.page();
    return std::string();
  });
  INFO(name << "\n" << differences);
  CHECK(differences.empty());
}

}  // namespace wireproof
