#pragma once

// What every test includes, compiled once (cmake/precompiled.h says how).
#include "../cmake/precompiled.h"
#include "catch.h"
