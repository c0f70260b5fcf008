#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "cli/record/record_table.h"

namespace wireproof {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t kContext = 3;
// Cells of the table of common subsequences; beyond it the middle is one replacement.
constexpr std::size_t kMaxCells = 4'000'000;

struct Change {
  char kind = ' ';  // ' ', '-', '+'
  std::string_view line;
  std::size_t before = 0;  // lines of either text that precede it
  std::size_t after = 0;
};

Lines split_lines(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// Lengths of the longest common subsequences of all tails of both middles.
class CommonTails {
 public:
  CommonTails(std::span<const std::string_view> a, std::span<const std::string_view> b)
      : width_(b.size() + 1), lengths_((a.size() + 1) * width_, 0) {
    for (std::size_t i = a.size(); i-- > 0;) {
      for (std::size_t j = b.size(); j-- > 0;) {
        lengths_[i * width_ + j] =
            a[i] == b[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
      }
    }
  }
  std::size_t at(std::size_t i, std::size_t j) const { return lengths_[i * width_ + j]; }

 private:
  std::size_t width_;
  std::vector<std::size_t> lengths_;
};

class Differ {
 public:
  Differ(Lines before, Lines after) : before_(std::move(before)), after_(std::move(after)) {}

  std::vector<Change> run() {
    while (i_ < before_.size() && j_ < after_.size() && before_[i_] == after_[j_]) take(' ');
    std::size_t same_tail = 0;
    while (same_tail < std::min(before_.size() - i_, after_.size() - j_) &&
           before_[before_.size() - 1 - same_tail] == after_[after_.size() - 1 - same_tail]) {
      ++same_tail;
    }
    compare_middle(before_.size() - same_tail, after_.size() - same_tail);
    while (i_ < before_.size()) take(' ');
    return std::move(changes_);
  }

 private:
  void take(char kind) {
    changes_.push_back({kind, kind == '+' ? after_[j_] : before_[i_], i_, j_});
    if (kind != '+') ++i_;
    if (kind != '-') ++j_;
  }

  void compare_middle(std::size_t before_end, std::size_t after_end) {
    const std::size_t i0 = i_;
    const std::size_t j0 = j_;
    if ((before_end - i0 + 1) * (after_end - j0 + 1) <= kMaxCells) {
      const std::span before(before_);
      const std::span after(after_);
      const CommonTails common(before.subspan(i0, before_end - i0),
                               after.subspan(j0, after_end - j0));
      while (i_ < before_end && j_ < after_end) {
        if (before_[i_] == after_[j_]) {
          take(' ');
        } else if (common.at(i_ + 1 - i0, j_ - j0) >= common.at(i_ - i0, j_ + 1 - j0)) {
          take('-');
        } else {
          take('+');
        }
      }
    }
    while (i_ < before_end) take('-');
    while (j_ < after_end) take('+');
  }

  Lines before_;
  Lines after_;
  std::size_t i_ = 0;
  std::size_t j_ = 0;
  std::vector<Change> changes_;
};

// A hunk is a run of changes with at most twice the context between them.
std::string render_hunk(const std::vector<Change>& changes, std::size_t begin, std::size_t end) {
  std::size_t removed = 0;
  std::size_t added = 0;
  std::string body;
  for (std::size_t index = begin; index < end; ++index) {
    const Change& change = changes[index];
    if (change.kind != '+') ++removed;
    if (change.kind != '-') ++added;
    body += fmt::format("{}{}\n", change.kind, change.line);
  }
  // A side without lines names the line before it (diff(1), unified format).
  const std::size_t from = changes[begin].before + (removed > 0 ? 1 : 0);
  const std::size_t to = changes[begin].after + (added > 0 ? 1 : 0);
  return fmt::format("@@ -{},{} +{},{} @@\n", from, removed, to, added) + body;
}

}  // namespace

std::string render_line_diff(const std::string& name, const std::string& before,
                             const std::string& after) {
  const std::vector<Change> changes = Differ(split_lines(before), split_lines(after)).run();
  const auto is_change = [](const Change& change) { return change.kind != ' '; };
  std::string text;
  for (auto at = std::ranges::find_if(changes, is_change); at != changes.end();) {
    const auto first = static_cast<std::size_t>(at - changes.begin());
    std::size_t last = first;
    for (std::size_t index = first; index < changes.size() && index <= last + 2 * kContext;
         ++index) {
      if (is_change(changes[index])) last = index;
    }
    const std::size_t begin = first - std::min(first, kContext);
    const std::size_t end = std::min(last + 1 + kContext, changes.size());
    text += render_hunk(changes, begin, end);
    at = std::find_if(changes.begin() + static_cast<std::ptrdiff_t>(last) + 1, changes.end(),
                      is_change);
  }
  return text.empty() ? "" : "--- " + name + "\n+++ " + name + "\n" + text;
}

}  // namespace wireproof
