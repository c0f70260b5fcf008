#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/system/deadline.h"
#include "base/system/file.h"
#include "base/system/process.h"
#include "base/text/time.h"

namespace wireproof {

// The files of the reports that a command owes about a Value. They are opened before anything runs,
// so that work never ends with a result that cannot be kept. They are written before anything is
// printed, and until then a reader of the progress that goes away (SIGPIPE) ends nothing.
template <typename Value>
class OwedReports {
 public:
  using Render = std::function<std::string(const Value&)>;

  // An empty path: not wanted. Throws SystemError naming the file that cannot be written.
  void owe(const std::string& path, Render render) {
    if (path.empty()) return;
    auto file = std::make_shared<OutputFile>(path, "write the report " + path);
    updates_.push_back([file, render](const Value& value) { file->update(render(value)); });
    owe([file, render = std::move(render)](const Value& value) { file->write(render(value)); });
  }
  // Anything else that is to be written, or throws SystemError.
  void owe(std::function<void(const Value&)> write) { targets_.push_back(std::move(write)); }

  // Whether the files are to be brought up to date: not so often that it takes more than a
  // twentieth of the time.
  bool is_due() const { return !updates_.empty() && next_update_.is_over(); }
  // The files say what there is by now, so that a process that is killed leaves that.
  template <typename MakeValue>
  void update(const MakeValue& make_value) {
    constexpr int kPart = 20;
    const auto begin = Deadline::Clock::now();
    const Value value = make_value();
    for (const auto& update_file : updates_) update_file(value);
    next_update_ = Deadline((Deadline::Clock::now() - begin) * kPart);
  }

  // From now on SIGINT and SIGTERM wait until the reports are written. A run that is played
  // meanwhile takes them for its own interruption.
  void hold_stops() { stops_.emplace(); }

  // Once. Where one cannot be written the others are all the same.
  void write(const Value& value) {
    if (!stops_) hold_stops();
    for (const auto& write_target : targets_) {
      try {
        write_target(value);
      } catch (const SystemError& error) {
        failure_ = error;
      }
    }
    ignored_.reset();
    stops_.reset();
  }

  // Throws SystemError naming one that could not be written; behind it there is nothing to say.
  void require_written() const {
    if (failure_) throw SystemError(*failure_);
  }

 private:
  std::optional<IgnoredSigpipe> ignored_{std::in_place};
  std::optional<StopsDeferred> stops_;
  std::vector<std::function<void(const Value&)>> targets_;
  std::vector<std::function<void(const Value&)>> updates_;  // of those that are files
  Deadline next_update_{Duration(0)};
  std::optional<SystemError> failure_;
};

}  // namespace wireproof
