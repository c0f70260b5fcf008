#include "sheet/session/session_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/system/socket_option.h"
#include "base/text/address.h"
#include "base/text/pattern.h"
#include "base/text/words.h"
#include "expect/layout/layout.h"

namespace wireproof {
namespace {

constexpr std::uint64_t kMaxPort = 65535;
constexpr std::uint64_t kMaxReadBytes = 1ULL << 30;
constexpr std::size_t kMaxPatternSize = 1000;  // more than anybody writes by hand

// Options of a client's socket, and the numbers that a kernel takes for them (socket(7), tcp(7)).
struct ConnectOption {
  std::string_view name;
  int least = 1;  // bytes, seconds, or how many
  int most = 1 << 30;
};
constexpr std::array<ConnectOption, 8> kConnectOptions{{
    {"SO_RCVBUF"},
    {"SO_SNDBUF"},
    {"TCP_MAXSEG", 88, 32767},
    {"TCP_NODELAY", 0, 1},
    {"SO_KEEPALIVE", 0, 1},
    {"TCP_KEEPIDLE", 1, 32767},
    {"TCP_KEEPINTVL", 1, 32767},
    {"TCP_KEEPCNT", 1, 127},
}};

class StepParser {
 public:
  StepParser(Cursor& cursor, const MessageNames& names, Problems& problems)
      : cursor_(cursor), names_(names), problems_(problems) {}

  std::optional<Step> parse() {
    Step step;
    const std::size_t begin = cursor_.offset();
    const std::string word = cursor_.take_any_word();
    auto action = parse_action(word, begin);
    if (!action) return std::nullopt;
    step.action = std::move(*action);
    if (cursor_.take_word("within")) {
      step.within = parse_time("within 500ms");
      if (!step.within) return std::nullopt;
    }
    if (cursor_.at_end()) return step;
    fail_here(ProblemCode::word_behind_step,
              fmt::format("`{}` does not belong to this step", cursor_.next_token()),
              fmt::format("`{}` ends before it; a comment begins with #", word));
    return std::nullopt;
  }

 private:
  using Action = std::optional<StepAction>;

  Action parse_action(const std::string& word, std::size_t begin) {
    if (word == "connect") return parse_connect();
    if (word == "send") return parse_send();
    if (word == "recv") return parse_recv();
    if (word == "shutdown") return StepShutdown{};
    if (word == "close") return StepClose{};
    if (word == "abort") return StepAbort{};
    if (word == "refused") return StepRefused{};
    if (word == "listen") return parse_listen();
    if (word == "accept") return parse_accept();
    if (word == "refuse") return StepRefuse{};
    if (word == "wait") return made<StepWait>(parse_time("wait 100ms"));
    if (word == "prints") return parse_prints();
    if (word == "exits") return parse_exits();
    if (word == "sockets") return made<StepSockets>(parse_text("sockets \"seven clients\""));
    if (word == "note") return made<StepNote>(parse_text("note \"the second question\""));
    if (word == "run") return made<StepRun>(parse_text("run \"python3 client.py\""));
    if (word == "type") return parse_type();
    cursor_.reset(begin);
    return fail_here(ProblemCode::unknown_step,
                     fmt::format("unknown step `{}`", cursor_.next_token()),
                     suggest_name(word.empty() ? cursor_.next_token() : word, step_words()));
  }

  Action parse_connect() {
    StepConnect step;
    if (cursor_.take_word("from")) {
      if (!parse_endpoint(cursor_.next_token())) {
        return fail_here(ProblemCode::address_or_port,
                         fmt::format("`{}` is no HOST:PORT", cursor_.next_token()),
                         "as: connect from 127.0.0.1:50000");
      }
      step.from = cursor_.take_token();
    }
    while (cursor_.next_token().find('=') != std::string::npos) {
      const auto option = parse_socket_option();
      if (!option) return std::nullopt;
      step.options.push_back(*option);
    }
    return step;
  }

