#pragma once

#include <functional>
#include <string>

namespace wireproof {

// Runs a function in a child process and gives the text that it returned, or "refused: …" with
// what it threw. For what changes a process for good: namespaces.
std::string run_in_child(const std::function<std::string()>& body);

// The same, after the child has entered a private network.
std::string run_in_private_network(const std::function<std::string()>& body);

}  // namespace wireproof
