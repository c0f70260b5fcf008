#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace wireproof {

// How a student's program (a file of tests/students/programs) is started, host and port to follow;
// sources are compiled into `folder` first. Nothing where the machine lacks the language.
std::optional<std::vector<std::string>> prepare_student(const std::string& program,
                                                        const std::filesystem::path& folder);

// The program as a process of its own that listens on 127.0.0.1, ended with the object.
class StudentProcess {
 public:
  // Returns once it listens on the port, TCP or UDP; throws std::runtime_error when it does not.
  StudentProcess(const std::vector<std::string>& command, std::uint16_t port);
  ~StudentProcess();
  StudentProcess(const StudentProcess&) = delete;
  StudentProcess& operator=(const StudentProcess&) = delete;

 private:
  int process_ = -1;
};

}  // namespace wireproof
