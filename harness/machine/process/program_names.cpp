#include "machine/process/program_names.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace wireproof {
namespace {

// Programs whose first argument is the program that a person means.
constexpr std::array<std::string_view, 21> kInterpreters{
    "python", "node", "nodejs", "java", "ruby",   "perl",  "php",  "sh",   "bash", "dash", "env",
    "exec",   "deno", "bun",    "lua",  "dotnet", "julia", "nice", "time", "go",   "run"};

// Options that take the next word with them.
constexpr std::array<std::string_view, 6> kTakesWord{"-cp", "-classpath",    "--class-path",
                                                     "-W",  "--module-path", "-X"};

bool is_interpreter(std::string_view name) {
  // python3, python3.11
  while (!name.empty() && (name.back() == '.' || (name.back() >= '0' && name.back() <= '9'))) {
    name.remove_suffix(1);
  }
  return std::ranges::find(kInterpreters, name) != kInterpreters.end();
}

bool is_assignment(const std::string& word) {
  const std::size_t equals = word.find('=');
  return equals != std::string::npos && equals > 0 && word.find('/') > equals;
}

// By blanks; quotes keep blanks together and vanish.
std::vector<std::string> split_words(const std::string& command) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  for (const char c : command) {
    if (quote != 0 ? c == quote : c == '\'' || c == '"') {
      quote = quote != 0 ? '\0' : c;
    } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
    } else {
      word += c;
    }
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

std::string base_name(const std::string& word) {
  const std::string name = std::filesystem::path(word).filename();
  return name.empty() ? word : name;
}

}  // namespace

std::string program_name(const std::string& command) {
  std::string interpreter;
  bool skip = false;
  for (const std::string& word : split_words(command)) {
    if (skip || is_assignment(word)) {
      skip = false;
      continue;
    }
    if (word.starts_with("-")) {
      skip = std::ranges::find(kTakesWord, word) != kTakesWord.end();
      if (word == "-c" || word == "-e") break;  // the program stands in the command
      continue;
    }
    const std::string name = base_name(word);
    if (!is_interpreter(name)) return name;
    interpreter = name;
  }
  return interpreter.empty() ? "program" : interpreter;
}

std::vector<std::string> program_names(const std::vector<std::string>& commands) {
  std::vector<std::string> names;
  for (const std::string& command : commands) {
    const std::string base = program_name(command);
    std::string name = base;
    for (int number = 2; std::ranges::find(names, name) != names.end(); ++number) {
      name = base + "#" + std::to_string(number);
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace wireproof