  std::optional<SocketOptionValue> parse_socket_option() {
    const std::string token = cursor_.next_token();
    const std::size_t equals = token.find('=');
    const auto known =
        std::ranges::find(kConnectOptions, token.substr(0, equals), &ConnectOption::name);
    const auto value = parse_number<int>(token.substr(equals + 1));
    if (known == kConnectOptions.end()) {
      fail_here(ProblemCode::socket_option, fmt::format("`{}` is no option of connect", token),
                "known: SO_RCVBUF=BYTES, SO_SNDBUF=BYTES, TCP_MAXSEG=BYTES, TCP_NODELAY=1, "
                "SO_KEEPALIVE=1, TCP_KEEPIDLE=SECONDS, TCP_KEEPINTVL=SECONDS, TCP_KEEPCNT=N");
      return std::nullopt;
    }
    if (!value || *value < known->least || *value > known->most) {
      fail_here(ProblemCode::socket_option,
                fmt::format("`{}` has no number that {} can be", token, known->name),
                fmt::format("from {} to {}", known->least, known->most));
      return std::nullopt;
    }
    cursor_.take_token();
    return SocketOptionValue{find_socket_option(known->name), *value};
  }

  Action parse_listen() {
    const Span place = cursor_.next_span();
    const std::string written = cursor_.next_token();
    const auto port = cursor_.take_number();
    if (!port || *port == 0 || *port > kMaxPort) {
      problems_.error(ProblemCode::address_or_port, place,
                      written.empty() ? "the port to listen on is missing"
                                      : fmt::format("`{}` is no port", written),
                      fmt::format("from 1 to {}, as: listen 8080", kMaxPort));
      return std::nullopt;
    }
    StepListen step{static_cast<std::uint16_t>(*port), std::nullopt};
    if (cursor_.take_word("tcp")) step.transport = Transport::tcp;
    if (cursor_.take_word("udp")) step.transport = Transport::udp;
    return step;
  }

  Action parse_accept() {
    StepAccept step;
    if (!cursor_.take_word("from")) return step;
    step.from = cursor_.take_any_word();
    if (!step.from.empty()) return step;
    return fail_here(ProblemCode::address_or_port, "who listens is missing",
                     "as: accept from origin");
  }

  Action parse_send() {
    StepSend step;
    auto message = parse_message(cursor_, names_, MessageUse::send, problems_);
    if (!message) return std::nullopt;
    step.message = std::move(*message);
    while (!cursor_.at_end() && !cursor_.is_word("within")) {
      if (!parse_send_option(step)) return std::nullopt;
    }
    return step;
  }

  bool parse_send_option(StepSend& step) {
    if (cursor_.take_word("in")) return parse_pieces(step);
    if (cursor_.take_word("split")) return parse_split(step);
    if (cursor_.take_word("nodelay")) {
      step.no_delay = true;
      return true;
    }
    if (cursor_.take_word("partly")) {
      step.partly = true;
      return true;
    }
    if (cursor_.is_word("from")) {
      step.from_another_port = true;
      return parse_other_port().has_value();
    }
    fail_here(
        ProblemCode::send_option, fmt::format("`{}` is no option of send", cursor_.next_token()),
        "known: in pieces of N every D, split after FIELD, nodelay, partly, from another port");
    return false;
  }

  // Whether the words stand here; nothing where others do.
  std::optional<bool> parse_other_port() {
    if (!cursor_.take_word("from")) return false;
    if (cursor_.take_word("another") && cursor_.take_word("port")) return true;
    fail_here(ProblemCode::another_port, "behind a message `from` stands before `another port`",
              "as: recv \"hello\" from another port");
    return std::nullopt;
  }

  bool parse_pieces(StepSend& step) {
    const bool words = cursor_.take_word("pieces") && cursor_.take_word("of");
    const auto size = words ? cursor_.take_number() : std::nullopt;
    if (!size || *size == 0) {
      fail_here(ProblemCode::send_option, "the size of the pieces is missing",
                "as: in pieces of 1 every 5ms");
      return false;
    }
    step.piece_size = size;
    if (!cursor_.take_word("every")) return true;
    step.piece_pause = parse_time("every 5ms");
    return step.piece_pause.has_value();
  }

