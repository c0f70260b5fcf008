# How a target is made here: one warning set, one sanitizer option, one folder per library.

option(WIREPROOF_SANITIZE "Build with address and undefined behaviour sanitizers" OFF)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

# Assertions stay on in every build type: release must not define NDEBUG.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")

add_library(wireproof_options INTERFACE)
target_compile_options(wireproof_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast -Werror)
if(WIREPROOF_SANITIZE)
  target_compile_options(wireproof_options INTERFACE
    -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
    # g++ 12 warns of std::regex's own members under sanitizers (GCC bug 105562).
    -Wno-maybe-uninitialized)
  target_link_options(wireproof_options INTERFACE -fsanitize=address,undefined)
endif()

# wireproof_library(<folder name> SOURCES a.cpp … LINKS <other folders, imported targets>)
# The links are the only include edges a folder may have; style_test checks the #include lines too.
function(wireproof_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  if(NOT ARG_SOURCES)
    add_library(wireproof_${name} INTERFACE)
    target_include_directories(wireproof_${name} INTERFACE "${PROJECT_SOURCE_DIR}/harness")
    target_link_libraries(wireproof_${name} INTERFACE ${ARG_LINKS})
    return()
  endif()
  add_library(wireproof_${name} STATIC ${ARG_SOURCES})
  target_include_directories(wireproof_${name} PUBLIC "${PROJECT_SOURCE_DIR}/harness")
  target_link_libraries(wireproof_${name} PUBLIC ${ARG_LINKS} PRIVATE wireproof_options)
endfunction()

# wireproof_test(<area> SOURCES a_test.cpp … LINKS …): one test program for one source folder.
function(wireproof_test area)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  if(NOT ARG_SOURCES)
    return()
  endif()
  add_executable(${area}_test ${ARG_SOURCES})
  target_link_libraries(${area}_test PRIVATE ${ARG_LINKS} wireproof_catch_main wireproof_options)
  target_include_directories(${area}_test PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  if(WIREPROOF_SANITIZE)
    # Test programs are large and run once: compiling them fast matters more than their speed.
    target_compile_options(${area}_test PRIVATE -O0)
  endif()
  target_compile_definitions(${area}_test PRIVATE
    WIREPROOF_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${area} COMMAND ${area}_test)
  set_tests_properties(${area} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
endfunction()
