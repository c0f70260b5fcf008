#include "sheet/session/session_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>

#include "base/text/bytes.h"
#include "base/text/encoding.h"
#include "expect/layout/layout.h"
#include "expect/payload/field_codec.h"
#include "expect/payload/references.h"

namespace wireproof {
namespace {

constexpr std::uint64_t kMaxTimes = 1 << 26;      // of `N * "text"`
constexpr unsigned kTopByte = 56;                 // bits below it, in 64
constexpr std::size_t kMaxFieldText = 1 << 20;    // bytes of `field=N * "text"`
constexpr std::size_t kMaxArrayValues = 1 << 16;  // of `field=[1, 2]`

// Words that may follow a message; a layout with such a name would win.
constexpr std::array<std::string_view, 7> kStopWords{"within", "in", "split", "nodelay",
                                                     "partly", "or", "from"};

class MessageParser {
 public:
  MessageParser(Cursor& cursor, const MessageNames& names, MessageUse use, Problems& problems)
      : cursor_(cursor), names_(names), layouts_(names.layouts), use_(use), problems_(problems) {}

  std::optional<Message> parse() {
    Message message;
    const std::size_t begin = cursor_.offset();
    while (!cursor_.at_end() && (find_layout() != nullptr || !at_stop_word())) {
      if (!parse_part(message)) return std::nullopt;
    }
    message.span = cursor_.span_from(begin);
    if (!message.parts.empty()) return message;
    fail_here(ProblemCode::unknown_part, "a message is missing",
              "\"text\", hex 01 02, 3 * \"text\", or a layout's name");
    return std::nullopt;
  }

 private:
  bool parse_part(Message& message) {
    if (cursor_.peek() == '$') return parse_variable_part(message);
    if (cursor_.peek() == '"') return parse_text_part(message);
    if (const Layout* const layout = find_layout()) return parse_layout_part(*layout, message);
    if (cursor_.is_word("hex")) return parse_hex_part(message);
    if (cursor_.is_word("file")) return parse_file_part(message);
    if (cursor_.is_word("random")) return parse_random_part(message);
    if (cursor_.is_word("http")) return parse_http_part(message);
    for (const auto& [name, iconv_name] : kTextEncodings) {
      if (cursor_.is_word(name)) return parse_encoded_part(name, iconv_name, message);
    }
    if (cursor_.peek() >= '0' && cursor_.peek() <= '9') return parse_text_part(message);
    std::vector<std::string> names;
    for (const auto& [name, layout] : layouts_) names.push_back(name);
    if (use_ == MessageUse::recv) names.insert(names.end(), {"eof", "reset", "nothing", "until"});
    if (!names.empty()) names.emplace_back("http");
    std::string help = suggest_name(cursor_.next_token(), names);
    if (help.empty()) help = "\"text\", hex 01 02, 3 * \"text\", or a layout's name";
    return fail_here(ProblemCode::unknown_part,
                     fmt::format("`{}` is no part of a message", cursor_.next_token()), help);
  }

  bool parse_hex_part(Message& message) {
    cursor_.take_word("hex");
    Bytes bytes;
    while (!cursor_.at_end() && !at_stop_word()) {
      const auto some = parse_hex(cursor_.next_token());
      if (!some || some->empty()) break;
      bytes.insert(bytes.end(), some->begin(), some->end());
      cursor_.take_token();
    }
    if (bytes.empty()) {
      return fail_here(ProblemCode::hex_digits, "hex digits are missing",
                       "two digits a byte, as: hex 01 ff 7f");
    }
    message.parts.emplace_back(std::move(bytes));
    return true;
  }

  bool parse_file_part(Message& message) {
    Bytes bytes;
    if (!take_file(bytes)) return false;
    message.parts.emplace_back(std::move(bytes));
    return true;
  }

