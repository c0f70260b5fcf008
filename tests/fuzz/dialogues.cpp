#include <string>

#include "cli/new/dialogue.h"
#include "fuzz/small_capture.h"
#include "fuzz/targets.h"
#include "sheet/scenario.h"

// A small_capture() of which a first sheet and its server are made.
namespace wireproof {

void fuzz_dialogues(ByteView input) {
  const auto dialogue = find_dialogue(small_capture(input), kSmallCapturePort);
  if (!dialogue) return promise(!dialogue.error().empty(), "it is said why there is none");
  promise(!dialogue->turns.empty(), "a dialogue has turns");
  promise(dialogue->packets.size() > 0, "and packets");
  const SourceText sheet("first.md", write_sheet("made", *dialogue));
  promise(parse_scenario("first", sheet, {}).has_value(), "a sheet that is made can be read");
  promise(write_replay(*dialogue).find("{turns}") == std::string::npos, "its server is whole");
}

}  // namespace wireproof