  bool parse_split(StepSend& step) {
    const Span place = cursor_.next_span();
    if (cursor_.take_word("after")) {
      while (!cursor_.at_end() && !cursor_.is_word("within") && !cursor_.is_word("nodelay") &&
             !cursor_.is_word("in") && !cursor_.is_word("partly") && !cursor_.is_word("from")) {
        const std::size_t begin = cursor_.offset();
        const std::string field = cursor_.take_path();
        if (field.empty()) break;
        const LayoutSet& layouts = names_.layouts;
        const bool known = std::ranges::any_of(step.message.parts, [&](const MessagePart& part) {
          const auto* const layout = std::get_if<LayoutPart>(&part);
          const auto* const http = std::get_if<HttpPart>(&part);
          if (http != nullptr) return names_http_field(*http, field);
          return layout != nullptr && find_field(layouts.at(layout->layout), layouts, field);
        });
        if (!known) {
          problems_.error(ProblemCode::split_field, cursor_.span_from(begin),
                          fmt::format("the message has no field `{}` to split after", field));
        }
        step.split_after.push_back(field);
        cursor_.take_symbol(",");
      }
    }
    if (!step.split_after.empty()) return true;
    return problems_.error(ProblemCode::split_field, place, "the field to split after is missing",
                           "as: split after length");
  }

  Action parse_recv() {
    if (cursor_.take_word("eof")) return StepRecvEof{};
    if (cursor_.take_word("reset")) return StepRecvReset{};
    if (cursor_.is_word("nothing")) return parse_recv_nothing();
    if (cursor_.is_word("until")) return parse_recv_until();
    if (cursor_.peek() == '/') return made<StepRecvPattern>(parse_regex(cursor_, problems_));
    Cursor ahead = cursor_;
    const auto count = ahead.take_number();
    if (count && (ahead.take_word("bytes") || ahead.take_word("byte"))) {
      if (*count == 0 || *count > kMaxReadBytes) {
        return fail_here(ProblemCode::number_out_of_range,
                         fmt::format("{} bytes cannot be read", *count),
                         fmt::format("from 1 to {}", kMaxReadBytes));
      }
      cursor_ = ahead;
      return StepRecvCount{*count};
    }
    auto message = parse_message(cursor_, names_, MessageUse::recv, problems_);
    if (!message) return std::nullopt;
    StepRecvEither either{{std::move(*message)}};
    while (cursor_.take_word("or")) {
      for (const char* const other : {"eof", "reset", "nothing", "until"}) {
        if (!cursor_.is_word(other)) continue;
        return fail_here(ProblemCode::unknown_part, fmt::format("`{}` is no message", other),
                         "between `or` stand messages, as: recv \"yes\" or \"no\"");
      }
      auto other = parse_message(cursor_, names_, MessageUse::recv, problems_);
      if (!other) return std::nullopt;
      either.messages.push_back(std::move(*other));
    }
    const auto other_port = parse_other_port();
    if (!other_port) return std::nullopt;
    either.from_another_port = *other_port;
    if (either.messages.size() > 1) return either;
    return StepRecvMessage{std::move(either.messages.front()), *other_port};
  }

  Action parse_recv_nothing() {
    cursor_.take_word("nothing");
    if (!cursor_.take_word("for")) {
      return fail_here(ProblemCode::duration, "how long nothing may come is missing",
                       "as: recv nothing for 200ms");
    }
    return made<StepRecvNothing>(parse_time("recv nothing for 200ms"));
  }

  Action parse_recv_until() {
    cursor_.take_word("until");
    const Span place = cursor_.next_span();
    const auto text = parse_text("recv until \"\\n\"");
    if (!text) return std::nullopt;
    if (text->empty()) {
      problems_.error(ProblemCode::step_text, place, "the text that ends the message is empty");
      return std::nullopt;
    }
    const ByteView bytes = as_bytes(*text);
    return StepRecvUntil{Bytes(bytes.begin(), bytes.end())};
  }

