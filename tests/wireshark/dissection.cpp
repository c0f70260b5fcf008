#include "wireshark/dissection.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "expect/payload/field_codec.h"
#include "expect/payload/layout_decode.h"
#include "report/dissector/dissector.h"
#include "support/packet_builder.h"
#include "wireshark/tshark_run.h"

namespace wireproof {
namespace {

constexpr std::uint16_t kDissectedPort = 50'000;

// Values by the last name of a path: those of a layout in itself are shown with its own fields.
// Where several fields have one path, without what tells their names apart.
using FieldValues = std::map<std::string, std::vector<std::string>>;

std::string last_name(const std::string& path) {
  return path.substr(path.rfind('.') + 1);
}

// Those of a script's fields that have values to compare.
struct Names {
  std::vector<std::string> compared;
  std::set<std::string> all;  // last names

  std::string plain(const std::string& path) const {
    static const std::regex kNumbered("(.*)_[0-9]+");
    const std::string name = last_name(path);
    std::smatch parts;
    const bool is_numbered = std::regex_match(name, parts, kNumbered) && all.contains(parts[1]);
    return is_numbered ? parts[1].str() : name;
  }
};

Names names_in(const std::string& script) {
  static const std::regex kField("ProtoField.new\\([^,]*, \"([^\"]*)\", ftypes.([A-Z0-9]*),");
  Names names;
  const std::sregex_iterator end;
  for (std::sregex_iterator one(script.begin(), script.end(), kField); one != end; ++one) {
    const std::string type = (*one)[2];
    names.all.insert(last_name((*one)[1]));
    if (type != "NONE" && type != "FLOAT" && type != "DOUBLE") {
      names.compared.push_back((*one)[1]);
    }
  }
  return names;
}

std::string hex_digits(ByteView bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

bool is_shown_as_it_is(std::string_view text) {
  return std::ranges::all_of(text,
                             [](char c) { return c >= ' ' && c <= '~' && c != '\\' && c != '|'; });
}

void add_values(const DecodedField& item, ByteView message, std::vector<std::string>& values) {
  const Field& field = *item.field;
  ByteView bytes = item.bytes(message);
  if (is_string(field)) {
    const ByteView bare = bare_value(field, bytes);
    const bool is_text = field.type == FieldType::text;
    if (!bare.empty()) values.push_back(is_text ? std::string(as_text(bare)) : hex_digits(bare));
    return;
  }
  while (!bytes.empty()) {
    const ByteView one = first_element(field, bytes);
    if (one.empty()) return;
    values.push_back(render_field_value(read_value(field, one)));
    bytes = bytes.subspan(one.size());
  }
}

FieldValues decoded_values(const Layout& layout, const LayoutSet& layouts, const Bytes& message,
                           const Names& names) {
  FieldValues values;
  const DecodedLayout decoded = decode_layout(layout, {layouts, {}, {}}, message, 0);
  for (const DecodedField& item : decoded.fields) {
    const FieldType type = item.field->type;
    const bool is_compared = type != FieldType::layout && type != FieldType::choice;
    if (!is_compared || !item.complete) continue;
    add_values(item, message, values[names.plain(item.path)]);
  }
  return values;
}

std::string difference(const FieldValues& expected, FieldValues& shown, const Names& names) {
  std::set<std::string> compared;
  for (const std::string& name : names.compared) compared.insert(names.plain(name));
  for (const std::string& name : compared) {
    std::vector<std::string> wanted =
        expected.contains(name) ? expected.at(name) : std::vector<std::string>();
    if (!std::ranges::all_of(wanted, is_shown_as_it_is)) continue;
    // Fields of one path come in the order of their names.
    std::ranges::sort(wanted);
    std::ranges::sort(shown[name]);
    if (wanted == shown[name]) continue;
    return fmt::format("{}: {} expected, {} shown", name, fmt::join(wanted, " "),
                       fmt::join(shown[name], " "));
  }
  return "";
}

}  // namespace

std::string first_other_value(const LayoutSet& layouts, const std::string& layout,
                              const std::vector<Bytes>& messages) {
  const Layout& whole = layouts.at(layout);
  const auto script = render_dissector(whole, layouts, {kDissectedPort, kDissectedPort});
  if (!script) return script.error();
  PacketStore store;
  for (const Bytes& one : messages) {
    append(store,
           TestDatagram{{}, endpoint("10.0.0.1:60000"), endpoint("10.0.0.2:50000"), as_text(one)});
  }
  const TsharkRun run(store, *script);
  const Names names = names_in(*script);
  const auto shown = run.rows(names.compared);
  if (const std::string complaints = run.complaints(); !complaints.empty()) return complaints;
  if (shown.size() != messages.size()) return "tshark shows other packets";
  for (std::size_t i = 0; i < messages.size(); ++i) {
    FieldValues values;
    for (std::size_t j = 0; j < names.compared.size(); ++j) {
      for (const std::string& one : shown[i].at(j)) {
        if (!one.empty() && one != "<MISSING>") {
          values[names.plain(names.compared[j])].push_back(one);
        }
      }
    }
    const std::string found =
        difference(decoded_values(whole, layouts, messages[i], names), values, names);
    if (!found.empty()) return render_hex(messages[i]) + ":\n" + found;
  }
  return "";
}

}  // namespace wireproof
