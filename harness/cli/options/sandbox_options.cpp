#include "cli/options/sandbox_options.h"

#include <fmt/format.h>

#include <stdexcept>

#include "base/system/process.h"

namespace wireproof {

namespace {

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

}  // namespace

void add_sandbox_options(ArgumentParser& parser, SandboxSettings& settings) {
  constexpr const char* kNumber = "a number from 1";
  const SandboxLimits usual;
  parser.flag("--no-sandbox", settings.none,
              "start the program without protection from it: to debug, or where the machine "
              "allows no sandbox");
  parser.value<std::uint64_t>("--max-memory", settings.memory_mib, parse_positive, kNumber,
                              fmt::format("MiB of memory for all its processes (default: {})",
                                          usual.memory_bytes / kMebibyte));
  parser.value<std::uint64_t>(
      "--max-processes", settings.processes, parse_positive, kNumber,
      fmt::format("processes and threads at a time (default: {})", usual.processes));
  parser.value<std::uint64_t>(
      "--max-file", settings.file_mib, parse_positive, kNumber,
      fmt::format("MiB in a file, and in all of /tmp (default: {})", usual.file_bytes / kMebibyte));
  parser.value<Duration>(
      "--max-cpu", settings.cpu, parse_duration, "a duration like `500ms` or `2s`",
      fmt::format("processor time of each process, in whole seconds (default: {}s)",
                  usual.cpu.count()));
}

std::optional<SandboxOptions> sandbox_options(const SandboxSettings& settings) {
  if (settings.none) return std::nullopt;
  SandboxOptions options;
  SandboxLimits& limits = options.limits;
  if (settings.memory_mib) limits.memory_bytes = *settings.memory_mib * kMebibyte;
  limits.processes = settings.processes.value_or(limits.processes);
  if (settings.file_mib) limits.file_bytes = *settings.file_mib * kMebibyte;
  if (settings.cpu) limits.cpu = std::chrono::ceil<std::chrono::seconds>(*settings.cpu);
  return options;
}

void require_sandbox(const SandboxOptions& options) {
  const Attempt attempt = attempt_in_child([&options] {
    const NetworkKind network = enter_private_network({});
    const Sandbox sandbox({options.limits, {}, options.hidden}, network);
    return std::string();
  });
  if (!attempt.done) throw std::runtime_error(attempt.text);
}

}  // namespace wireproof
