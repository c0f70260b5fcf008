#pragma once

#include <string>
#include <vector>

namespace wireproof {

// A conversation of which the right verdict is known: written down from the RFCs, docs/captures.md
// and docs/sheet.md, never from what the program says.
struct ConversationCase {
  std::string name{};
  // Segments in the order of the capture (script_segments), a line each: `open`, `talk` and `close`
  // stand for the usual ones, `open2` and so on for those of a second connection.
  std::string script{};
  // "PASS", "FAIL", "INCONCLUSIVE", and words that the reason must have.
  std::string verdict{};
  // The same where the server's O is a 0: what is behind the unusual part is looked at. Empty:
  // there is no O.
  std::string if_wrong = "FAIL";
  std::string sheet = "one";
  std::string frame{};  // FrameWords of every segment
  std::string file{};   // words of write_conversation()
  // "5 keep-alive": what `check` says of packet 5.
  std::vector<std::string> remarks{};
  // "5 Win=502": what the row of packet 5 has in `table`.
  std::vector<std::string> rows{};
  // Whether the positions of the script are the numbers that both show.
  bool is_numbered = true;
  // Why the program says something else; it must, until this is taken away.
  std::string differs{};
};

extern const std::vector<ConversationCase> kLossCases;
extern const std::vector<ConversationCase> kOpeningCases;
extern const std::vector<ConversationCase> kEndingCases;
extern const std::vector<ConversationCase> kWindowCases;
extern const std::vector<ConversationCase> kOptionCases;
extern const std::vector<ConversationCase> kFrameCases;
extern const std::vector<ConversationCase> kPartCases;
extern const std::vector<ConversationCase> kClientCases;
extern const std::vector<ConversationCase> kDatagramCases;

}  // namespace wireproof
