#pragma once

#include <stdexcept>

#include "result/json_writer.h"

namespace wireproof {

// Values out of the JSON that json_writer.h makes of them.

// Where a reader stands, for what it says of bad input: "scenarios[3].result.points".
struct JsonPlace {
  const JsonPlace* outer = nullptr;  // lives longer: the reader's caller has it
  const char* field = nullptr;       // of an object; else `index` is a list's, from 0
  std::size_t index = 0;

  std::string render() const {
    const std::string before = outer == nullptr ? "" : outer->render();
    if (field != nullptr) return before + (before.empty() ? "" : ".") + field;
    return outer == nullptr ? "" : before + "[" + std::to_string(index) + "]";
  }
  // Throws std::runtime_error.
  [[noreturn]] void refuse(const std::string& what) const {
    const std::string place = render();
    throw std::runtime_error("not a result of wireproof: " + (place.empty() ? "" : place + ": ") +
                             what);
  }
};

// The counterpart of write_field(): gives how many fields of JSON it took.
template <class Value>
std::size_t read_field(const Json& object, const char* name, Value& value, const JsonPlace& place);

struct JsonReader {
  static void read(const Json& json, bool& value, const JsonPlace& place) {
    if (!json.is_boolean()) place.refuse("true or false expected");
    value = json.get<bool>();
  }
  static void read(const Json& json, double& value, const JsonPlace& place) {
    if (!json.is_number()) place.refuse("a number expected");
    value = json.get<double>();
  }
  static void read(const Json& json, Duration& value, const JsonPlace& place) {
    std::int64_t count = 0;
    read(json, count, place);
    value = Duration(count);
  }
  static void read(const Json& json, Timestamp& value, const JsonPlace& place) {
    Duration since_epoch{};
    read(json, since_epoch, place);
    value = Timestamp(since_epoch);
  }
  static void read(const Json& json, std::string& value, const JsonPlace& place) {
    if (json.is_string()) {
      value = json.get<std::string>();
      return;
    }
    if (!json.is_object() || json.size() != 1 || !json.contains("hex")) {
      place.refuse("a text expected");
    }
    Bytes bytes;
    read(json.at("hex"), bytes, place);
    value = as_text(bytes);
  }

  template <std::integral Value>
  static void read(const Json& json, Value& value, const JsonPlace& place) {
    if (!json.is_number_integer()) place.refuse("an integer expected");
    const bool fits = json.is_number_unsigned() ? std::in_range<Value>(json.get<std::uint64_t>())
                                                : std::in_range<Value>(json.get<std::int64_t>());
    if (!fits) place.refuse("the integer " + json.dump() + " is out of range");
    value = json.get<Value>();
  }

  template <HasJsonText Value>
  static void read(const Json& json, Value& value, const JsonPlace& place) {
    auto known = json.is_string() ? JsonText<Value>::read(json.get_ref<const std::string&>())
                                  : std::optional<Value>();
    if (!known) place.refuse(std::string(JsonText<Value>::kExpected) + " expected");
    value = *std::move(known);
  }

  template <class Value>
  requires(!HasJsonText<std::vector<Value>>) static void read(const Json& json,
                                                              std::vector<Value>& values,
                                                              const JsonPlace& place) {
    if (!json.is_array()) place.refuse("a list expected");
    values.clear();
    values.reserve(json.size());
    for (std::size_t index = 0; index < json.size(); ++index) {
      read(json[index], values.emplace_back(), {&place, nullptr, index});
    }
  }

  template <class Value>
  static void read(const Json& json, std::optional<Value>& value, const JsonPlace& place) {
    value.reset();
    if (!json.is_null()) read(json, value.emplace(), place);
  }

  template <class First, class Second>
  static void read(const Json& json, std::pair<First, Second>& value, const JsonPlace& place) {
    if (!json.is_array() || json.size() != 2) place.refuse("a pair expected");
    read(json[0], value.first, {&place, nullptr, 0});
    read(json[1], value.second, {&place, nullptr, 1});
  }

  template <Described Value>
  static void read(const Json& json, Value& value, const JsonPlace& place) {
    if constexpr (std::is_enum_v<Value>) {
      if (!json.is_string()) place.refuse("a word expected");
      const std::string& word = json.get_ref<const std::string&>();
      if (!boost::describe::enum_from_string(word.c_str(), value)) {
        place.refuse("the word " + json.dump() + " is unknown");
      }
    } else {
      if (!json.is_object()) place.refuse("an object expected");
      std::size_t known = 0;
      for_each_field<Value>(
          [&](auto field) { known += read_field(json, field.name, value.*field.pointer, place); });
      if (json.size() != known) place.refuse("a field is unknown");
    }
  }
};

template <class Value>
std::size_t read_field(const Json& object, const char* name, Value& value, const JsonPlace& place) {
  const auto found = object.find(name);
  if (found == object.end()) place.refuse(std::string("the field ") + name + " is missing");
  JsonReader::read(*found, value, {&place, name, 0});
  return 1;
}

inline Json parse_json(const std::string& text) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    JsonPlace{}.refuse(error.what());
  }
}

// Throws std::runtime_error, with the place, for whatever the writer does not make: no JSON, a
// field that is missing or unknown, a value of another type or out of its range.
template <class Value>
Value read_json_field(const std::string& text, const char* field) {
  Value value{};
  const Json object = parse_json(text);
  if (!object.is_object()) JsonPlace{}.refuse("an object expected");
  read_field(object, field, value, {});
  return value;
}

template <class Value>
Value read_json(const std::string& text) {
  Value value{};
  JsonReader::read(parse_json(text), value, {});
  return value;
}

}  // namespace wireproof
