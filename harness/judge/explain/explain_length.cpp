// Numbers of a request that announce how much follows: servers that believe them.
#include <fmt/format.h>

#include "expect/payload/layout.h"
#include "judge/explain/explain_entry.h"

namespace wireproof {
namespace {

constexpr std::size_t kMinNumber = 256;  // a smaller one may be anything

// A number in the first bytes of a request.
struct Announcement {
  std::size_t offset = 0;
  std::string field;
};

bool counts_others(const Field& field, const Layout& layout) {
  if (std::holds_alternative<ValueSizeOf>(field.rule)) return true;
  if (std::holds_alternative<ValueCountOf>(field.rule)) return true;
  return std::ranges::any_of(layout.fields, [&](const Field& other) {
    const auto* const count = std::get_if<CountField>(&other.count);
    return count != nullptr && count->field == field.name;
  });
}

// Where the sheet's layouts have a 32-bit length. Where no layout says that there is one, the first
// bytes of a request are no number.
std::vector<Announcement> find_announcements(const FailureEvidence& evidence) {
  std::vector<Announcement> found;
  if (evidence.layouts == nullptr) return found;
  for (const auto& [name, layout] : *evidence.layouts) {
    std::size_t offset = 0;
    for (const Field& field : layout.fields) {
      const bool is_length = field.size == 4 && is_integer(field) && counts_others(field, layout);
      if (is_length) found.push_back({offset, field.name});
      const auto size = field_size(field, *evidence.layouts);
      if (!size) break;
      offset += *size;
    }
  }
  return found;
}

std::optional<std::string> find_trusted_length(const FailureEvidence& evidence) {
  const bool waits = evidence.goal == StepGoal::end && evidence.end == StepEnd::timed_out &&
                     evidence.server_end.empty() && evidence.came.empty();
  if (!waits || evidence.connection == nullptr) return std::nullopt;
  if (evidence.requests.size() != evidence.replies.size() + 1) return std::nullopt;
  const ByteView request = evidence.requests.back().bytes;
  for (const Announcement& one : find_announcements(evidence)) {
    if (one.offset + 4 > request.size()) continue;
    const std::uint32_t number = ByteReader(request.subspan(one.offset)).read_u32();
    const std::size_t rest = request.size() - one.offset - 4;
    if (number <= rest || number < kMinNumber) continue;
    return fmt::format(
        "`{}` of the request announces {} bytes and {} followed: most likely the "
        "server trusts the number and waits for the rest",
        one.field, number, rest);
  }
  return std::nullopt;
}

constexpr ExplanationEntry kEntries[] = {{ExplanationId::trusted_length, find_trusted_length}};

}  // namespace

std::optional<Explanation> explain_length(const FailureEvidence& evidence) {
  return first_explanation(kEntries, evidence);
}

}  // namespace wireproof
