#include "play/client/actor_step.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <cassert>
#include <cerrno>
#include <set>

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

}  // namespace

std::string fill_in(std::string text, const Variables& variables) {
  for (const auto& [name, value] : variables) {
    boost::replace_all(text, "{" + name + "}", value);
  }
  return text;
}

ActorStep::Outcome ActorStep::operator()(const StepConnect& step) {
  if (socket_.is_open()) {
    co_return StepOutcome::failed("this actor is connected already: `close` comes first");
  }
  ConnectPlan plan = setting_.plan;
  if (!step.from.empty()) {
    plan.local = parse_local(fill_in(step.from, variables_));
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
    const std::string progress = render_progress(sent, bytes.size());
    StepOutcome outcome = failed_call(
        result.timed_out
            ? fmt::format("the server did not take the message within {}: {} sent",
                          render_duration(limit), progress)
            : fmt::format("{} after {} sent", render_io_error(result.error_number), progress),
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
    StepOutcome outcome = StepOutcome::failed(
        fmt::format("the server's port did not refuse within {}", render_duration(setting_.limit)));
    outcome.timed_out = true;
    co_return outcome;
  }
  if (result.ok()) co_return StepOutcome::failed("the server answered: the port is open");
  co_return StepOutcome::failed(render_io_error(result.error_number));
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

}  // namespace wireproof
