#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof::style {

// One file of the tree; rules take the name and the text, so tests can give them samples.
struct SourceFile {
  std::string path;  // from the root of the tree, with `/`
  std::string text;

  bool operator==(const SourceFile&) const = default;
};

struct Finding {
  std::string path;
  std::size_t line = 0;  // from 1; 0: the file as a whole
  std::string message;   // what is wrong, and what to use

  bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

bool is_header(const SourceFile& file);

// Whether it may stand in an identifier.
bool is_word(char letter);

// The lines without their line ends; a last line without one counts.
std::vector<std::string_view> split_lines(std::string_view text);

// The text with the insides of comments, strings and character literals made blank; every other
// byte keeps its offset, so lines stay where they are.
std::string blank_comments_and_literals(std::string_view text);

// Every .h, .cpp and CMakeLists.txt below the named folders of `root`, by path.
std::vector<SourceFile> read_tree(const std::filesystem::path& root,
                                  const std::vector<std::string>& folders);

// `file:line: message`, as editors read it.
std::string render_findings(const Findings& findings);

}  // namespace wireproof::style
