#pragma once

#include <filesystem>
#include <string>

#include "result/signature.h"

namespace wireproof {

// Where the signatures of a reference server's faults are recorded: beside its sheets.
std::filesystem::path signature_file(const std::string& server);

// Those of one server; none where nothing is recorded. What is no record is said on standard error.
Signatures load_signatures(const std::string& server);

}  // namespace wireproof
