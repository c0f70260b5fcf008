#include "result/json_reader.h"

#include <stdexcept>

namespace wireproof {

std::string JsonPlace::render() const {
  const std::string before = outer == nullptr ? "" : outer->render();
  if (field != nullptr) return before + (before.empty() ? "" : ".") + field;
  return outer == nullptr ? "" : before + "[" + std::to_string(index) + "]";
}

void JsonPlace::refuse(const std::string& what) const {
  const std::string place = render();
  throw std::runtime_error("not a result of wireproof: " + (place.empty() ? "" : place + ": ") +
                           what);
}

Json parse_json(const std::string& text) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    JsonPlace{}.refuse(error.what());
  }
}

void JsonReader::read(const Json& json, bool& value, const JsonPlace& place) {
  if (!json.is_boolean()) place.refuse("true or false expected");
  value = json.get<bool>();
}

void JsonReader::read(const Json& json, double& value, const JsonPlace& place) {
  if (!json.is_number()) place.refuse("a number expected");
  value = json.get<double>();
}

void JsonReader::read(const Json& json, Duration& value, const JsonPlace& place) {
  std::int64_t count = 0;
  read(json, count, place);
  value = Duration(count);
}

void JsonReader::read(const Json& json, Timestamp& value, const JsonPlace& place) {
  Duration since_epoch{};
  read(json, since_epoch, place);
  value = Timestamp(since_epoch);
}

void JsonReader::read(const Json& json, std::string& value, const JsonPlace& place) {
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

}  // namespace wireproof
