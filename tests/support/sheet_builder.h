#pragma once

#include <cstdint>
#include <string>

#include "play/client/player.h"

namespace wireproof {

// Builds a scenario step by step, with a source text in which every step has its line.
class SheetBuilder {
 public:
  // `line` is "actor: step" or "step" as a sheet would have it; only the actor is read from it.
  SheetBuilder& step(const std::string& line, StepAction action);
  SheetBuilder& within(Duration limit);  // of the last step
  SheetBuilder& repeat(std::uint64_t times, const SheetBuilder& body);
  SheetBuilder& clients(std::uint64_t count);
  SheetBuilder& udp();
  SheetBuilder& layout(Layout layout);
  SheetBuilder& sockets(SocketTable table);

  Scenario scenario() const;
  // Plays it against a server on 127.0.0.1.
  PlayedSession play(std::uint16_t port) const;
  PlayedSession play(PlayOptions options, std::uint16_t port) const;

 private:
  std::string text_;
  SessionScript script_;
  LayoutSet layouts_;
  std::vector<SocketTable> socket_tables_;
  Transport transport_ = Transport::tcp;
};

Message text_message(const std::string& text);
Message layout_message(const std::string& layout, std::vector<FieldArgument> arguments);
FieldArgument field_value(const std::string& field, const std::string& value);
StepSend send_text(const std::string& text);
StepRecvMessage recv_text(const std::string& text);

// u32 length, u32 id, i32 result.
Layout reply_layout();

// The messages of all failures, a line each.
std::string failure_lines(const PlayedSession& played);
// The text of the first failure's note with that label; empty: there is none.
std::string failure_note(const PlayedSession& played, const std::string& label);
// "connect send:3 recv:5 close", of one actor, or of all for an empty name.
std::string call_line(const PlayedSession& played, const std::string& actor = "");

}  // namespace wireproof
