#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/text/expected.h"
#include "expect/payload/payload.h"
#include "machine/process/client_program.h"
#include "play/client/client_socket.h"
#include "play/client/step_outcome.h"
#include "sheet/session/session_script.h"

namespace wireproof {

// One send call's share of a message: bytes [begin, end).
struct SendPiece {
  std::size_t begin = 0;
  std::size_t end = 0;

  bool operator==(const SendPiece&) const = default;
};

// How a `send` step cuts its message: behind each field of `split after` (full path, or the last
// part of it), then into pieces of at most N bytes. An empty message has one empty piece. The
// error names a field that the message does not have.
Expected<std::vector<SendPiece>, std::string> cut_pieces(const EncodedMessage& message,
                                                         const StepSend& step);

// What a step needs to know of its sheet and its actor. The references must outlive the step.
struct StepSetting {
  const LayoutSet& layouts;
  ConnectPlan plan;                  // without what the step itself says
  Duration limit{};                  // `within`, or the sheet's
  ClientSocket* listener = nullptr;  // never null; of `accept from` who listens, else the actor's
  bool listens_tcp = true;           // of `listen`
  std::filesystem::path folder;      // the sheet's
};

// The size of a message that begins the bytes; nothing while its end is not among them. It was not
// among the first `searched` of them.
using FindEnd = std::function<std::optional<std::size_t>(ByteView, std::size_t searched)>;

// Plays one step of one actor: std::visit with a StepAction gives the coroutine of its kind. The
// object, socket, program and variables must live until the coroutine has ended. What the other
// side does wrong is an outcome; what the system refuses is thrown.
class ActorStep {
 public:
  using Outcome = boost::asio::awaitable<StepOutcome>;

  // Values of `field=?name` are stored in `variables`.
  ActorStep(ClientSocket& socket, ClientProgram& program, Variables& variables,
            const StepSetting& setting)
      : socket_(socket),
        program_(program),
        variables_(variables),
        setting_(setting),
        peer_(peer_words(socket.serves())) {}

  Outcome operator()(const StepConnect& step);
  Outcome operator()(const StepSend& step);
  Outcome operator()(const StepRecvMessage& step);
  Outcome operator()(const StepRecvEither& step);
  Outcome operator()(const StepRecvCount& step);
  Outcome operator()(const StepRecvUntil& step);
  Outcome operator()(const StepRecvPattern& step);
  Outcome operator()(const StepRecvEof& step);
  Outcome operator()(const StepRecvReset& step);
  Outcome operator()(const StepRecvNothing& step);
  Outcome operator()(const StepShutdown& step);
  Outcome operator()(const StepClose& step);
  Outcome operator()(const StepAbort& step);
  Outcome operator()(const StepRefused& step);
  Outcome operator()(const StepListen& step);
  Outcome operator()(const StepAccept& step);
  Outcome operator()(const StepRefuse& step);
  Outcome operator()(const StepWait& step);
  Outcome operator()(const StepRun& step);
  Outcome operator()(const StepType& step);
  Outcome operator()(const StepPrints& step);
  Outcome operator()(const StepExits& step);
  // The player's own: they are not one actor's.
  Outcome operator()(const StepSockets&) { return play_nothing(); }
  Outcome operator()(const StepNote&) { return play_nothing(); }
  Outcome operator()(const StepServer&) { return play_nothing(); }
  Outcome operator()(const StepRepeat&) { return play_nothing(); }

 private:
  static Outcome play_nothing();
  std::size_t belonging(const Message& message, const Bytes& received, ByteView waiting) const;
  boost::asio::awaitable<IoResult> read_message(const Message& message, Bytes& received);
  boost::asio::awaitable<IoResult> read_until(const FindEnd& find_end, Bytes& received);
  // What ends a message that is searched for, and what is said of bytes without it.
  struct AwaitedEnd {
    std::string what;
    std::string lack;
  };
  boost::asio::awaitable<StepOutcome> play_until(FindEnd find_end, AwaitedEnd wanted);
  std::optional<Bytes> known_bytes(const Message& message) const;
  bool differs_already(const Message& message, const Bytes& received) const;
  bool may_end_here(const Message& message, const Bytes& received) const;
  std::optional<MessageMismatch> compare(const Message& message, const Bytes& received);
  std::optional<StepOutcome> follow_other_port(const Bytes& received);
  StepOutcome unexpected_bytes(const Bytes& received, const std::string& expected) const;
  StepOutcome incomplete(const IoResult& result, const Bytes& received,
                         std::optional<std::size_t> wanted) const;

  ClientSocket& socket_;
  ClientProgram& program_;
  Variables& variables_;
  const StepSetting& setting_;
  const PeerWords peer_;
};

}  // namespace wireproof
