# How a target is made here: one warning set, one sanitizer option, one library per room.

option(WIREPROOF_WERROR "Make warnings errors: for tests and CI, not for a user's build" OFF)
option(WIREPROOF_SANITIZE "Build with address and undefined behaviour sanitizers" OFF)
option(WIREPROOF_FUZZ "Make the fuzz targets of tests/fuzz; clang++ has what they need" OFF)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

# Assertions stay on in every build type: release must not define NDEBUG.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
if(WIREPROOF_SANITIZE)
  # Line numbers are all that a sanitizer prints, and -Og compiles a third faster than -O1. Here, so
  # that what is said for a target counts more.
  set(CMAKE_CXX_FLAGS_DEBUG "-g1 -Og")
endif()

add_library(wireproof_options INTERFACE)
target_compile_options(wireproof_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast)
if(WIREPROOF_WERROR)
  target_compile_options(wireproof_options INTERFACE -Werror)
endif()
# Where the standard library is precompiled, g++ 12 no longer takes its headers for the system's and
# warns of std::string's own members once they are inlined (GCC bugs 105329, 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  target_compile_options(wireproof_options INTERFACE
    -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)
endif()
if(WIREPROOF_SANITIZE)
  target_compile_options(wireproof_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
    # The undefined behaviour sanitizer keeps two million pointers to places in the source. In a
    # program that may lie anywhere each start relocates them: 0.3 s for `wireproof --version`.
    -fno-pie
    # g++ 12 warns of std::regex's own members under sanitizers (GCC bug 105562).
    -Wno-maybe-uninitialized)
  target_link_options(wireproof_options INTERFACE -fsanitize=address,undefined -no-pie)
endif()

if(WIREPROOF_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    message(FATAL_ERROR "Fuzzing needs clang++: CXX=clang++, or scripts/fuzz")
  endif()
  set(CMAKE_CXX_FLAGS_DEBUG "-g1 -O1")
  target_compile_options(wireproof_options INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
    -D_GLIBCXX_ASSERTIONS)
  target_link_options(wireproof_options INTERFACE -fsanitize=address,undefined)
endif()

option(WIREPROOF_PCH "Compile what most sources include once (cmake/precompiled.h)" ON)
if(WIREPROOF_PCH AND CCACHE_PROGRAM)
  # What ccache needs to serve sources that use a precompiled header (ccache's manual).
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE_PROGRAM}")
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()

# A source takes longer to read its headers than to compile: ten at a time, a clean build takes a
# third of the time, while a change compiles ten again. So no two sources of one room, or of one
# test program, may give two things one name.
option(WIREPROOF_UNITY "Compile sources ten at a time: for clean builds" ON)
set(WIREPROOF_UNITY_SIZE 10)

# wireproof_unite(<target>)
function(wireproof_unite target)
  set_target_properties(${target} PROPERTIES
    UNITY_BUILD ${WIREPROOF_UNITY} UNITY_BUILD_BATCH_SIZE ${WIREPROOF_UNITY_SIZE})
endfunction()

# wireproof_precompile(<target> <header> <first>): the header, compiled for <first> alone.
function(wireproof_precompile target header first)
  if(NOT WIREPROOF_PCH)
    return()
  elseif(target STREQUAL first)
    target_precompile_headers(${target} PRIVATE "${header}")
  else()
    target_precompile_headers(${target} REUSE_FROM ${first})
  endif()
endfunction()

# cmake/rooms.txt: the rooms in their order, and what each may include.
set(WIREPROOF_ROOMS_FILE "${PROJECT_SOURCE_DIR}/cmake/rooms.txt")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${WIREPROOF_ROOMS_FILE}")
file(STRINGS "${WIREPROOF_ROOMS_FILE}" room_lines REGEX "^[a-z]")
foreach(line IN LISTS room_lines)
  string(REGEX MATCH "^([a-z/]+): *(.*)$" _ "${line}")
  set(room "${CMAKE_MATCH_1}")
  string(REGEX REPLACE " +" ";" names "${CMAKE_MATCH_2}")
  set(allowed)
  foreach(above IN LISTS WIREPROOF_ROOMS)
    string(REGEX REPLACE "/.*" "" wing "${above}")
    if(above IN_LIST names OR wing IN_LIST names)
      list(APPEND allowed "${above}")
    endif()
  endforeach()
  set(WIREPROOF_ALLOWED_${room} "${allowed}")
  list(APPEND WIREPROOF_ROOMS "${room}")
endforeach()

# The library of a room: packets/wire -> wireproof_packets_wire.
function(wireproof_room_target room result)
  string(REPLACE "/" "_" name "${room}")
  set(${result} "wireproof_${name}" PARENT_SCOPE)
endfunction()

# wireproof_room(<room> LINKS <imported targets>): the library of a room, made of every .cpp of its
# folder (not of folders below) and linked to the rooms that it may include.
function(wireproof_room room)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  if(NOT room IN_LIST WIREPROOF_ROOMS)
    message(FATAL_ERROR "cmake/rooms.txt does not name the room ${room}")
  endif()
  set(links ${ARG_LINKS})
  foreach(allowed IN LISTS WIREPROOF_ALLOWED_${room})
    wireproof_room_target(${allowed} target)
    list(APPEND links ${target})
  endforeach()
  wireproof_room_target(${room} target)
  set(top harness/)
  if(room MATCHES "^servers")
    set(top "")
  endif()
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${top}${room}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(NOT sources)
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE ${links})
    return()
  endif()
  add_library(${target} STATIC ${sources})
  target_include_directories(${target}
    PUBLIC "${PROJECT_SOURCE_DIR}/harness" "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PUBLIC ${links} PRIVATE wireproof_options)
  wireproof_precompile(${target} "${PROJECT_SOURCE_DIR}/cmake/precompiled.h" wireproof_base_text)
  wireproof_unite(${target})
endfunction()

# wireproof_test(NAME FOLDERS … [SOURCES …] LINKS … [CASES …]): one test program of every .cpp below
# folders of tests/, and of further sources there; CASES are those that it runs unless asked.
function(wireproof_test name)
  cmake_parse_arguments(ARG "" "" "FOLDERS;SOURCES;LINKS;CASES" ${ARGN})
  set(sources)
  foreach(source IN LISTS ARG_SOURCES)
    list(APPEND sources "${PROJECT_SOURCE_DIR}/tests/${source}")
  endforeach()
  foreach(folder IN LISTS ARG_FOLDERS)
    file(GLOB found CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/${folder}/*.cpp")
    list(APPEND sources ${found})
  endforeach()
  add_executable(${name}_test ${sources})
  target_link_libraries(${name}_test PRIVATE ${ARG_LINKS} wireproof_catch_main wireproof_options)
  target_include_directories(${name}_test PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  wireproof_precompile(${name}_test "" wireproof_catch_main)
  if(WIREPROOF_SANITIZE)
    # Test programs are large and run once: compiling them fast matters more than their speed.
    target_compile_options(${name}_test PRIVATE -O0)
  endif()
  target_compile_definitions(${name}_test PRIVATE
    WIREPROOF_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  wireproof_unite(${name}_test)
  add_test(NAME ${name} COMMAND ${name}_test ${ARG_CASES})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 900)
endfunction()
