#include "play/runner/replay_queue.h"

#include <filesystem>
#include <utility>

namespace wireproof {
namespace {

std::uint32_t patience_of(std::uint64_t replays) {
  std::uint32_t patience = 1;
  for (std::uint64_t replay = 0; replay < replays; ++replay) patience *= kMorePatience;
  return patience;
}

// What a playing that is not the result has left behind.
void drop_capture(const ScenarioResult& before, const ScenarioResult& result) {
  if (before.capture_file.empty() || before.capture_file == result.capture_file) return;
  std::error_code gone;
  std::filesystem::remove(before.capture_file, gone);
}

}  // namespace

PlayOrder ReplayQueue::replay(std::deque<Open>& waiting) {
  Open open = std::move(waiting.front());
  waiting.pop_front();
  ++playing_;
  const PlayOrder order{static_cast<std::uint32_t>(open.number), patience_of(open.replays),
                        open.is_traced};
  again_.emplace(open.number, std::move(open));
  return order;
}

std::optional<PlayOrder> ReplayQueue::next() {
  if (is_late_one_playing_) return std::nullopt;
  if (!soon_.empty()) return replay(soon_);
  if (const auto number = source_.next()) {
    ++playing_;
    return PlayOrder{static_cast<std::uint32_t>(*number), 1, false};
  }
  if (playing_ > 0 || late_.empty()) return std::nullopt;
  is_late_one_playing_ = true;
  return replay(late_);
}

bool ReplayQueue::take(std::size_t number, ScenarioResult result, Chance chance) {
  --playing_;
  is_late_one_playing_ = false;
  if (const auto played = again_.find(number); played != again_.end()) {
    if (played->second.is_traced) {
      result = choose_told(std::move(played->second.so_far), std::move(result));
      again_.erase(played);
      return source_.take(number, std::move(result));
    }
    result.replays = played->second.replays;
    drop_capture(played->second.so_far, result);
    again_.erase(played);
  }
  const bool is_last = chance == Chance::none || result.replays == kMostReplays;
  if (traced_ && traced_->wants(result, source_.plays()[number].folder)) {
    const std::uint64_t replays = result.replays;
    soon_.push_back({number, replays, std::move(result), true});
    return true;
  }
  if (result.verdict != Verdict::inconclusive || is_last) {
    return source_.take(number, std::move(result));
  }
  const std::uint64_t replays = result.replays + 1;
  const bool is_soon = company_ == Company::alone || replays <= kReplaysAmongOthers;
  (is_soon ? soon_ : late_).push_back({number, replays, std::move(result), false});
  return true;
}

void ReplayQueue::finish() {
  for (std::deque<Open>* waiting : {&soon_, &late_}) {
    for (Open& open : *waiting) source_.take(open.number, std::move(open.so_far));
    waiting->clear();
  }
  for (auto& [number, open] : again_) source_.take(number, std::move(open.so_far));
  again_.clear();
}

}  // namespace wireproof
