#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <boost/pfr/tuple_size.hpp>
#include <cassert>
#include <concepts>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/text/address.h"
#include "base/text/bytes.h"
#include "base/text/time.h"
#include "base/text/utf8.h"

namespace wireproof {

// Values as JSON, one codec for all of them: a struct is an object of its described fields
// (BOOST_DESCRIBE_STRUCT), in the order of the description; an enumeration its described word; a
// vector a list, a pair a list of two, an optional that holds nothing null; times are nanoseconds
// (a Timestamp's since 1970), bytes hex, endpoints "127.0.0.1:80". A text is a string where it is
// UTF-8, else {"hex": "…"}. json_reader.h is the way back.

using Json = nlohmann::ordered_json;  // keys stay in the order of the description

// What is one string in JSON: a specialisation has `write`, which gives it, `read`, which gives the
// value back or nothing where it is no such string, and `kExpected` for the message then.
template <class Value>
struct JsonText;
template <class Value>
concept HasJsonText = requires(const Value& value) {
  JsonText<Value>::write(value);
};

template <>
struct JsonText<Bytes> {
  static constexpr const char* kExpected = "bytes in hex";
  static std::string write(const Bytes& value) { return render_hex(value); }
  static std::optional<Bytes> read(const std::string& text) { return parse_hex(text); }
};
template <>
struct JsonText<Endpoint> {
  static constexpr const char* kExpected = "an endpoint";
  static std::string write(const Endpoint& value) { return render_endpoint(value); }
  static std::optional<Endpoint> read(const std::string& text) { return parse_endpoint(text); }
};

// What has a description of its own.
template <class Value>
concept Described = (std::is_enum_v<Value> || std::is_class_v<Value>)&&!HasJsonText<Value>;

// Fields of a struct that its description leaves out on purpose.
template <class Value>
inline constexpr std::size_t kUndescribedFields = 0;

// Calls `visit` with the name of each described field and the pointer to it. A description that
// lacks a field does not compile.
template <class Value, class Visit>
void for_each_field(Visit visit) {
  using Fields = boost::describe::describe_members<Value, boost::describe::mod_public>;
  static_assert(boost::mp11::mp_size<Fields>::value + kUndescribedFields<Value> ==
                boost::pfr::tuple_size_v<Value>);
  boost::mp11::mp_for_each<Fields>(visit);
}

// A field of a struct as JSON shows it. An overload for the field's type may make several of one.
template <class Value>
void write_field(Json& object, const char* name, const Value& value);

struct JsonWriter {
  static Json write(bool value) { return value; }
  static Json write(double value) { return value; }
  static Json write(Duration value) { return value.count(); }
  static Json write(Timestamp value) { return value.time_since_epoch().count(); }
  static Json write(const std::string& value) {
    if (find_invalid_utf8(value)) return Json{{"hex", render_hex(as_bytes(value))}};
    return value;
  }

  template <std::integral Value>
  static Json write(Value value) {
    return value;
  }

  template <HasJsonText Value>
  static Json write(const Value& value) {
    return JsonText<Value>::write(value);
  }

  template <class Value>
  requires(!HasJsonText<std::vector<Value>>) static Json write(const std::vector<Value>& values) {
    Json list = Json::array();
    for (const Value& value : values) list.push_back(write(value));
    return list;
  }

  template <class Value>
  static Json write(const std::optional<Value>& value) {
    return value ? write(*value) : Json(nullptr);
  }

  template <class First, class Second>
  static Json write(const std::pair<First, Second>& value) {
    return Json::array({write(value.first), write(value.second)});
  }

  template <Described Value>
  static Json write(const Value& value) {
    if constexpr (std::is_enum_v<Value>) {
      const char* const word = boost::describe::enum_to_string(value, nullptr);
      assert(word != nullptr);
      return word;
    } else {
      Json object = Json::object();
      for_each_field<Value>(
          [&](auto field) { write_field(object, field.name, value.*field.pointer); });
      return object;
    }
  }
};

template <class Value>
void write_field(Json& object, const char* name, const Value& value) {
  object[name] = JsonWriter::write(value);
}

}  // namespace wireproof
