#pragma once

#include <string>
#include <vector>

namespace wireproof {

// What a person calls the program of a command: "server.py" of `python3 -u ./server.py 12345`,
// "Main" of `java -cp classes Main`, "server" of `PORT=1 ./server &`.
std::string program_name(const std::string& command);

// The names of several programs; where two are alike, the later is "client.py#2".
std::vector<std::string> program_names(const std::vector<std::string>& commands);

}  // namespace wireproof
