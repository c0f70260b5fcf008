#include "sheet/select/shard.h"

#include <map>

#include "catch.h"

namespace wireproof {
namespace {

std::optional<Shard> shard_of(std::string_view text,
                              const std::map<std::string, std::string>& variables = {}) {
  return parse_shard(text, [&variables](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  });
}

}  // namespace

TEST_CASE("a part is named by its number and how many there are", "[sheet]") {
  CHECK(shard_of("2/16") == Shard{2, 16});
  CHECK(render_shard({2, 16}) == "2/16");
  for (const char* const wrong : {"", "2", "0/16", "17/16", "2/0", "2/", "/16", "2/16/3", "-1/4",
                                  "two/16", "1/100001", "99999999999999999999/3"}) {
    CAPTURE(wrong);
    CHECK_FALSE(shard_of(wrong));
  }
}

TEST_CASE("the parts have each place once", "[sheet]") {
  for (std::size_t place = 0; place < 10; ++place) {
    std::size_t owners = 0;
    for (std::size_t number = 1; number <= 3; ++number) {
      if (Shard{number, 3}.has(place)) ++owners;
    }
    CHECK(owners == 1);
  }
  CHECK(Shard{1, 3}.has(0));
  CHECK(Shard{3, 3}.has(5));
}

TEST_CASE("engines say which part it is", "[sheet]") {
  CHECK(shard_of("auto", {{"CI_NODE_INDEX", "1"}, {"CI_NODE_TOTAL", "5"}}) == Shard{1, 5});
  CHECK(shard_of("auto", {{"CIRCLE_NODE_INDEX", "0"}, {"CIRCLE_NODE_TOTAL", "5"}}) == Shard{1, 5});
  CHECK(shard_of("auto", {{"BUILDKITE_PARALLEL_JOB", "4"},
                          {"BUILDKITE_PARALLEL_JOB_COUNT", "5"}}) == Shard{5, 5});
  CHECK(shard_of("auto/5", {{"JOB_COMPLETION_INDEX", "4"}}) == Shard{5, 5});
  CHECK(shard_of("auto/5", {{"PARALLEL_SEQ", "1"}}) == Shard{1, 5});
}

TEST_CASE("the tasks of a Slurm array may begin anywhere and leave numbers out", "[sheet]") {
  const std::map<std::string, std::string> variables = {{"SLURM_ARRAY_TASK_ID", "30"},
                                                        {"SLURM_ARRAY_TASK_MIN", "10"},
                                                        {"SLURM_ARRAY_TASK_STEP", "10"},
                                                        {"SLURM_ARRAY_TASK_COUNT", "4"}};
  CHECK(shard_of("auto", variables) == Shard{3, 4});
  const std::map<std::string, std::string> again = {
      {"SLURM_ARRAY_TASK_ID", "3"}, {"SLURM_ARRAY_TASK_MIN", "3"}, {"SLURM_ARRAY_TASK_COUNT", "1"}};
  CHECK(shard_of("auto/16", again) == Shard{3, 16});
}

TEST_CASE("what the environment does not say is not guessed", "[sheet]") {
  CHECK_FALSE(shard_of("auto"));
  CHECK_FALSE(shard_of("auto/4"));
  CHECK_FALSE(shard_of("auto", {{"JOB_COMPLETION_INDEX", "1"}}));
  CHECK_FALSE(shard_of("auto/4", {{"JOB_COMPLETION_INDEX", "4"}}));
  CHECK_FALSE(shard_of("auto/4", {{"CI_NODE_INDEX", "1"}, {"CI_NODE_TOTAL", "5"}}));
  CHECK_FALSE(shard_of("auto", {{"CI_NODE_INDEX", "0"}, {"CI_NODE_TOTAL", "5"}}));
  CHECK_FALSE(shard_of("auto", {{"SLURM_ARRAY_TASK_ID", "1"},
                                {"SLURM_ARRAY_TASK_MIN", "0"},
                                {"SLURM_ARRAY_TASK_STEP", "0"},
                                {"SLURM_ARRAY_TASK_COUNT", "4"}}));
}

}  // namespace wireproof
