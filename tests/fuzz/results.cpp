#include <vector>

#include "fuzz/targets.h"
#include "result/result_codec.h"

// A result as JSON, between processes; the first byte says of what.
namespace wireproof {
namespace {

template <class Value>
void check_value(const std::string& text) {
  Value value;
  try {
    value = read_json<Value>(text);
  } catch (const std::runtime_error&) {
    return;  // nothing that the writer made
  }
  const std::string once = write_json(value);
  promise(write_json(read_json<Value>(once)) == once, "a result is read as it was written");
}

}  // namespace

void fuzz_results(ByteView input) {
  if (input.empty()) return;
  const std::string text(as_text(input.subspan(1)));
  switch (input[0] % 6) {
    case 0:
      return check_value<ScenarioResult>(text);
    case 1:
      return check_value<RunResult>(text);
    case 2:
      return check_value<SubmissionGrade>(text);
    case 3:
      return check_value<TraceResult>(text);
    case 4:
      return check_value<std::vector<SocketCall>>(text);
    default:
      return check_value<Diagnostic>(text);
  }
}

}  // namespace wireproof
