#pragma once

// What most sources include, compiled once for all of them. It stands in for nothing: a source
// still includes what it uses, and builds without this (WIREPROOF_PCH=OFF).
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <tl/expected.hpp>
