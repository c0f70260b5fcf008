#pragma once

// The one place that names Catch2's header: version 2 has a single one, version 3 has many.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