  Action parse_prints() {
    if (cursor_.peek() == '/') {
      const auto pattern = parse_regex(cursor_, problems_);
      return pattern ? Action(StepPrints{*pattern, true}) : std::nullopt;
    }
    const auto text = parse_text("prints \"15\", or prints /[0-9]+/");
    return text ? Action(StepPrints{*text, false}) : std::nullopt;
  }

  Action parse_type() {
    const auto text = parse_text("type \"hello\\n\"");
    if (!text) return std::nullopt;
    StepType step{*text};
    if (!cursor_.take_word("if")) return step;
    step.if_running = cursor_.take_word("running");
    if (step.if_running) return step;
    return fail_here(ProblemCode::word_behind_step, "`if` stands before `running` alone",
                     "as: type \"\\x04\" if running");
  }

  Action parse_exits() {
    if (cursor_.at_end() || cursor_.is_word("within")) return StepExits{};
    const Span place = cursor_.next_span();
    const auto code = cursor_.take_number();
    if (code && *code <= 255) return StepExits{static_cast<int>(*code)};
    problems_.error(ProblemCode::number_out_of_range, place, "an exit code is missing",
                    "a number from 0 to 255, as: exits 0");
    return std::nullopt;
  }

  std::optional<std::string> parse_text(const char* example) {
    if (cursor_.peek() != '"') {
      fail_here(ProblemCode::step_text, "a text in quotes is missing",
                fmt::format("as: {}", example));
    }
    return cursor_.take_quoted(problems_);
  }

  std::optional<Duration> parse_time(const char* example) {
    const auto duration = parse_duration(cursor_.next_token());
    if (duration) {
      cursor_.take_token();
      return duration;
    }
    fail_here(ProblemCode::duration,
              cursor_.at_end() ? "a duration is missing"
                               : fmt::format("`{}` is no duration", cursor_.next_token()),
              fmt::format("a number with its unit, as: {}", example));
    return std::nullopt;
  }

  Action fail_here(ProblemCode code, const std::string& message, const std::string& help) {
    problems_.error(code, cursor_.next_span(), message, help);
    return std::nullopt;
  }

  // The step with one argument; nothing where that was malformed.
  template <class OneStep, class Argument>
  static Action made(const std::optional<Argument>& argument) {
    return argument ? Action(OneStep{*argument}) : std::nullopt;
  }

  Cursor& cursor_;
  const MessageNames& names_;
  Problems& problems_;
};

}  // namespace

std::optional<std::string> parse_regex(Cursor& cursor, Problems& problems) {
  const std::size_t begin = cursor.offset();
  auto pattern = cursor.take_pattern(problems);
  if (!pattern) return std::nullopt;
  if (pattern->size() > kMaxPatternSize) {
    problems.error(ProblemCode::regular_expression, cursor.span_from(begin),
                   fmt::format("a regular expression has at most {} bytes", kMaxPatternSize));
    return std::nullopt;
  }
  if (const auto parsed = Pattern::parse(*pattern); !parsed) {
    problems.error(ProblemCode::regular_expression, cursor.span_from(begin),
                   fmt::format("this is no regular expression: {}", parsed.error()),
                   "the syntax is RE2's: Perl's, without backreferences and lookaround");
    return std::nullopt;
  }
  return pattern;
}

const std::vector<std::string>& step_words() {
  static const std::vector<std::string> kWords{"connect", "send",    "recv",   "shutdown", "close",
                                               "abort",   "refused", "listen", "accept",   "refuse",
                                               "wait",    "sockets", "note",   "run",      "type",
                                               "prints",  "exits",   "repeat", "clients"};
  return kWords;
}

std::optional<Step> parse_step(Cursor& cursor, const MessageNames& names, Problems& problems) {
  return StepParser(cursor, names, problems).parse();
}

}  // namespace wireproof
