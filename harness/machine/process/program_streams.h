#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/system/system_call.h"

namespace wireproof {

// Of what a program writes this much is kept, and no more than this is read at a time.
constexpr std::size_t kMaxProgramOutput = 65536;

// The standard streams of a program, as its parent holds them: output and errors are one stream.
// Throws SystemError where none can be had.
class ProgramStreams {
 public:
  // Output into a pipe, which may serve one program after the other. The input is a pipe, too, with
  // what is given and the end behind it; none: /dev/null. Throws std::runtime_error where the input
  // does not fit into a pipe.
  static ProgramStreams pipes(const std::optional<std::string>& input = std::nullopt);
  // A pseudo-terminal, so that a program writes its lines at once as it does for a person. It does
  // not echo and changes no line ends; what is written to it reaches the program line by line, and
  // Ctrl-D ("\x04") ends its input. Ends when nobody has it open any more.
  static ProgramStreams terminal();

  bool is_terminal() const { return is_terminal_; }
  // Readable when the program has said something, non-blocking; of a terminal also writable.
  int fd() const { return ours_.get(); }
  // For the program: its descriptors 0, and 1 and 2.
  int program_input() const { return input_.get(); }
  int program_output() const { return output_.get(); }
  // After a program was started: what it alone must hold is closed here.
  void have_started();

  // Takes over what it wrote, at most kMaxProgramOutput bytes: one that never stops talking must
  // not keep its parent listening.
  void drain();
  // Everything it wrote, up to kMaxProgramOutput bytes; the rest is read and forgotten.
  const std::string& output() const { return text_; }
  bool has_ended() const { return has_ended_; }  // of a terminal: nobody can write any more

 private:
  ProgramStreams() = default;

  bool is_terminal_ = false;
  bool has_ended_ = false;
  UniqueFd ours_;
  UniqueFd input_;
  UniqueFd output_;  // of a pipe kept open, so that our end never meets its end
  std::string text_;
};

}  // namespace wireproof
