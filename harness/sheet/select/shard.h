#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof {

// One of `count` parts of the work, for as many machines: it has every `count`-th of what is in an
// order that all of them see.
struct Shard {
  std::size_t number = 1;  // from 1 up to `count`
  std::size_t count = 1;

  bool has(std::size_t place) const { return place % count == number - 1; }  // from 0
  bool operator==(const Shard&) const = default;
};

// "2/16"
std::string render_shard(const Shard& shard);

// The value of a variable; empty where it is not set.
using Environment = std::function<std::string(const char* name)>;

// "2/16", "auto" (what GitLab, CircleCI, Buildkite or a Slurm array has said in the environment) or
// "auto/16" (the same, also where only the number of the part is said: Kubernetes, GNU parallel).
// Nothing for what is no such name, and where the environment says nothing or something else.
std::optional<Shard> parse_shard(std::string_view text, const Environment& environment);

}  // namespace wireproof
