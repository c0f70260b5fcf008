// Numbers of replies, where the received bytes stand beside the fields of the expected message.
#include <fmt/format.h>

#include <limits>
#include <set>

#include "base/text/utf8.h"
#include "base/text/words.h"
#include "expect/layout/layout.h"
#include "expect/payload/field_codec.h"
#include "expect/payload/operands.h"
#include "judge/causes/failure_evidence.h"
#include "judge/causes/seen_fields.h"

namespace wireproof {
namespace {

Bytes reversed_elements(const SeenField& one) {
  Bytes bytes(one.expected.begin(), one.expected.end());
  for (std::size_t at = 0; at + one.field->size <= bytes.size(); at += one.field->size) {
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    std::reverse(begin, begin + static_cast<std::ptrdiff_t>(one.field->size));
  }
  return bytes;
}

std::string render_raw(ByteView bytes) {
  std::string text = "0x";
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

bool is_identifier(const SeenField& one) {
  static const std::set<std::string, std::less<>> kNames = {"id", "order", "number", "sequence"};
  return kNames.contains(one.field->name) || one.path.ends_with("_id");
}

// The request's number in the reply, where it is right and would not be with its bytes turned
// round; its path.
std::optional<std::string> find_right_id(const FailureEvidence& evidence) {
  for (const SeenField& one : see_fields(evidence)) {
    const bool tells = !one.differs() && is_integer(*one.field) && is_identifier(one) &&
                       !std::ranges::equal(reversed_elements(one), one.expected);
    if (tells) return one.path;
  }
  return std::nullopt;
}

// Whether misread operands give the number that came, as much of it as has room in the field.
bool gives(const FailureEvidence& evidence, const SeenField& one, Misreading misreading) {
  const auto expected = number_of(one, one.expected);
  const auto captured = number_of(one, one.captured);
  // 0 is what is left of many things.
  if (!expected || !captured || *captured == 0 || one.expected.size() > 8) return false;
  const std::size_t spare = 64 - 8 * one.expected.size();
  const auto bits = [&](std::int64_t value) { return static_cast<std::uint64_t>(value) << spare; };
  return std::ranges::any_of(
      misread_results(numbers_of_request(evidence), *expected, misreading),
      [&](double result) { return bits(static_cast<std::int64_t>(result)) == bits(*captured); });
}

// What puts a number into network byte order.
std::string missing_call(const SeenField& one, std::string_view calls) {
  if (one.field->order != ByteOrder::big) return "";
  return fmt::format(" ({} or the `!` of struct is missing)", calls);
}

// One number of the reply is wrong, and the request's numbers with their bytes turned round give
// it.
std::optional<std::string> find_misread_numbers(const FailureEvidence& evidence) {
  const std::vector<SeenField> wrong = differing(evidence);
  if (wrong.size() != 1 || !gives(evidence, wrong.front(), Misreading::order)) return std::nullopt;
  const SeenField& one = wrong.front();
  return fmt::format(
      "the server's `{}` is {} and not {}: the numbers of the request give that with their bytes "
      "turned round, so they were read in the wrong order{}",
      one.path, render_field_bytes(*one.field, one.captured),
      render_field_bytes(*one.field, one.expected), missing_call(one, "`ntohl`"));
}

std::vector<double> signed_numbers(const std::vector<std::uint32_t>& numbers) {
  std::vector<double> values;
  for (const std::uint32_t bits : numbers) values.push_back(static_cast<std::int32_t>(bits));
  return values;
}

// Whether one operation gives `expected` of the last `own` numbers, and `captured` of them all.
bool gives_with_earlier(const std::vector<double>& all, std::size_t own, std::int64_t expected,
                        std::int64_t captured) {
  const auto rights = results_of({all.end() - static_cast<std::ptrdiff_t>(own), all.end()});
  const auto wrongs = results_of(all);
  for (std::size_t index = 0; index < rights.size(); ++index) {
    if (rights[index] == static_cast<double>(expected) &&
        wrongs[index] == static_cast<double>(captured)) {
      return true;
    }
  }
  return false;
}

// The numbers of this request and of those before it give what came.
std::optional<std::string> find_earlier_numbers(const FailureEvidence& evidence) {
  const std::vector<SeenField> wrong = differing(evidence);
  if (wrong.size() != 1 || evidence.layouts == nullptr) return std::nullopt;
  const auto captured = number_of(wrong.front(), wrong.front().captured);
  const auto expected = number_of(wrong.front(), wrong.front().expected);
  std::vector<double> all = signed_numbers(numbers_of_request(evidence));
  const std::size_t own = all.size();
  // 0 is what is left of many things.
  if (!captured || !expected || *captured == 0 || own == 0) return std::nullopt;
  constexpr std::size_t kMostNumbers = 1000;  // more are not tried
  for (std::size_t back = evidence.requests.size() - 1; back > 0 && all.size() < kMostNumbers;
       --back) {
    const auto earlier =
        signed_numbers(listed_numbers(evidence.requests[back - 1], *evidence.layouts));
    all.insert(all.begin(), earlier.begin(), earlier.end());
    if (earlier.empty() || !gives_with_earlier(all, own, *expected, *captured)) continue;
    return fmt::format(
        "the server's `{}` is {} and not {}: that is the result of this request's {} together "
        "with the {} before, which it still holds",
        wrong.front().path, *captured, *expected, counted(own, "number"),
        counted(all.size() - own, "number"));
  }
  return std::nullopt;
}

std::optional<std::string> find_begins_at_zero(const FailureEvidence& evidence) {
  const std::vector<SeenField> wrong = differing(evidence);
  if (wrong.size() != 1 || number_of(wrong.front(), wrong.front().captured) != 0) {
    return std::nullopt;
  }
  const std::vector<double> numbers = signed_numbers(numbers_of_request(evidence));
  if (numbers.size() < 2) return std::nullopt;
  const auto [sum, product, smallest, largest] = results_of(numbers);
  const auto expected = number_of(wrong.front(), wrong.front().expected);
  if (!expected) return std::nullopt;
  const auto wanted = static_cast<double>(*expected);
  // A sum that is the same may be any of the two, and so is neither.
  if (product != 0 && product != sum && product == wanted) {
    return fmt::format("the server's `{}` is 0, as of a product that begins with 0",
                       wrong.front().path);
  }
  const bool of_largest = largest < 0 && wanted == largest;
  if (!of_largest && (smallest <= 0 || wanted != smallest)) return std::nullopt;
  return fmt::format(
      "the server's `{}` is 0, which is none of the numbers of the request: the search for the {} "
      "of them begins with 0",
      wrong.front().path, of_largest ? "largest" : "smallest");
}

std::optional<std::string> find_wrong_sign(const FailureEvidence& evidence) {
  const std::vector<SeenField> wrong = differing(evidence);
  if (wrong.size() != 1 || !gives(evidence, wrong.front(), Misreading::sign)) return std::nullopt;
  const SeenField& one = wrong.front();
  return fmt::format(
      "the server's `{}` is {} and not {}: the numbers of the request give that when a negative "
      "one is read as an unsigned one",
      one.path, render_field_bytes(*one.field, one.captured),
      render_field_bytes(*one.field, one.expected));
}

// The last request's; empty: its layout has none.
ByteView operation_of(const FailureEvidence& evidence) {
  if (evidence.requests.empty()) return {};
  const EncodedMessage& request = evidence.requests.back();
  for (const FieldPlace& place : request.fields) {
    const bool is_operation = place.field == "op" || place.field.ends_with(".op");
    if (!is_operation) continue;
    return ByteView(request.bytes).subspan(place.begin, place.end - place.begin);
  }
  return {};
}

// No operand that does not fit, and so no answer.
std::optional<std::string> find_refused_sign(const FailureEvidence& evidence) {
  const bool ended = evidence.end == StepEnd::end_of_stream && evidence.came.empty();
  if (!ended || !evidence.expected || evidence.layout == nullptr) return std::nullopt;
  // Others, whose numbers had no byte ff of a negative one, were answered the same operation.
  const ByteView operation = operation_of(evidence);
  const bool others_answered = std::ranges::any_of(evidence.others, [&](const OtherClient& other) {
    if (!was_served(other)) return false;
    const Bytes& asked = other.connection->client_stream;
    return std::ranges::count(asked, 0xff) == 0 &&
           as_text(asked).find(as_text(operation)) != std::string_view::npos;
  });
  if (!others_answered || evidence.request_in_pieces) return std::nullopt;
  FailureEvidence answered = evidence;
  answered.came = evidence.expected->bytes;
  for (const SeenField& one : see_fields(answered)) {
    const auto expected = number_of(one, one.expected);
    if (!expected || one.field->type != FieldType::signed_integer || one.field->size != 4) continue;
    for (const double result :
         misread_results(numbers_of_request(evidence), *expected, Misreading::sign)) {
      if (result <= std::numeric_limits<std::int32_t>::max()) continue;
      return fmt::format(
          "the server closed instead of answering {}: most likely it read the negative numbers of "
          "the request as unsigned ones, then `{}` is {:.0f}, which does not fit in 32 bits",
          *expected, one.path, result);
    }
  }
  return std::nullopt;
}

// Where the order is wrong of a number that came turned round, while the request's id came right,
// which a server may copy without reading it.
std::string tell_side(const FailureEvidence& evidence, const SeenField& one) {
  if (gives(evidence, one, Misreading::order) || numbers_of_request(evidence).empty()) {
    return "the numbers of the request are read, or the result is written, in the wrong order" +
           missing_call(one, "`ntohl`, `htonl`");
  }
  return "the numbers of the request, read in the wrong order, do not give that, so the result is "
         "written in it" +
         missing_call(one, "`htonl`");
}

std::optional<std::string> find_byte_order(const FailureEvidence& evidence) {
  const std::vector<SeenField> wrong = differing(evidence);
  if (wrong.empty()) return std::nullopt;
  for (const SeenField& one : wrong) {
    const bool swapped = one.field->size > 1 && one.whole() && is_integer(*one.field) &&
                         std::ranges::equal(reversed_elements(one), one.captured);
    if (!swapped) return std::nullopt;
  }
  const SeenField& first = wrong.front();
  const ByteView element = first.captured.first(first.field->size);
  if (const auto right = find_right_id(evidence)) {
    return fmt::format(
        "the server's `{}` is {} ({} on the wire), the expected {} with its bytes turned round, "
        "and `{}` came back right: {}",
        first.path, render_field_bytes(*first.field, first.captured), render_raw(element),
        render_field_bytes(*first.field, first.expected), *right, tell_side(evidence, first));
  }
  const bool network = first.field->order == ByteOrder::big;
  return fmt::format(
      "the server's `{}` is {} ({} on the wire); read as {} it is the expected {}: its bytes are "
      "in the wrong order{}",
      first.path, render_field_bytes(*first.field, first.captured), render_raw(element),
      network ? "little-endian" : "big-endian", render_field_bytes(*first.field, first.expected),
      network ? ", `htonl` or the `!` of struct is missing" : "");
}

// The value of a field in the machine's own layout.
void append_native(const SeenField& one, std::size_t width, Bytes& bytes) {
  while (bytes.size() % width != 0) bytes.push_back(0);
  Bytes value(one.expected.begin(), one.expected.end());
  if (one.field->order == ByteOrder::big) std::ranges::reverse(value);
  const bool negative = one.field->type == FieldType::signed_integer && (value.back() & 0x80) != 0;
  value.resize(width, negative ? 0xff : 0x00);
  bytes.insert(bytes.end(), value.begin(), value.end());
}

// The expected message as a C compiler or struct's `@` would lay it out; `long_size` is the size
// of what has four bytes on the wire.
Bytes native_bytes(const std::vector<SeenField>& fields, std::size_t long_size) {
  Bytes bytes;
  for (const SeenField& one : fields) {
    if (!is_integer(*one.field) || one.expected.size() != one.field->size) {
      bytes.insert(bytes.end(), one.expected.begin(), one.expected.end());
    } else {
      append_native(one, one.field->size == 4 ? long_size : one.field->size, bytes);
    }
  }
  return bytes;
}

std::optional<std::string> find_native_layout(const FailureEvidence& evidence) {
  const std::vector<SeenField> fields = see_fields(evidence);
  if (fields.empty()) return std::nullopt;
  const Bytes& wanted = evidence.expected->bytes;
  // A number alone, with no byte behind it, is one in the wrong order.
  if (fields.size() == 1 && evidence.came.size() == wanted.size()) return std::nullopt;
  for (const std::size_t long_size : {std::size_t{8}, std::size_t{4}}) {
    const Bytes native = native_bytes(fields, long_size);
    if (native.size() <= wanted.size()) continue;
    const ByteView came = evidence.came;
    const std::size_t size = std::min(came.size(), native.size());
    if (size < wanted.size() || !begins_with(native, came.first(size))) continue;
    return fmt::format(
        "the reply has {} bytes where `{}` has {}: the numbers stand at multiples of their size, "
        "with padding before them,{} in the machine's byte order: this is the native layout "
        "(`@` of struct, or a C struct) of a 64-bit machine",
        native.size(), evidence.layout->name, wanted.size(),
        long_size == 8 ? " an `L` has 8 bytes, and all is" : "");
  }
  return std::nullopt;
}

std::optional<std::string> find_swapped_fields(const FailureEvidence& evidence) {
  const std::vector<SeenField> wrong = differing(evidence);
  if (wrong.size() != 2) return std::nullopt;
  const SeenField& a = wrong[0];
  const SeenField& b = wrong[1];
  const bool swapped = is_integer(*a.field) && is_integer(*b.field) &&
                       std::ranges::equal(a.captured, b.expected) &&
                       std::ranges::equal(b.captured, a.expected);
  if (!swapped) return std::nullopt;
  return fmt::format(
      "`{}` and `{}` have changed places: {} is the expected `{}`, {} the expected "
      "`{}`",
      a.path, b.path, render_field_bytes(*a.field, a.captured), b.path,
      render_field_bytes(*b.field, b.captured), a.path);
}

std::optional<std::string> find_character_count(const FailureEvidence& evidence) {
  const std::vector<SeenField> seen = see_fields(evidence);
  const auto wrong = std::ranges::find_if(seen, &SeenField::differs);
  if (wrong == seen.end() || !wrong->whole() || !is_integer(*wrong->field)) return std::nullopt;
  if (wrong->field->is_array) return std::nullopt;
  const auto wanted = as_count(read_value(*wrong->field, wrong->expected));
  const auto got = as_count(read_value(*wrong->field, wrong->captured));
  for (const SeenField& one : seen) {
    if (!is_string(*one.field)) continue;
    const ByteView text = bare_value(*one.field, one.expected);
    const std::size_t characters = count_characters(text);
    if (characters == text.size() || wanted != text.size() || got != characters) continue;
    return fmt::format(
        "`{}` is {}: that is the number of characters of `{}`, which has {} bytes in UTF-8",
        wrong->path, characters, one.path, text.size());
  }
  return std::nullopt;
}

bool is_length(const SeenField& one, const std::vector<SeenField>& seen) {
  static const std::set<std::string, std::less<>> kNames = {"len", "length", "size"};
  return kNames.contains(one.field->name) || std::ranges::any_of(seen, [&](const SeenField& other) {
           const auto* const count = std::get_if<CountField>(&other.field->count);
           return count != nullptr && count->field == one.field->name && other.field->size == 1;
         });
}

std::optional<std::string> find_counted_header(const FailureEvidence& evidence) {
  const std::vector<SeenField> wrong = differing(evidence);
  if (wrong.size() != 1 || !is_length(wrong.front(), see_fields(evidence))) return std::nullopt;
  const SeenField& one = wrong.front();
  const auto wanted = number_of(one, one.expected);
  const auto got = number_of(one, one.captured);
  const auto whole = static_cast<std::int64_t>(evidence.expected->bytes.size());
  // One more than there is may also be a zero that ends the text.
  const auto own = one.field->size > 1 ? static_cast<std::int64_t>(one.field->size) : whole;
  if (!wanted || (got != whole && got != *wanted + own)) return std::nullopt;
  const char* const what = got == whole ? "the whole message" : "its own bytes, too";
  return fmt::format("`{}` is {} and not {}: it counts {}", one.path, *got, *wanted, what);
}

// The text came as long as another number of the message says.
std::optional<std::string> find_other_size(const FailureEvidence& evidence) {
  const std::vector<SeenField> seen = see_fields(evidence);
  if (seen.empty() || !begins_with(evidence.expected->bytes, evidence.came)) return std::nullopt;
  const SeenField& text = seen.back();
  const auto* const count = std::get_if<CountField>(&text.field->count);
  if (count == nullptr || text.field->size != 1) return std::nullopt;
  const auto size =
      std::ranges::find(seen, count->field, [](const SeenField& one) { return one.field->name; });
  if (size == seen.end() || text.whole()) return std::nullopt;
  for (const SeenField& one : seen) {
    // Of the same type: that is how one is taken for the other.
    const bool is_other =
        one.path != size->path && one.field->size == size->field->size &&
        number_of(one, one.captured) == std::optional<std::int64_t>(text.captured.size());
    if (!is_other) continue;
    return fmt::format("{} of `{}` came: so many as `{}` says, where `{}` says {}",
                       counted(text.captured.size(), "byte"), text.path, one.path, count->field,
                       text.expected.size());
  }
  return std::nullopt;
}

// The size of a message's layout as a C compiler lays it out; `long_size` is the size of what has
// four bytes on the wire.
std::size_t struct_size(const std::vector<SeenField>& fields, std::size_t long_size) {
  std::size_t size = 0;
  std::size_t widest = 1;
  for (const SeenField& one : fields) {
    const bool is_number = is_integer(*one.field) && one.expected.size() == one.field->size;
    const std::size_t width = one.field->size == 4 ? long_size : one.field->size;
    const std::size_t align = is_number ? width : 1;
    size = (size + align - 1) / align * align + (is_number ? width : one.expected.size());
    widest = std::max(widest, align);
  }
  return (size + widest - 1) / widest * widest;
}

// All that came is a multiple of what the message has as a C struct, and none of the message.
std::optional<std::string> find_struct_size(const FailureEvidence& evidence) {
  const std::vector<SeenField> fields = see_fields(evidence);
  if (fields.empty() || evidence.connection == nullptr) return std::nullopt;
  const std::size_t size = evidence.expected->bytes.size();
  const std::size_t came = evidence.connection->server_stream.size();
  const bool is_fixed = std::ranges::none_of(fields, [](const SeenField& one) {
    return std::holds_alternative<CountField>(one.field->count);
  });
  if (!is_fixed || !begins_with(evidence.expected->bytes, evidence.came)) return std::nullopt;
  for (const std::size_t long_size : {std::size_t{4}, std::size_t{8}}) {
    const std::size_t padded = struct_size(fields, long_size);
    if (padded == size || came % padded != 0 || came % size == 0) continue;
    return fmt::format(
        "{} bytes came: as a C struct `{}` has {} bytes, {} of them {}, and {} on the wire; most "
        "likely sizeof(struct) bytes are read and sent",
        came, evidence.layout->name, padded, padded - size,
        long_size == 8 ? "padding or of a `long` that has 8" : "padding", size);
  }
  return std::nullopt;
}

std::optional<std::string> find_wrong_id(const FailureEvidence& evidence) {
  const std::vector<SeenField> wrong = differing(evidence);
  if (wrong.size() != 1 || !wrong.front().whole()) return std::nullopt;
  const SeenField& one = wrong.front();
  if (!is_integer(*one.field) || !is_identifier(one)) return std::nullopt;
  return fmt::format("the reply's `{}` is {}, but it must be the request's, {}; all else is right",
                     one.path, render_field_bytes(*one.field, one.captured),
                     render_field_bytes(*one.field, one.expected));
}

constexpr ExplanationEntry kFieldEntries[] = {{ExplanationId::wrong_padding, find_wrong_padding},
                                              {ExplanationId::native_layout, find_native_layout},
                                              {ExplanationId::native_layout, find_struct_size},
                                              {ExplanationId::byte_order, find_byte_order},
                                              {ExplanationId::stale_reply, find_earlier_numbers},
                                              {ExplanationId::begins_at_zero, find_begins_at_zero},
                                              {ExplanationId::byte_order, find_misread_numbers},
                                              {ExplanationId::wrong_sign, find_wrong_sign},
                                              {ExplanationId::wrong_sign, find_refused_sign},
                                              {ExplanationId::swapped_fields, find_other_size},
                                              {ExplanationId::swapped_fields, find_swapped_fields}};

bool is_earlier_reply(const FailureEvidence& evidence) {
  return std::ranges::any_of(evidence.replies, [&](const EncodedMessage& reply) {
    return !reply.bytes.empty() && begins_with(evidence.came, reply.bytes);
  });
}

}  // namespace

std::string first_wrong_field(const FailureEvidence& evidence) {
  const std::vector<SeenField> wrong = differing(evidence);
  return wrong.empty() ? std::string() : wrong.front().path;
}

std::optional<Explanation> explain_fields(const FailureEvidence& evidence) {
  if (evidence.goal != StepGoal::message) return std::nullopt;
  if (auto found = first_explanation(kFieldEntries, evidence)) return found;
  // A whole earlier reply is no matter of its sizes and its id alone.
  if (is_earlier_reply(evidence)) return std::nullopt;
  return first_explanation({{ExplanationId::counted_characters, find_character_count},
                            {ExplanationId::counted_header, find_counted_header},
                            {ExplanationId::wrong_id, find_wrong_id}},
                           evidence);
}

}  // namespace wireproof
