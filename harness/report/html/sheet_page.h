#pragma once

#include <cstddef>
#include <pugixml.hpp>
#include <string>

#include "result/run_result.h"

namespace wireproof {

// What a run knows of one of its sheets, as a page within the page.
void add_sheet_page(pugi::xml_node main, const RunResult& run, std::size_t index);
// Where links find it.
std::string sheet_page_id(std::size_t index);

}  // namespace wireproof