  // `file "NAME"`
  bool take_file(Bytes& result) {
    const Span place = cursor_.next_span();
    cursor_.take_word("file");
    if (cursor_.peek() != '"')
      return fail_here(ProblemCode::unreadable_file, "the file's name is missing",
                       "as: file \"x.bin\"");
    const auto path = cursor_.take_quoted(problems_);
    if (!path) return false;
    auto bytes = names_.read_file ? names_.read_file(*path)
                                  : Unexpected<std::string>("no files can be named here");
    if (!bytes) {
      return problems_.error(ProblemCode::unreadable_file, place, bytes.error(),
                             "a path begins in the folder of the sheet");
    }
    if (!take_room(bytes->size(), place)) return false;
    result = *std::move(bytes);
    return true;
  }

  // Bytes that a few words of the sheet ask for.
  bool take_room(std::size_t size, Span place) {
    if (names_.room == nullptr) return true;
    if (size > *names_.room) {
      return problems_.error(ProblemCode::too_many_bytes, place,
                             "files and random bytes of the sheet have too many bytes",
                             fmt::format("{} are left for this one", *names_.room));
    }
    *names_.room -= size;
    return true;
  }

  // The same on every machine: the C++ standard says each number of this engine.
  bool parse_random_part(Message& message) {
    const Span place = cursor_.next_span();
    cursor_.take_word("random");
    const auto count = cursor_.take_number();
    const bool has_unit = cursor_.take_word("bytes");
    const auto seed = cursor_.take_word("seed") ? cursor_.take_number() : std::nullopt;
    if (count.value_or(0) == 0 || *count > kMaxMessageBytes || !has_unit || !seed) {
      return problems_.error(
          ProblemCode::random_bytes, place, "random bytes have a size and a seed",
          fmt::format("as: random 1000 bytes seed 7, at most {} bytes", kMaxMessageBytes));
    }
    if (!take_room(*count, place)) return false;
    std::mt19937_64 engine(*seed);
    Bytes bytes(*count);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(engine() >> kTopByte);
    message.parts.emplace_back(std::move(bytes));
    return true;
  }

  bool parse_encoded_part(std::string_view name, const char* iconv_name, Message& message) {
    const Span place = cursor_.next_span();
    cursor_.take_word(name);
    const auto text = cursor_.take_quoted(problems_);
    if (!text) return false;
    for (const std::string_view name_in_run : {"{n}", "{i}", "{host}", "{port}"}) {
      if (text->find(name_in_run) == std::string::npos) continue;
      return problems_.error(
          ProblemCode::unencodable_text, place,
          fmt::format("`{}` is known in a run, too late for an encoding", name_in_run));
    }
    auto bytes = encode_text(*text, iconv_name);
    if (!bytes)
      return problems_.error(ProblemCode::unencodable_text, place, bytes.error(),
                             "`hex` writes any bytes");
    message.parts.emplace_back(*std::move(bytes));
    return true;
  }

  bool parse_text_part(Message& message) {
    const auto times = take_times();
    if (!times) return false;
    auto text = cursor_.take_quoted(problems_);
    if (!text) return false;
    message.parts.emplace_back(TextPart{std::move(*text), *times});
    return true;
  }

  bool parse_variable_part(Message& message) {
    cursor_.take_symbol("$");
    VariablePart part{cursor_.take_any_word()};
    if (part.variable.empty())
      return fail_here(ProblemCode::missing_variable, "`$` needs a name", "as: $token");
    message.parts.emplace_back(std::move(part));
    return true;
  }

  bool parse_layout_part(const Layout& layout, Message& message) {
    const std::size_t begin = cursor_.offset();
    cursor_.take_symbol(layout.name);
    if (const auto missing = missing_reference(layout, layouts_)) {
      problems_.error(
          ProblemCode::layout_without_holder, cursor_.span_from(begin),
          fmt::format("`{}` depends on `{}`, which stands around it", layout.name, *missing),
          "name the layout that holds it");
    }
    LayoutPart part{layout.name, {}};
    while (at_argument()) {
      if (!parse_argument(layout, part)) return false;
    }
    message.parts.emplace_back(std::move(part));
    return true;
  }

