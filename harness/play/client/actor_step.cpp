#include "play/client/actor_step.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <set>
#include <stdexcept>

#include "base/text/bytes.h"
#include "expect/field/argument.h"
#include "judge/program_judge.h"
#include "judge/traffic/message_end.h"

namespace wireproof {
namespace {

namespace asio = boost::asio;

StepOutcome call_outcome(const IoResult& result, const std::string& name) {
  if (result.ok()) return StepOutcome::met("");
  return StepOutcome::failed(name + ": " + render_io_error(result.error_number));
}

std::string render_ends(const ClientSocket& socket, const Endpoint& server) {
  return fmt::format("from {} to {}", render_endpoint(socket.local()), render_endpoint(server));
}

// "127.0.0.9:5000", or an address alone: then the system chooses the port.
std::optional<Endpoint> parse_local(const std::string& text) {
  if (const auto endpoint = parse_endpoint(text)) return endpoint;
  const auto address = parse_ip_address(text);
  if (!address) return std::nullopt;
  Endpoint endpoint;
  endpoint.address = *address;
  return endpoint;
}

bool names_field(const std::string& path, const std::string& name) {
  return path == name || path.ends_with("." + name);
}

constexpr std::size_t kMaxShownOutput = 2000;

// What it printed last, for a message.
std::string render_output(const std::string& output) {
  if (output.empty()) return "nothing";
  const std::size_t shown = std::min(output.size(), kMaxShownOutput);
  std::string text = output.substr(output.size() - shown);
  while (text.ends_with('\n')) text.pop_back();
  return (shown < output.size() ? "… " : "") + text;
}

std::string describe_end(ClientProgram& program) {
  const auto end = program.how_ended();
  return end ? render_process_end(*end) : "still runs";
}

// Of one that has ended. What is not installed on this machine is nobody's fault in the session.
void require_found(ClientProgram& program) {
  if (!program.was_not_found()) return;
  throw std::runtime_error(
      party_words(program.actor()) +
      " was not started, its command is not found: " + render_output(program.output()));
}

StepOutcome program_failed(std::string message, const ClientProgram& program) {
  StepOutcome outcome =
      StepOutcome::failed(std::move(message), {{"output", render_output(program.output())}});
  outcome.output = program.unread_output();
  if (program.has_ended()) outcome.end = StepEnd::end_of_stream;
  return outcome;
}

StepOutcome program_timed_out(std::string message, const ClientProgram& program) {
  StepOutcome outcome = program_failed(std::move(message), program);
  outcome.end = StepEnd::timed_out;
  outcome.timed_out = true;
  outcome.lacked = program.lacked();
  return outcome;
}

std::string render_wanted(const StepPrints& step, const std::string& text) {
  if (step.is_pattern) return "/" + text + "/";
  return render_quoted(as_bytes(text), text.size());
}

// What stands on the same line behind a text that was printed, where it is the end of a longer text
// that was to be printed before: the program's buffer still holds it. Empty: nothing of that kind.
std::string rest_of_earlier(const std::vector<std::string>& before, const std::string& printed,
                            const std::string& behind) {
  constexpr std::size_t kFewest = 2;  // bytes; fewer may be the same by chance
  const std::string rest = behind.substr(0, behind.find_first_of("\r\n"));
  if (rest.size() < kFewest) return "";
  const bool is_of_earlier = std::ranges::any_of(before, [&](const std::string& text) {
    return text.size() > printed.size() && text.substr(printed.size()) == rest;
  });
  return is_of_earlier ? rest : "";
}

}  // namespace

ActorStep::Outcome ActorStep::operator()(const StepConnect& step) {
  if (socket_.is_open()) {
    co_return StepOutcome::failed("this actor is connected already: `close` comes first");
  }
  ConnectPlan plan = setting_.plan;
  plan.options = step.options;
  if (!step.from.empty()) {
    plan.local = parse_local(fill_placeholders(step.from, variables_));
    if (!plan.local) co_return StepOutcome::failed("not an address to connect from: " + step.from);
  }
  const Endpoint server = plan.remote;
  const IoResult result = co_await socket_.connect(plan);
  if (result.ok()) co_return StepOutcome::met(render_ends(socket_, server));
  StepOutcome outcome = failed_call(
      result.timed_out ? fmt::format("{} did not answer the connect within {}",
                                     render_endpoint(server), render_duration(setting_.limit))
                       : fmt::format("connect to {}: {}", render_endpoint(server),
                                     render_io_error(result.error_number)),
      result);
  outcome.refused = result.error_number == ECONNREFUSED;
  co_return outcome;
}

ActorStep::Outcome ActorStep::operator()(const StepSend& step) {
  const auto message = encode_message(step.message, setting_.layouts, variables_);
  if (!message) co_return StepOutcome::failed("cannot send this message: " + message.error());
  const auto pieces = cut_pieces(*message, step);
  if (!pieces) co_return StepOutcome::failed("cannot split this message: " + pieces.error());
  if (step.no_delay) socket_.set_no_delay();
  if (step.from_another_port && socket_.shares_port()) socket_.move_to_own_port();
  const Duration pause = step.piece_pause.value_or(Duration(0));
  // The pauses are the sheet's own wish: they do not count against the server.
  const Duration limit = setting_.limit + pause * static_cast<std::int64_t>(pieces->size() - 1);
  socket_.start_time_limit(limit);
  std::size_t sent = 0;
  for (const SendPiece& piece : *pieces) {
    if (piece.begin > 0 && pause > Duration(0)) co_await socket_.pause(pause);
    if (socket_.is_tcp() && message->bytes.empty()) break;  // a stream has no empty messages
    const ByteView bytes(message->bytes);
    const IoResult result =
        co_await socket_.send(bytes.subspan(piece.begin, piece.end - piece.begin));
    sent += static_cast<std::size_t>(result.count);
    if (result.ok()) continue;
    if (result.timed_out && step.partly) {
      co_return StepOutcome::met(render_progress(sent, bytes.size()));
    }
    const std::string progress = render_progress(sent, bytes.size());
    StepOutcome outcome = failed_call(
        result.timed_out ? fmt::format("{} did not take the message within {}: {} sent", peer_.who,
                                       render_duration(limit), progress)
                         : fmt::format("{} after {} sent",
                                       render_io_error(result.error_number, peer_), progress),
        result);
    outcome.refused = result.error_number == ECONNREFUSED;
    co_return outcome;
  }
  co_return StepOutcome::met(render_received(message->bytes));
}

ActorStep::Outcome ActorStep::operator()(const StepShutdown&) {
  co_return call_outcome(socket_.shutdown(), "shutdown");
}

ActorStep::Outcome ActorStep::operator()(const StepClose&) {
  co_return call_outcome(socket_.close(), "close");
}

ActorStep::Outcome ActorStep::operator()(const StepAbort&) {
  co_return call_outcome(socket_.abort(), "abort");
}

// Only reached when no call before was refused. A UDP socket learns of the closed port through
// ICMP, after its datagram (RFC 1122 §4.1.3.3).
ActorStep::Outcome ActorStep::operator()(const StepRefused&) {
  if (!socket_.is_open()) co_return StepOutcome::failed("nothing was connected before `refused`");
  if (socket_.is_tcp()) co_return StepOutcome::failed("the server accepted the connection");
  Bytes received;
  const IoResult result = co_await socket_.recv(1, received);
  if (result.error_number == ECONNREFUSED) co_return StepOutcome::met("ICMP port unreachable");
  if (result.timed_out) {
    co_return failed_call(
        fmt::format("the server's port did not refuse within {}", render_duration(setting_.limit)),
        result);
  }
  co_return failed_call(
      result.ok() ? "the server answered: the port is open" : render_io_error(result.error_number),
      result);
}

ActorStep::Outcome ActorStep::operator()(const StepWait& step) {
  co_await socket_.pause(step.duration);
  co_return StepOutcome::met("");
}

ActorStep::Outcome ActorStep::play_nothing() {
  assert(false && "this step is no one actor's");
  co_return StepOutcome();
}

Expected<std::vector<SendPiece>, std::string> cut_pieces(const EncodedMessage& message,
                                                         const StepSend& step) {
  const std::size_t size = message.bytes.size();
  std::set<std::size_t> cuts{size};
  for (const std::string& name : step.split_after) {
    bool found = false;
    for (const FieldPlace& place : message.fields) {
      if (!names_field(place.field, name)) continue;
      found = true;
      cuts.insert(place.end);
    }
    if (!found) return Unexpected<std::string>("the message has no field `" + name + "`");
  }
  std::vector<SendPiece> pieces;
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    const std::size_t step_size = step.piece_size.value_or(size);
    while (begin < cut) {
      const std::size_t end = std::min(cut, begin + std::max<std::size_t>(step_size, 1));
      pieces.push_back({begin, end});
      begin = end;
    }
  }
  if (pieces.empty()) pieces.push_back({0, 0});
  return pieces;
}

