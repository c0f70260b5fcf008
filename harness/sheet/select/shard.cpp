#include "sheet/select/shard.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "base/text/words.h"

namespace wireproof {
namespace {

// Where an engine says which of its machines this is.
struct EngineVariables {
  const char* number;
  const char* count;  // null: it does not say how many there are
  std::size_t first;  // the number of the first one
};
constexpr std::array<EngineVariables, 5> kEngines = {{
    {"CI_NODE_INDEX", "CI_NODE_TOTAL", 1},
    {"CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0},
    {"BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0},
    {"JOB_COMPLETION_INDEX", nullptr, 0},
    {"PARALLEL_SEQ", nullptr, 1},
}};

std::optional<std::size_t> read_number(const Environment& environment, const char* name) {
  return parse_number<std::size_t>(environment(name));
}

std::optional<Shard> make_shard(std::size_t place, std::size_t count) {
  constexpr std::size_t kMostShards = 100'000;
  if (place >= count || count > kMostShards) return std::nullopt;
  return Shard{place + 1, count};
}

// An array's tasks may begin anywhere, and leave numbers out: --array=10-40:10. Where it has not as
// many tasks as there are parts, some are played again: then a task's number is that of its part.
std::optional<Shard> find_slurm_task(const Environment& environment,
                                     std::optional<std::size_t> given_count) {
  const auto task = read_number(environment, "SLURM_ARRAY_TASK_ID");
  const auto first = read_number(environment, "SLURM_ARRAY_TASK_MIN");
  const auto count = read_number(environment, "SLURM_ARRAY_TASK_COUNT");
  const std::size_t step = read_number(environment, "SLURM_ARRAY_TASK_STEP").value_or(1);
  if (!task || !first || !count || *task < *first || step == 0) return std::nullopt;
  if (given_count.value_or(*count) != *count) {
    return *task == 0 ? std::nullopt : make_shard(*task - 1, *given_count);
  }
  return make_shard((*task - *first) / step, *count);
}

std::optional<Shard> find_engine_part(const Environment& environment,
                                      std::optional<std::size_t> given_count) {
  if (const auto task = find_slurm_task(environment, given_count)) return task;
  for (const EngineVariables& engine : kEngines) {
    const auto number = read_number(environment, engine.number);
    const auto count =
        engine.count == nullptr ? given_count : read_number(environment, engine.count);
    if (!number || !count || *number < engine.first) continue;
    if (const auto part = make_shard(*number - engine.first, *count)) return part;
  }
  return std::nullopt;
}

}  // namespace

std::string render_shard(const Shard& shard) {
  return fmt::format("{}/{}", shard.number, shard.count);
}

std::optional<Shard> parse_shard(std::string_view text, const Environment& environment) {
  const std::size_t slash = text.find('/');
  const std::string_view number = text.substr(0, slash);
  std::optional<std::size_t> count;
  if (slash != std::string_view::npos) {
    count = parse_number<std::size_t>(text.substr(slash + 1));
    if (!count) return std::nullopt;
  }
  if (number == "auto") {
    const auto part = find_engine_part(environment, count);
    return part && count.value_or(part->count) == part->count ? part : std::nullopt;
  }
  const auto given = parse_number<std::size_t>(number);
  if (!given || *given == 0 || !count) return std::nullopt;
  return make_shard(*given - 1, *count);
}

}  // namespace wireproof