  bool parse_argument(const Layout& layout, LayoutPart& part) {
    FieldArgument argument;
    const std::size_t begin = cursor_.offset();
    argument.field = cursor_.take_path();
    const Span name_span = cursor_.span_from(begin);
    cursor_.take_symbol("=");
    const auto field = find_field(layout, layouts_, argument.field);
    if (!parse_value(argument, field ? names_of(layout, field->path) : Names())) return false;
    argument.span = cursor_.span_from(begin);
    if (!field) {
      problems_.error(ProblemCode::unknown_message_field, name_span, field.error(),
                      suggest_field(layout, argument.field));
      return true;  // the line goes on
    }
    const bool repeated = std::ranges::any_of(part.arguments, [&](const FieldArgument& other) {
      const auto same = find_field(layout, layouts_, other.field);
      return same && same->path == field->path;
    });
    if (repeated) {
      problems_.error(ProblemCode::repeated_argument, name_span,
                      fmt::format("the field `{}` is given twice", argument.field));
    }
    part.arguments.push_back(std::move(argument));
    return true;
  }

  bool parse_http_part(Message& message) {
    cursor_.take_word("http");
    HttpPart part;
    part.is_sent = use_ == MessageUse::send;
    const std::string word = cursor_.peek() == '?' ? "" : cursor_.take_any_word();
    if (is_method(word)) {
      part.method = word;
      if (cursor_.peek() != '"') return fail_at_http();
      const auto target = cursor_.take_quoted(problems_);
      if (!target) return false;
      part.target = *target;
    } else {
      part.role = HttpRole::response;
      part.status = word.empty() && cursor_.take_symbol("?") ? "?" : word;
      if (!is_status(part.status)) return fail_at_http();
      part.answers_head = cursor_.take_word("head");
    }
    while (at_argument()) {
      if (!parse_http_argument(part)) return false;
    }
    message.parts.emplace_back(std::move(part));
    return true;
  }

  bool fail_at_http() {
    return fail_here(ProblemCode::http_start, "`http` needs a method and a target, or a status",
                     use_ == MessageUse::send ? "as: http GET \"/\", or http 200"
                                              : "as: http 200, http 4xx, or http GET \"/\"");
  }

  // RFC 9110 §9.1; all that are registered are of capital letters.
  static bool is_method(std::string_view word) {
    return !word.empty() &&
           std::ranges::all_of(word, [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; });
  }

  // RFC 9110 §15: three digits; where it is received also `4xx` and `?`.
  bool is_status(std::string_view word) const {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool is_whole = word.size() == 3 && std::ranges::all_of(word, is_digit);
    const bool is_class = word.size() == 3 && is_digit(word[0]) && word.substr(1) == "xx";
    return is_whole || (use_ == MessageUse::recv && (is_class || word == "?"));
  }

  bool parse_http_argument(HttpPart& part) {
    FieldArgument argument;
    const std::size_t begin = cursor_.offset();
    argument.field = cursor_.take_path();
    cursor_.take_symbol("=");
    if (argument.field.find_first_of(".[") != std::string::npos) {
      return problems_.error(ProblemCode::http_start, cursor_.span_from(begin),
                             fmt::format("`{}` is no name of a field of HTTP", argument.field),
                             "as: content-type=\"text/html\", or body=\"hello\"");
    }
    // Their case means nothing (RFC 9110 §5.1), as of all fields.
    for (const char* const own : {"version", "reason", "body"}) {
      if (is_same_field(argument.field, own)) argument.field = own;
    }
    const bool is_body = argument.field == "body";
    if (is_body && part.answers_head) {
      return problems_.error(ProblemCode::http_start, cursor_.span_from(begin),
                             "the answer to a HEAD has no body (RFC 9110 §9.3.2)");
    }
    if (use_ == MessageUse::recv && cursor_.peek() == '/') {
      const auto pattern = parse_regex(cursor_, problems_);
      if (!pattern) return false;
      argument.kind = FieldArgument::Kind::pattern;
      argument.values = {*pattern};
    } else if (is_body && cursor_.is_word("file")) {
      Bytes bytes;
      if (!take_file(bytes)) return false;
      argument.is_literal = true;
      argument.values.emplace_back(as_text(bytes));
    } else if (!parse_value(argument, {})) {
      return false;
    }
    if (argument.is_list) {
      return problems_.error(ProblemCode::http_start, cursor_.span_from(begin),
                             "a field of HTTP has one value, no list");
    }
    argument.span = cursor_.span_from(begin);
    part.arguments.push_back(std::move(argument));
    return true;
  }

