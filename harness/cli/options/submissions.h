#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "play/runner/runner.h"

namespace wireproof {

// The programs of a class, and what is known of them from an earlier run.

// The folders of a class, by name.
struct FoundSubmissions {
  std::vector<Submission> all;
  std::vector<SubmissionGrade> refused;  // nobody can look into them: ungraded, with the error
};

// Every folder in `folder` whose name does not begin with a dot; `{dir}` in the command is its
// path, quoted. Throws std::filesystem::filesystem_error where `folder` itself cannot be read.
FoundSubmissions find_submissions(const std::filesystem::path& folder, const std::string& command);

// A text that is another one when anything in a folder is: names, links, bytes, who may execute.
// `start` stands for all that does not lie in it. Throws SystemError, filesystem_error.
std::string make_content_key(const std::filesystem::path& folder, const std::string& start);

// One file for each submission that is done, in a folder of their own, so that a run that was
// stopped goes on where it was, and a class is graded again only where something has changed.
class GradeStore {
 public:
  // Makes the folder. Throws filesystem_error.
  explicit GradeStore(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
  }

  // Nothing when there is none with this key, or it is damaged.
  std::optional<SubmissionGrade> find(const std::string& name, const std::string& key) const;
  // A half-written file is never seen under the name. Throws SystemError.
  void keep(const SubmissionGrade& grade, const std::string& key) const;

 private:
  std::filesystem::path file_of(const std::string& name) const;

  std::filesystem::path folder_;
};

}  // namespace wireproof
