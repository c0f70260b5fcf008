#include "cli/options/signature_files.h"

#include "base/system/file.h"
#include "base/system/system_call.h"
#include "cli/options/argument_parser.h"
#include "cli/options/own_servers.h"
#include "cli/options/selection.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxRecordBytes = 1 << 20;

}  // namespace

std::filesystem::path signature_file(const std::string& server) {
  const OwnServer* const own = find_own_server(server);
  return own != nullptr ? own->folder / "signatures.txt"
                        : find_sheet_path("scenarios/" + server + "/signatures.txt");
}

Signatures load_signatures(const std::string& server) {
  const std::filesystem::path path = signature_file(server);
  if (!std::filesystem::is_regular_file(path)) return {};
  const SourceText source(path.string(), read_file(path, kMaxRecordBytes));
  auto signatures = parse_signatures(source);
  if (signatures) return *std::move(signatures);
  for (const Diagnostic& wrong : signatures.error()) print_error(render_diagnostic(wrong, source));
  return {};
}

}  // namespace wireproof