  // Names that a field's values have.
  using Names = std::vector<std::string>;

  Names names_of(const Layout& layout, const std::string& path) const {
    Names names;
    for (const Field* const field : fields_at(layout, layouts_, path)) {
      for (const ValueName& one : field->names) add_once(names, one.name);
    }
    return names;
  }

  bool parse_value(FieldArgument& argument, const Names& names) {
    if (cursor_.peek() == '?') return parse_question(argument);
    if (cursor_.take_symbol("$")) {
      argument.kind = FieldArgument::Kind::recall;
      argument.variable = cursor_.take_any_word();
      return !argument.variable.empty() ||
             fail_here(ProblemCode::missing_variable, "`$` needs a name", "as: id=$id");
    }
    if (cursor_.peek() == '[') return parse_array(argument, names);
    return parse_scalar(argument, names);
  }

  bool parse_array(FieldArgument& argument, const Names& names) {
    const std::size_t begin = cursor_.offset();
    cursor_.take_symbol("[");
    while (!cursor_.at_end() && cursor_.peek() != ']') {
      if (argument.values.size() == kMaxArrayValues) {
        return fail_here(ProblemCode::too_many_bytes, "the list is too long",
                         fmt::format("at most {} values", kMaxArrayValues));
      }
      if (!parse_scalar(argument, names)) return false;
      if (!cursor_.take_symbol(",")) break;
    }
    argument.is_list = true;
    if (cursor_.take_symbol("]")) return true;
    return problems_.error(ProblemCode::open_list, cursor_.span_from(begin),
                           "the list is not closed with `]`", "as: [1, 2, 3]");
  }

  bool parse_scalar(FieldArgument& argument, const Names& names) {
    if (cursor_.peek() == '"') {
      auto text = cursor_.take_quoted(problems_);
      if (!text) return false;
      argument.values.push_back(std::move(*text));
      return true;
    }
    Cursor ahead = cursor_;
    if (ahead.take_number() && ahead.take_symbol("*")) {
      const Span place = cursor_.next_span();
      const auto times = take_times();
      const auto text = times ? cursor_.take_quoted(problems_) : std::nullopt;
      if (!text) return false;
      if (!text->empty() && *times > kMaxFieldText / text->size()) {
        return problems_.error(ProblemCode::too_many_bytes, place, "the field's text is too long",
                               fmt::format("at most {} bytes", kMaxFieldText));
      }
      std::string repeated;
      for (std::uint64_t i = 0; i < *times && !text->empty(); ++i) repeated += *text;
      argument.values.push_back(std::move(repeated));
      return true;
    }
    const std::size_t begin = cursor_.offset();
    std::string word = cursor_.take_any_word();
    if (std::ranges::find(names, word) != names.end()) {
      argument.values.push_back(std::move(word));
      argument.is_name = true;
      return true;
    }
    cursor_.reset(begin);
    std::string number = cursor_.take_symbol("-") ? "-" : "";
    // `{n}` and `{i}` are numbers that the session knows.
    if (cursor_.rest().starts_with("{n}") || cursor_.rest().starts_with("{i}")) {
      number += cursor_.rest().substr(0, 3);
      cursor_.take_symbol(number.substr(number.size() - 3));
    } else {
      number += cursor_.take_path();
    }
    if (number.empty() || number == "-") {
      return fail_here(ProblemCode::missing_value, "a value is missing",
                       "a number, \"text\", [1, 2], ?, ?name, or $name");
    }
    const bool digit = number.find_first_of("0123456789{") != std::string::npos;
    if (!digit) {
      cursor_.reset(begin);
      return fail_here(ProblemCode::missing_value, fmt::format("`{}` is no value", number),
                       names.empty() ? "a text stands in quotes" : suggest_name(number, names));
    }
    argument.values.push_back(std::move(number));
    return true;
  }

