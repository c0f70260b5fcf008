#pragma once

#include <optional>

#include "cli/options/argument_parser.h"
#include "play/runner/runner.h"

namespace wireproof {

// How somebody's program is kept from doing harm; the options of the commands that start one.
struct SandboxSettings {
  bool none = false;  // --no-sandbox
  std::optional<std::uint64_t> memory_mib;
  std::optional<std::uint64_t> processes;
  std::optional<std::uint64_t> file_mib;
  std::optional<Duration> cpu;
};

void add_sandbox_options(ArgumentParser& parser, SandboxSettings& settings);

// None with --no-sandbox.
std::optional<SandboxOptions> sandbox_options(const SandboxSettings& settings);

// Tries one: a machine that allows none must not be taken for a fault of the programs. Throws
// std::runtime_error with what is refused.
void require_sandbox(const SandboxOptions& options);

}  // namespace wireproof
