#include "result/result_codec.h"

#include <array>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "base/text/hex.h"
#include "result/explanation.h"
#include "result/gradebook_fields.h"
#include "result/packet_line.h"
#include "result/result_fields.h"
#include "result/trace_fields.h"

namespace wireproof {

namespace {

// Keys stay in the order of result_fields.h.
using Json = nlohmann::ordered_json;

// The words of an enumeration, in the order of its members.
constexpr std::array kVerdictWords{"pass", "fail",  "error", "inconclusive",
                                   "skip", "xfail", "xpass", "flaky"};
constexpr std::array kCheckWords{"session", "packets", "sockets", "measures"};
constexpr std::array kSideWords{"client", "server"};
constexpr std::array kSeverityWords{"error", "warning"};

constexpr const auto& words(Verdict) {
  return kVerdictWords;
}
constexpr const auto& words(CheckKind) {
  return kCheckWords;
}
constexpr const auto& words(Side) {
  return kSideWords;
}
constexpr const auto& words(Severity) {
  return kSeverityWords;
}

[[noreturn]] void refuse(const std::string& what) {
  throw std::runtime_error("not a result of wireproof: " + what);
}

// --- values to JSON ---

template <class Value>
concept Integer = std::integral<Value> && !std::same_as<Value, bool>;
template <class Value>
concept Enumeration = std::is_enum_v<Value>;
template <class Value>
concept Struct = std::is_class_v<Value>;

Json write_value(bool value) {
  return value;
}
Json write_value(double value) {
  return value;
}
Json write_value(Timestamp value) {
  return value.time_since_epoch().count();
}
Json write_value(Duration value) {
  return value.count();
}
Json write_value(const Bytes& value) {
  return render_hex(value);
}
Json write_value(const Endpoint& value) {
  return render_endpoint(value);
}
Json write_value(ExplanationId value) {
  return explanation_name(value);
}
Json write_value(const Doers& value) {
  return render_doers(value);
}
Json write_value(const PacketRemark& value) {
  return render_remark(value);
}
Json write_value(const std::vector<RowLabel>& value) {
  return render_rows(value);
}

// A JSON string where the text is UTF-8 (nlohmann's dump() decides), else its bytes as hex.
Json write_value(const std::string& value) {
  Json text = value;
  try {
    static_cast<void>(text.dump());
  } catch (const Json::type_error&) {
    return Json{{"hex", render_hex(as_bytes(value))}};
  }
  return text;
}

template <Integer Value>
Json write_value(Value value) {
  return value;
}

template <Enumeration Value>
Json write_value(Value value) {
  return words(value).at(static_cast<std::size_t>(value));
}

template <class Value>
Json write_value(const std::vector<Value>& values);
template <class Value>
Json write_value(const std::optional<Value>& value);
template <class First, class Second>
Json write_value(const std::pair<First, Second>& value);
template <class Rows, class Member>
Json write_value(const Column<Rows, Member>& column);
template <Struct Record>
Json write_value(const Record& record);

class FieldWriter {
 public:
  template <class Value>
  void operator()(const char* name, const Value& value) {
    object_[name] = write_value(value);
  }
  Json take() { return std::move(object_); }

