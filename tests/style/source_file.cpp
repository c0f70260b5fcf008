#include "style/source_file.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace wireproof::style {
namespace {

// Where the comment or literal that begins at `begin` ends; `begin` itself where none begins.
std::size_t end_of_blank(std::string_view text, std::size_t begin) {
  const auto after = [&](std::string_view terminator, std::size_t from) {
    const std::size_t found = text.find(terminator, from);
    return found == std::string_view::npos ? text.size() : found + terminator.size();
  };
  const std::string_view rest = text.substr(begin);
  if (rest.starts_with("//")) return std::min(text.find('\n', begin), text.size());
  if (rest.starts_with("/*")) return after("*/", begin + 2);
  const bool inside_word = begin > 0 && is_word(text[begin - 1]);
  if (rest.starts_with("R\"") && !inside_word) {
    const std::size_t open = text.find('(', begin);
    if (open == std::string_view::npos) return text.size();
    const std::string delimiter(text.substr(begin + 2, open - begin - 2));
    return after(")" + delimiter + "\"", open);
  }
  const char quote = rest.front();
  // 1'000'000: a quote behind a digit or letter separates digits.
  if (quote != '"' && (quote != '\'' || inside_word)) return begin;
  std::size_t end = begin + 1;
  while (end < text.size() && text[end] != quote && text[end] != '\n') {
    end += text[end] == '\\' ? 2 : 1;
  }
  return std::min(end + 1, text.size());
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error("read " + path.string() + ": cannot open");
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

bool is_checked(const std::filesystem::path& path) {
  return path.extension() == ".h" || path.extension() == ".cpp" || path.filename() == "rooms.txt";
}

}  // namespace

bool is_word(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

bool is_header(const SourceFile& file) {
  return file.path.ends_with(".h");
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string blank_comments_and_literals(std::string_view text) {
  std::string blanked(text);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = end_of_blank(text, at);
    for (std::size_t inside = at; inside < end; ++inside) {
      if (blanked[inside] != '\n') blanked[inside] = ' ';
    }
    at = std::max(end, at + 1);
  }
  return blanked;
}

std::vector<SourceFile> read_tree(const std::filesystem::path& root,
                                  const std::vector<std::string>& folders) {
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file() || !is_checked(entry.path())) continue;
      files.push_back(
          {entry.path().lexically_relative(root).generic_string(), read_text(entry.path())});
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::string render_findings(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += finding.path + ":" + std::to_string(finding.line) + ": " + finding.message + "\n";
  }
  return text;
}

}  // namespace wireproof::style
