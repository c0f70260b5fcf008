#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace wireproof {

// docs/NAME.schema.json.
nlohmann::json published_schema(const std::string& name);

// The first place where a document is not as its JSON Schema says, and why; empty: nowhere. Knows
// as much of JSON Schema as the published schemas use; any other keyword is a fault of the schema.
std::string find_schema_fault(const nlohmann::json& document, const nlohmann::json& schema);

}  // namespace wireproof