 private:
  Json object_ = Json::object();
};

template <class Value>
Json write_value(const std::vector<Value>& values) {
  Json array = Json::array();
  for (const Value& value : values) array.push_back(write_value(value));
  return array;
}

template <class Value>
Json write_value(const std::optional<Value>& value) {
  return value ? write_value(*value) : Json(nullptr);
}

template <class First, class Second>
Json write_value(const std::pair<First, Second>& value) {
  return Json::array({write_value(value.first), write_value(value.second)});
}

template <class Rows, class Member>
Json write_value(const Column<Rows, Member>& column) {
  Json array = Json::array();
  for (const auto& row : column.rows) array.push_back(write_value(row.*column.member));
  return array;
}

template <Struct Record>
Json write_value(const Record& record) {
  FieldWriter writer;
  visit_fields(writer, record);
  return writer.take();
}

// --- JSON to values ---

void read_value(const Json& json, bool& value) {
  if (!json.is_boolean()) refuse("true or false expected");
  value = json.get<bool>();
}

void read_value(const Json& json, double& value) {
  if (!json.is_number()) refuse("a number expected");
  value = json.get<double>();
}

template <Integer Value>
void read_value(const Json& json, Value& value) {
  if (!json.is_number_integer()) refuse("an integer expected");
  const bool fits = json.is_number_unsigned() ? std::in_range<Value>(json.get<std::uint64_t>())
                                              : std::in_range<Value>(json.get<std::int64_t>());
  if (!fits) refuse("the integer " + json.dump() + " is out of range");
  value = json.get<Value>();
}

void read_value(const Json& json, Duration& value) {
  std::int64_t count = 0;
  read_value(json, count);
  value = Duration(count);
}

void read_value(const Json& json, Timestamp& value) {
  Duration since_epoch{};
  read_value(json, since_epoch);
  value = Timestamp(since_epoch);
}

void read_value(const Json& json, Bytes& value) {
  if (!json.is_string()) refuse("bytes in hex expected");
  auto bytes = parse_hex(json.get_ref<const std::string&>());
  if (!bytes) refuse("bytes in hex expected");
  value = *std::move(bytes);
}

void read_value(const Json& json, std::string& value) {
  if (json.is_string()) {
    value = json.get<std::string>();
    return;
  }
  if (!json.is_object() || json.size() != 1) refuse("a text expected");
  Bytes bytes;
  read_value(json.at("hex"), bytes);
  value = as_text(bytes);
}

void read_value(const Json& json, Endpoint& value) {
  if (!json.is_string()) refuse("an endpoint expected");
  const auto endpoint = parse_endpoint(json.get_ref<const std::string&>());
  if (!endpoint) refuse("an endpoint expected");
  value = *endpoint;
}

void read_value(const Json& json, ExplanationId& value) {
  if (!json.is_string()) refuse("the name of a cause expected");
  const auto& name = json.get_ref<const std::string&>();
  const auto found = name.empty() ? ExplanationId::none : find_explanation(name);
  if (!found) refuse("the cause " + json.dump() + " is unknown");
  value = *found;
}

void read_value(const Json& json, Doers& value) {
  if (!json.is_string()) refuse("names of calls expected");
  value = parse_doers(json.get_ref<const std::string&>());
}

void read_value(const Json& json, PacketRemark& value) {
  const auto remark = json.is_string() ? parse_remark(json.get_ref<const std::string&>())
                                       : std::optional<PacketRemark>();
  if (!remark) refuse("the remark " + json.dump() + " is unknown");
  value = *remark;
}

void read_value(const Json& json, std::vector<RowLabel>& value) {
  const auto rows = json.is_string() ? parse_rows(json.get_ref<const std::string&>())
                                     : std::optional<std::vector<RowLabel>>();
  if (!rows) refuse("numbers of rows expected, not " + json.dump());
  value = *rows;
}

template <Enumeration Value>
void read_value(const Json& json, Value& value) {
  const auto& known = words(value);
  for (std::size_t index = 0; index < known.size(); ++index) {
    if (json != known[index]) continue;
    value = static_cast<Value>(index);
    return;
  }
  refuse("the word " + json.dump() + " is unknown");
}

template <class Value>
void read_value(const Json& json, std::vector<Value>& values);
template <class Value>
void read_value(const Json& json, std::optional<Value>& value);
template <class First, class Second>
void read_value(const Json& json, std::pair<First, Second>& value);
template <class Rows, class Member>
void read_value(const Json& json, Column<Rows, Member>& column);
template <Struct Record>
void read_value(const Json& json, Record& record);

class FieldReader {
 public:
  explicit FieldReader(const Json& object) : object_(object) {
    if (!object.is_object()) refuse("an object expected");
  }
  template <class Value>
  void operator()(const char* name, Value& value) {
    const auto found = object_.find(name);
    if (found == object_.end()) refuse(std::string("the field ") + name + " is missing");
    read_value(*found, value);
    ++fields_;
  }
  void finish() const {
    if (object_.size() != fields_) refuse("an unknown field");
  }

 private:
  const Json& object_;  // lives longer than the reader, which is a local of read_value()
  std::size_t fields_ = 0;
};

template <class Value>
void read_value(const Json& json, std::vector<Value>& values) {
  if (!json.is_array()) refuse("a list expected");
  values.clear();
  values.reserve(json.size());
  for (const Json& element : json) read_value(element, values.emplace_back());
}

template <class Value>
void read_value(const Json& json, std::optional<Value>& value) {
  value.reset();
  if (!json.is_null()) read_value(json, value.emplace());
}

template <class First, class Second>
void read_value(const Json& json, std::pair<First, Second>& value) {
  if (!json.is_array() || json.size() != 2) refuse("a pair expected");
  read_value(json[0], value.first);
  read_value(json[1], value.second);
}

template <class Rows, class Member>
void read_value(const Json& json, Column<Rows, Member>& column) {
  if (!json.is_array()) refuse("a list expected");
  if (column.makes_rows) column.rows.resize(json.size());
  if (json.size() != column.rows.size()) refuse("lists of different lengths");
  for (std::size_t index = 0; index < json.size(); ++index) {
    read_value(json[index], column.rows[index].*column.member);
  }
}

template <Struct Record>
void read_value(const Json& json, Record& record) {
  FieldReader reader(json);
  visit_fields(reader, record);
  reader.finish();
}

template <Struct Record>
Record read_text(const std::string& text) {
  Record record;
  try {
    read_value(Json::parse(text), record);
  } catch (const Json::exception& error) {
    refuse(error.what());
  }
  return record;
}

}  // namespace

std::string write_result(const ScenarioResult& result) {
  return write_value(result).dump();
}
ScenarioResult read_result(const std::string& text) {
  return read_text<ScenarioResult>(text);
}
std::string write_run(const RunResult& run) {
  return write_value(run).dump();
}
RunResult read_run(const std::string& text) {
  return read_text<RunResult>(text);
}
std::string write_submission(const SubmissionGrade& submission) {
  return write_value(submission).dump();
}
SubmissionGrade read_submission(const std::string& text) {
  return read_text<SubmissionGrade>(text);
}

std::string write_trace(const TraceResult& result) {
  return write_value(result).dump();
}
TraceResult read_trace(const std::string& text) {
  return read_text<TraceResult>(text);
}
std::string write_analysis(const TraceAnalysis& analysis) {
  return write_value(analysis).dump();
}
std::string write_calls(const std::vector<SocketCall>& calls) {
  return write_value(calls).dump();
}
std::vector<SocketCall> read_calls(const std::string& text) {
  return read_text<std::vector<SocketCall>>(text);
}
std::string write_diagnostic(const Diagnostic& diagnostic) {
  return write_value(diagnostic).dump();
}
Diagnostic read_diagnostic(const std::string& text) {
  return read_text<Diagnostic>(text);
}

}  // namespace wireproof
