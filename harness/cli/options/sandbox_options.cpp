#include "cli/options/sandbox_options.h"

#include <fmt/format.h>

#include <stdexcept>

#include "base/system/process.h"

namespace wireproof {
namespace {

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

}  // namespace

void add_sandbox_options(ArgumentParser& parser, SandboxSettings& settings) {
  const SandboxLimits usual;
  parser.flag("--no-sandbox", settings.none,
              "start the program without protection from it: to debug, or where the machine "
              "allows no sandbox");
  parser.number("--max-memory", settings.memory_mib,
                fmt::format("MiB of memory for all its processes (default: {})",
                            usual.memory_bytes / kMebibyte));
  parser.number("--max-processes", settings.processes,
                fmt::format("processes and threads at a time (default: {})", usual.processes));
  parser.number(
      "--max-file", settings.file_mib,
      fmt::format("MiB in a file, and in all of /tmp (default: {})", usual.file_bytes / kMebibyte));
  parser.duration("--max-cpu", settings.cpu,
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
