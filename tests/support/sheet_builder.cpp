#include "support/sheet_builder.h"

namespace wireproof {

SheetBuilder& SheetBuilder::step(const std::string& line, StepAction action) {
  Step step;
  const std::size_t colon = line.find(": ");
  if (colon != std::string::npos) step.actor = line.substr(0, colon);
  step.action = std::move(action);
  step.span = {text_.size(), text_.size() + line.size()};
  text_ += line + "\n";
  script_.steps.push_back(std::move(step));
  return *this;
}

SheetBuilder& SheetBuilder::within(Duration limit) {
  script_.steps.back().within = limit;
  return *this;
}

SheetBuilder& SheetBuilder::repeat(std::uint64_t times, const SheetBuilder& body) {
  StepRepeat repeat;
  repeat.times = times;
  repeat.steps = body.script_.steps;
  for (Step& inner : repeat.steps) {
    inner.span = {inner.span.begin + text_.size(), inner.span.end + text_.size()};
  }
  text_ += body.text_;
  Step step;
  step.action = std::move(repeat);
  script_.steps.push_back(std::move(step));
  return *this;
}

SheetBuilder& SheetBuilder::clients(std::uint64_t count) {
  script_.group_size = count;
  return *this;
}

SheetBuilder& SheetBuilder::udp() {
  transport_ = Transport::udp;
  return *this;
}

SheetBuilder& SheetBuilder::layout(Layout layout) {
  layouts_.emplace(layout.name, layout);
  return *this;
}

SheetBuilder& SheetBuilder::sockets(SocketTable table) {
  socket_tables_.push_back(std::move(table));
  return *this;
}

Scenario SheetBuilder::scenario() const {
  Scenario scenario;
  scenario.source = SourceText("test.md", text_);
  scenario.front.transport = transport_;
  scenario.front.timeout = std::chrono::seconds(10);
  scenario.layouts = layouts_;
  scenario.socket_tables = socket_tables_;
  scenario.session = script_;
  return scenario;
}

PlayedSession SheetBuilder::play(std::uint16_t port) const {
  return play(PlayOptions(), port);
}

PlayedSession SheetBuilder::play(PlayOptions options, std::uint16_t port) const {
  options.server = *parse_ip_address("127.0.0.1");
  options.tcp_port = port;
  options.udp_port = port;
  return play_session(scenario(), options);
}

Message text_message(const std::string& text) {
  Message message;
  message.parts.push_back(TextPart{text, 1});
  return message;
}

Message layout_message(const std::string& layout, std::vector<FieldArgument> arguments) {
  Message message;
  message.parts.push_back(LayoutPart{layout, std::move(arguments)});
  return message;
}

FieldArgument field_value(const std::string& field, const std::string& value) {
  FieldArgument argument;
  argument.field = field;
  argument.values = {value};
  return argument;
}

StepSend send_text(const std::string& text) {
  StepSend send;
  send.message = text_message(text);
  return send;
}

StepRecvMessage recv_text(const std::string& text) {
  return {text_message(text)};
}

Layout reply_layout() {
  Layout layout;
  layout.name = "reply";
  for (const char* name : {"length", "id", "result"}) {
    Field field;
    field.name = name;
    field.type = FieldType::unsigned_integer;
    field.size = 4;
    layout.fields.push_back(field);
  }
  layout.fields.back().type = FieldType::signed_integer;
  return layout;
}

std::string failure_lines(const PlayedSession& played) {
  std::string text;
  for (const FailedStep& failure : played.failures) text += failure.diagnostic.message + "\n";
  return text;
}

std::string failure_note(const PlayedSession& played, const std::string& label) {
  if (played.failures.empty()) return "";
  for (const Note& note : played.failures.front().diagnostic.notes) {
    if (note.label == label) return note.text;
  }
  return "";
}

std::string call_line(const PlayedSession& played, const std::string& actor) {
  std::string text;
  for (const SocketCall& call : played.calls) {
    if (!actor.empty() && call.actor != actor) continue;
    if (!text.empty()) text += " ";
    text += call.name;
    if (call.name == "send" || call.name == "recv") text += ":" + std::to_string(call.result);
  }
  return text;
}

}  // namespace wireproof
