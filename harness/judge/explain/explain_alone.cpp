#include "judge/explain/explain_alone.h"

#include <fmt/format.h>

#include <cctype>

#include "base/text/bytes.h"
#include "base/text/pattern.h"
#include "expect/match/match.h"

namespace wireproof {
namespace {

constexpr std::size_t kFewestAsked = 3;      // bytes; fewer may be the same by chance
constexpr std::size_t kMostSearched = 1024;  // bytes of each text, for its words

// Two bytes of the answer stand in each other's place, and all others are right.
std::optional<std::string> find_exchanged(const FailureEvidence& evidence) {
  if (!evidence.expected || evidence.came.size() != evidence.expected->bytes.size()) {
    return std::nullopt;
  }
  const Bytes& wanted = evidence.expected->bytes;
  std::vector<std::size_t> wrong;
  for (std::size_t at = 0; at < wanted.size() && wrong.size() < 3; ++at) {
    if (wanted[at] != evidence.came[at]) wrong.push_back(at);
  }
  const bool are_exchanged = wrong.size() == 2 && wanted[wrong[0]] == evidence.came[wrong[1]] &&
                             wanted[wrong[1]] == evidence.came[wrong[0]];
  if (!are_exchanged) return std::nullopt;
  const bool are_middle = wrong[0] + 1 == wrong[1] && 2 * wrong[1] == wanted.size();
  return fmt::format(
      "all bytes of the answer came, but those at offset {} and {}{} have changed "
      "places",
      wrong[0], wrong[1], are_middle ? ", the two in the middle of an even number," : "");
}

// What a client said until the server answered, and that answer.
struct Exchange {
  ByteView asked;
  std::uint64_t asked_begin = 0;
  std::size_t asked_last = 0;  // the packet that has the last byte of it
  ByteView answered;
  std::uint64_t begin = 0;  // of the answer, in the server's stream
  std::size_t packet = 0;   // that has its first byte
};

std::vector<Exchange> list_exchanges(const TcpConnection& connection) {
  std::vector<Exchange> exchanges;
  for (const Event& event : connection.events) {
    const bool asks = event.from == Side::client;
    const ByteView stream = asks ? connection.client_stream : connection.server_stream;
    if (event.kind != EventKind::bytes || event.end - 1 > stream.size()) continue;
    if (exchanges.empty() || (asks && !exchanges.back().answered.empty())) exchanges.push_back({});
    Exchange& last = exchanges.back();
    ByteView& part = asks ? last.asked : last.answered;
    std::uint64_t& begin = asks ? last.asked_begin : last.begin;
    if (part.empty()) begin = event.begin - 1;
    if (asks) last.asked_last = packet_of(connection, event);
    if (!asks && part.empty()) last.packet = packet_of(connection, event);
    part = stream.subspan(begin, event.end - 1 - begin);
  }
  return exchanges;
}

// The exchanges up to the one whose answer is wrong; empty: that one is not known.
std::vector<Exchange> exchanges_until(const FailureEvidence& evidence) {
  const bool came = evidence.connection != nullptr && evidence.exchange == nullptr &&
                    evidence.goal == StepGoal::message && !evidence.came.empty();
  if (!came) return {};
  std::vector<Exchange> exchanges = list_exchanges(*evidence.connection);
  const auto own = std::ranges::find(exchanges, evidence.reply_begin, &Exchange::begin);
  const bool is_known = own != exchanges.end() && !own->asked.empty() && !own->answered.empty();
  exchanges.erase(is_known ? own + 1 : exchanges.begin(), exchanges.end());
  return exchanges;
}

bool is_wanted(const FailureEvidence& evidence, ByteView answer) {
  if (evidence.expected) return std::ranges::equal(evidence.expected->bytes, answer);
  const auto pattern = Pattern::parse(evidence.pattern);
  return !evidence.pattern.empty() && pattern && pattern->find_end(answer) == answer.size();
}

// The same request was answered on this connection before, just as is expected of it now.
std::optional<std::string> find_answered_before(const FailureEvidence& evidence) {
  const std::vector<Exchange> exchanges = exchanges_until(evidence);
  if (exchanges.empty() || exchanges.back().asked.size() < kFewestAsked) return std::nullopt;
  const Exchange& own = exchanges.back();
  for (const Exchange& earlier : exchanges) {
    if (&earlier == &own || !std::ranges::equal(earlier.asked, own.asked)) continue;
    if (!is_wanted(evidence, earlier.answered)) continue;
    return fmt::format(
        "{} was answered as it should be earlier on this connection, by {} ({}), and is not any "
        "more: most likely something that the server keeps of that time is not cleared",
        render_quoted(own.asked, kShownBytes), render_quoted(earlier.answered, kShownBytes),
        packet_words(earlier.packet));
  }
  return std::nullopt;
}

// Its words, of letters, digits and what is beyond ASCII, each longer than one byte.
std::vector<std::string_view> words_of(ByteView bytes) {
  const auto is_part = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || std::isalnum(byte) != 0;
  };
  const std::string_view text = as_text(bytes.first(std::min(bytes.size(), kMostSearched)));
  std::vector<std::string_view> words;
  for (auto end = text.begin(); end != text.end();) {
    const auto begin = std::find_if(end, text.end(), is_part);
    end = std::find_if_not(begin, text.end(), is_part);
    if (end - begin > 1) words.emplace_back(&*begin, static_cast<std::size_t>(end - begin));
  }
  return words;
}

bool has(const std::vector<std::string_view>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// A word of the expected answer that another client had said, with one that this client asks for
// (behind its first, which says what is to be done).
bool is_about(const FailureEvidence& evidence, const Exchange& own, const Exchange& told) {
  const std::vector<std::string_view> said = words_of(told.asked);
  const std::vector<std::string_view> asked = words_of(own.asked);
  const std::vector<std::string_view> all_asked = words_of(evidence.connection->client_stream);
  const std::vector<std::string_view> came = words_of(evidence.came);
  const bool has_key = !asked.empty() && std::any_of(asked.begin() + 1, asked.end(),
                                                     [&](auto word) { return has(said, word); });
  return has_key && std::ranges::any_of(words_of(evidence.expected->bytes), [&](auto word) {
           return has(said, word) && !has(all_asked, word) && !has(came, word);
         });
}

std::optional<std::string> find_kept_apart(const FailureEvidence& evidence) {
  const std::vector<Exchange> exchanges = exchanges_until(evidence);
  if (exchanges.empty() || !evidence.expected) return std::nullopt;
  const Exchange& own = exchanges.back();
  for (const OtherClient& other : evidence.others) {
    if (other.connection == nullptr) continue;
    for (const Exchange& told : list_exchanges(*other.connection)) {
      const bool was_before = !told.answered.empty() && told.packet < own.asked_last;
      if (!was_before || !is_about(evidence, own, told)) continue;
      return fmt::format(
          "{} had said {} before, which was answered ({}), and {}, who asks for it on another "
          "connection, gets nothing of it: most likely it is kept for each connection, where it "
          "belongs to all clients",
          other.actor, render_quoted(told.asked, kShownBytes), packet_words(told.packet),
          evidence.actor);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> explain_alone(const FailureEvidence& evidence) {
  if (evidence.goal != StepGoal::message) return std::nullopt;
  for (const auto find : {find_exchanged, find_answered_before, find_kept_apart}) {
    if (auto found = find(evidence)) return found;
  }
  return std::nullopt;
}

}  // namespace wireproof
