#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/options/argument_parser.h"

namespace wireproof {

// --columns, for commands that write a table. `columns` gets the option as given.
void add_columns_option(ArgumentParser& parser, std::string& columns,
                        const std::vector<std::string>& known);

// "No.,Info" as names.
std::vector<std::string> split_columns(const std::string& given);

// After parse(): the exit code when one of the names is not known; case does not count.
std::optional<int> check_columns(const ArgumentParser& parser, const std::string& given,
                                 const std::vector<std::string>& known);

}  // namespace wireproof