// The steps of an actor that is a program.

ActorStep::Outcome ActorStep::operator()(const StepRun& step) {
  const std::string command = fill_placeholders(step.command, variables_);
  program_.start(command, setting_.folder);
  co_return StepOutcome::met(command);
}

ActorStep::Outcome ActorStep::operator()(const StepType& step) {
  const std::string text = fill_placeholders(step.text, variables_);
  const std::string who = party_words(program_.actor());
  if (step.if_running && program_.has_ended()) co_return StepOutcome::met("it has ended");
  const bool typed = co_await program_.type(text, setting_.limit);
  if (typed) co_return StepOutcome::met(render_received(as_bytes(text)));
  if (step.if_running) {
    const bool ended = co_await program_.await_end(setting_.limit);
    if (ended) co_return StepOutcome::met("it has ended");
  }
  if (program_.has_ended()) {
    require_found(program_);
    co_return program_failed(
        fmt::format("{} {} before this was typed", who, describe_end(program_)), program_);
  }
  co_return program_timed_out(
      fmt::format("{} did not take what was typed within {}", who, render_duration(setting_.limit)),
      program_);
}

ActorStep::Outcome ActorStep::operator()(const StepPrints& step) {
  const std::string wanted = step.is_pattern ? fill_pattern(step.text, variables_)
                                             : fill_placeholders(step.text, variables_);
  MessagePattern pattern(wanted);
  std::string found;
  ClientProgram::Find find = [&](const std::string& unread) -> std::optional<std::size_t> {
    const auto end = step.is_pattern ? pattern.matched_size(as_bytes(unread))
                                     : terminated_size(as_bytes(unread), as_bytes(wanted));
    if (end) found = unread.substr(0, *end);
    return end;
  };
  const bool printed = co_await program_.await_output(std::move(find), setting_.limit);
  const std::string who = party_words(program_.actor());
  const std::string what = render_wanted(step, wanted);
  if (printed) {
    const std::string behind = program_.unread_output();
    std::string rest;
    if (!step.is_pattern) {
      rest = rest_of_earlier(program_.awaited_texts(), wanted, behind);
      program_.awaited_texts().push_back(wanted);
    }
    if (rest.empty()) co_return StepOutcome::met(render_quoted(as_bytes(found), kMaxShownOutput));
    StepOutcome failed = program_failed(
        fmt::format("behind {} {} printed {}, the end of a longer text before: its buffer still "
                    "holds it",
                    what, who, render_quoted(as_bytes(rest))),
        program_);
    failed.output = found + behind;
    co_return failed;
  }
  if (!pattern.error().empty()) {
    co_return program_failed(fmt::format("cannot search for {}: {}", what, pattern.error()),
                             program_);
  }
  if (program_.output_ended()) {
    static_cast<void>(co_await program_.await_end(setting_.limit));
    require_found(program_);
    co_return program_failed(
        fmt::format("{} {} and did not print {}", who, describe_end(program_), what), program_);
  }
  co_return program_timed_out(
      fmt::format("{} did not print {} within {}", who, what, render_duration(setting_.limit)),
      program_);
}

ActorStep::Outcome ActorStep::operator()(const StepExits& step) {
  const std::string who = party_words(program_.actor());
  const bool ended = co_await program_.await_end(setting_.limit);
  if (!ended) {
    co_return program_timed_out(
        fmt::format("{} still runs after {}", who, render_duration(setting_.limit)), program_);
  }
  if (!step.code || program_.how_ended() == ProcessEnd{ProcessEnd::Way::exited, *step.code, ""}) {
    co_return StepOutcome::met(describe_end(program_));
  }
  require_found(program_);
  co_return program_failed(
      fmt::format("{} {}, expected code {}", who, describe_end(program_), *step.code), program_);
}

}  // namespace wireproof
