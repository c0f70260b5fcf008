#include "conversations/frame_words.h"

#include <cassert>
#include <sstream>

namespace wireproof {

FrameWords::FrameWords(const std::string& words) {
  std::istringstream stream(words);
  for (std::string word; stream >> word;) words_.push_back(word);
}

FrameWords FrameWords::with(const FrameWords& later) const {
  std::vector<std::string> all = words_;
  all.insert(all.end(), later.words_.begin(), later.words_.end());
  return FrameWords(all);
}

std::optional<std::string> FrameWords::text(const std::string& name) const {
  for (const std::string& word : words_) {
    if (word == name) return "";
    const bool has_value = word.size() > name.size() && word.starts_with(name) &&
                           (word[name.size()] == '=' || word[name.size()] == ':');
    if (has_value) return word.substr(name.size() + 1);
  }
  return std::nullopt;
}

std::uint32_t FrameWords::number(const std::string& name, std::uint32_t otherwise) const {
  const auto value = text(name);
  return value ? static_cast<std::uint32_t>(std::stoul(*value, nullptr, 0)) : otherwise;
}

std::vector<std::uint32_t> FrameWords::numbers(const std::string& name) const {
  std::vector<std::uint32_t> values;
  std::istringstream stream(text(name).value_or(""));
  for (std::string part; std::getline(stream, part, '.');) {
    values.push_back(static_cast<std::uint32_t>(std::stoul(part)));
  }
  return values;
}

Bytes FrameWords::hex(const std::string& name) const {
  const std::optional<Bytes> bytes = parse_hex(text(name).value_or(""));
  assert(bytes);
  return *bytes;
}

}  // namespace wireproof