  bool parse_question(FieldArgument& argument) {
    if (use_ == MessageUse::send) {
      return fail_here(ProblemCode::unknown_bytes_sent, "what is sent must be known",
                       "`?` is for recv; leave the field out instead");
    }
    // `?name` is one word; after `? ` the next argument follows.
    const bool named = cursor_.next_token().size() > 1;
    cursor_.take_symbol("?");
    argument.kind = FieldArgument::Kind::anything;
    if (!named) return true;
    argument.kind = FieldArgument::Kind::remember;
    argument.variable = cursor_.take_any_word();
    return !argument.variable.empty() ||
           fail_here(ProblemCode::missing_variable, "`?` needs a name or nothing", "as: id=?id");
  }

  // The `N *` before a text; nothing when it is malformed, 1 when there is none.
  std::optional<std::uint64_t> take_times() {
    if (cursor_.peek() == '"') return 1;
    const Span place = cursor_.next_span();
    const auto times = cursor_.take_number();
    if (times && *times <= kMaxTimes && cursor_.take_symbol("*") && cursor_.peek() == '"') {
      return times;
    }
    problems_.error(ProblemCode::unknown_part, place, "a number alone is no part of a message",
                    fmt::format("as: 3 * \"text\", at most {} times", kMaxTimes));
    return std::nullopt;
  }

  // The longest name that the rest begins with; blanks inside a name are as in its heading.
  const Layout* find_layout() const {
    const Layout* longest = nullptr;
    for (const auto& [name, layout] : layouts_) {
      const std::string_view rest = cursor_.rest();
      if (name.empty() || !rest.starts_with(name)) continue;
      const bool ends = rest.size() == name.size() || rest[name.size()] == ' ' ||
                        rest[name.size()] == '\t' || rest[name.size()] == '"';
      if (ends && (longest == nullptr || longest->name.size() < name.size())) longest = &layout;
    }
    return longest;
  }

  bool at_argument() const {
    Cursor ahead = cursor_;
    return !ahead.take_path().empty() && ahead.peek() == '=';
  }

  std::string suggest_field(const Layout& layout, const std::string& name) const {
    std::vector<std::string> names;
    for (const FieldRef& item : list_fields(layout, layouts_)) {
      if (item.field->name == name) return "";  // there, but not unique
      add_once(names, item.field->name);
    }
    return suggest_name(name, names);
  }

  bool at_stop_word() const {
    return std::ranges::any_of(kStopWords,
                               [this](std::string_view word) { return cursor_.is_word(word); });
  }

  bool fail_here(ProblemCode code, const std::string& message, const std::string& help) {
    return problems_.error(code, cursor_.next_span(), message, help);
  }

  Cursor& cursor_;
  const MessageNames& names_;
  const LayoutSet& layouts_;
  const MessageUse use_;
  Problems& problems_;
};

}  // namespace

bool names_http_field(const HttpPart& part, std::string_view field) {
  for (const std::string_view always : {"start-line", "headers", "body", "Host"}) {
    if (field == always) return true;
  }
  return std::ranges::any_of(
      part.arguments, [field](const FieldArgument& argument) { return argument.field == field; });
}

std::optional<Message> parse_message(Cursor& cursor, const MessageNames& names, MessageUse use,
                                     Problems& problems) {
  return MessageParser(cursor, names, use, problems).parse();
}

}  // namespace wireproof
