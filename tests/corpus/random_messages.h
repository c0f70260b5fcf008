#pragma once

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "expect/payload/field_codec.h"
#include "expect/payload/layout_decode.h"
#include "expect/payload/payload.h"
#include "expect/payload/references.h"

namespace wireproof {

// Messages of a layout with values by chance, each made of the one before by another value. The
// same for each seed: only numbers of the engine itself are used, which the C++ standard says.
class RandomMessages {
 public:
  using Arguments = std::map<std::string, FieldArgument>;

  RandomMessages(const LayoutSet& layouts, const std::string& layout, std::uint64_t seed)
      : layouts_(layouts), layout_(layouts.at(layout)), engine_(seed) {
    for (const auto& [name, one] : layouts) {
      for (const Field& field : one.fields) find_counters(field);
    }
  }

  // What every message has.
  void start(const std::string& path, const std::string& value) {
    first_[path] = argument(path, {value}, false);
    current_ = first_;
  }

  // False where this step made no other message: what was tried cannot be sent, or its sizes
  // contradict what is in it.
  bool step();

  const Bytes& bytes() const { return bytes_; }
  const std::string& refusal() const { return refusal_; }
  std::size_t contradictions() const { return contradictions_; }

  // The message that the bytes are, with all its fields.
  Message read_back() const;

  // As the sheet would write the message, for reports.
  std::string shown() const;

  Expected<Bytes, std::string> encode(const Message& message) const {
    auto encoded = encode_message(message, layouts_, {});
    if (!encoded) return Unexpected<std::string>(encoded.error());
    return encoded->bytes;
  }

 private:
  bool chance(std::uint64_t of) { return below(of) == 0; }
  std::uint64_t below(std::uint64_t end) { return end == 0 ? 0 : engine_() % end; }

  static FieldArgument argument(const std::string& path, std::vector<std::string> values,
                                bool is_list) {
    FieldArgument one;
    one.field = path;
    one.values = std::move(values);
    one.is_list = is_list;
    return one;
  }

  Message message_of(const Arguments& arguments) const {
    LayoutPart part{layout_.name, {}};
    for (const auto& [path, one] : arguments) part.arguments.push_back(one);
    return Message{{part}, {}};
  }
  Expected<Bytes, std::string> encode(const Arguments& arguments) const {
    return encode(message_of(arguments));
  }
  DecodedLayout decode(const Bytes& bytes) const {
    return decode_layout(layout_, {layouts_, {}, {}}, bytes, 0);
  }

  // A field that is there, one more element, or a field that is not there yet.
  void set_something(const Bytes& bytes, Arguments& arguments);

  void set_inside(const std::string& prefix, const Layout& holder, Arguments& arguments,
                  std::size_t depth);

  // Names of fields that sizes and counts are computed of: great ones make great messages.
  void find_counters(const Field& field);

  std::string text(const Field& field);

  std::string number(const Field& field);

  const LayoutSet& layouts_;
  const Layout& layout_;
  std::mt19937_64 engine_;
  std::set<std::string> counters_;
  Arguments first_;
  Arguments current_;
  Bytes bytes_;  // of the last message that was made
  Bytes base_;   // of `current_`
  std::string refusal_;
  std::size_t contradictions_ = 0;
};

}  // namespace wireproof
