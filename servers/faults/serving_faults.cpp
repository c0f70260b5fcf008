#include <algorithm>
#include <memory>
#include <utility>

#include "servers/faults/fault_tables.h"
#include "servers/protocols/unicode_text.h"

namespace wireproof {
namespace {

bool closes_first(const ServerInfo& server) {
  return speaks_tcp(server) && server.traits.closes_first;
}

// Only these leave something unread: an answer or a refusal ends the exchange.
bool may_leave_unread(const ServerInfo& server) {
  return closes_first(server) || server.name == "record-sized";
}

bool has_prefix(const ServerInfo& server) {
  return speaks_tcp(server) && server.traits.has_prefix;
}

bool has_prefix_until_eof(const ServerInfo& server) {
  return has_prefix(server) && !server.traits.closes_first;
}

// Many clients with conversations that last.
bool keeps_many(const ServerInfo& server) {
  return serves_many(server) && !server.traits.closes_first;
}

bool decodes(const ServerInfo& server) {
  return serves_many(server) && (server.traits.has_text || server.traits.has_messages);
}

// What a server makes of the end of an exchange: stream protocols that wrap another one.
class WrappedStream : public StreamProtocol {
 public:
  explicit WrappedStream(std::unique_ptr<StreamProtocol> inner) : inner_(std::move(inner)) {}

  Actions on_bytes(ByteView bytes) override { return inner_->on_bytes(bytes); }
  Actions on_eof() override { return inner_->on_eof(); }

 protected:
  StreamProtocol& inner() { return *inner_; }

 private:
  std::unique_ptr<StreamProtocol> inner_;
};

// Forgets the connection at EOF: it stays in CLOSE-WAIT.
class KeepAtEof : public WrappedStream {
 public:
  using WrappedStream::WrappedStream;
  Actions on_eof() override { return {{}, Ending::keep}; }
};

// Does not see the end: reads on, and gets nothing again and again.
class ReadOnAtEof : public WrappedStream {
 public:
  using WrappedStream::WrappedStream;
  Actions on_eof() override { return {{}, Ending::none}; }
};

// Takes the end for an empty chunk, answers it like one, and then closes.
class AnswerEofOnce : public WrappedStream {
 public:
  using WrappedStream::WrappedStream;
  Actions on_eof() override { return {inner().on_bytes({}).sends, Ending::close}; }
};

// The same, but reads on, for ever. What is sent has to be taken before the next, so no more than
// one answer is held.
class AnswerEofAlways : public WrappedStream {
 public:
  using WrappedStream::WrappedStream;
  Actions on_eof() override { return {inner().on_bytes({}).sends, Ending::none}; }
};

// Goes on reading where it ought to close.
class NeverClose : public WrappedStream {
 public:
  using WrappedStream::WrappedStream;
  Actions on_bytes(ByteView bytes) override {
    return {WrappedStream::on_bytes(bytes).sends, Ending::none};
  }
};

// Closes where it ought to answer.
class CloseBeforeReply : public WrappedStream {
 public:
  using WrappedStream::WrappedStream;
  Actions on_bytes(ByteView bytes) override {
    Actions actions = WrappedStream::on_bytes(bytes);
    if (actions.sends.empty()) return actions;
    return {{}, Ending::close};
  }
};

// Forgets the connection where the input is refused and, if it decodes text, where a chunk is not
// UTF-8, as a thread does that ends with an exception.
class ForgetAfterBadInput : public WrappedStream {
 public:
  ForgetAfterBadInput(std::unique_ptr<StreamProtocol> inner, bool decodes_text)
      : WrappedStream(std::move(inner)), decodes_text_(decodes_text) {}

  Actions on_bytes(ByteView bytes) override {
    if (decodes_text_ && !std::ranges::equal(valid_utf8(bytes), bytes)) return {{}, Ending::keep};
    Actions actions = WrappedStream::on_bytes(bytes);
    if (actions.ending == Ending::refuse) actions.ending = Ending::keep;
    return actions;
  }

 private:
  bool decodes_text_;
};

template <class Wrapper>
void wrap_streams(Service& service, const ServerInfo&) {
  service.open_stream = [open = service.open_stream] { return std::make_unique<Wrapper>(open()); };
}

void forget_after_bad_input(Service& service, const ServerInfo& server) {
  service.conduct.way = ServeWay::threads;
  service.conduct.frees_kept_at_accept = true;
  service.open_stream = [open = service.open_stream, decodes_text = server.traits.has_text] {
    return std::make_unique<ForgetAfterBadInput>(open(), decodes_text);
  };
}

void close_with_unread(Service& service, const ServerInfo& server) {
  service.conduct.closing = Closing::with_unread;
  // As a program does that asks recv() for the bytes of its message and no more.
  if (server.traits.has_messages) service.stream_read_size = 1;
}

void die_on_reset(Service& service, const ServerInfo& server) {
  service.conduct.survives_reset = false;
  // One thread meets the reset before it serves who comes next. So does a serial server.
  if (server.way != ServeWay::serial) service.conduct.way = ServeWay::select;
}

std::vector<ServingFault> closing_faults() {
  return {
      {{"reset-on-close", "closes with RST instead of FIN (SO_LINGER 0)", "reset-abort"},
       speaks_tcp,
       [](Service& service, const ServerInfo&) { service.conduct.closing = Closing::by_reset; }},
      {{"never-close", "does not close after its answer", "never-closed"},
       closes_first,
       wrap_streams<NeverClose>},
      {{"close-before-reply", "closes where it ought to answer", "closed-before-reply"},
       replies_on_tcp,
       wrap_streams<CloseBeforeReply>},
      {{"close-unread", "closes while bytes are unread, so that RST is sent", "reset-unread"},
       may_leave_unread,
       close_with_unread},
      {{"half-close-deaf", "does not answer a client that has sent its FIN", "half-close-deaf"},
       replies_on_tcp,
       [](Service& service, const ServerInfo&) { service.conduct.answers_after_fin = false; }},
      {{"fin-held-by-child", "another child keeps each socket, so that no FIN is sent", "fin-held"},
       serves_many,
       [](Service& service, const ServerInfo&) {
         service.conduct.way = ServeWay::fork;  // who else has children
         service.conduct.child_holds_connection = true;
       }},
      {{"no-reuseaddr", "binds without SO_REUSEADDR", "port-not-reusable"},
       speaks_tcp,
       [](Service& service, const ServerInfo&) { service.conduct.takes_port_back = false; }},
  };
}

std::vector<ServingFault> faults_after_the_client() {
  return {
      {{"leak", "does not close at EOF and leaves CLOSE-WAIT behind", "close-wait"},
       speaks_tcp,
       wrap_streams<KeepAtEof>},
      {{"spin", "calls recv again and again at EOF", "busy-loop"},
       speaks_tcp,
       wrap_streams<ReadOnAtEof>},
      {{"endless", "answers EOF like a chunk, for ever", "endless-after-eof"},
       has_prefix_until_eof,
       wrap_streams<AnswerEofAlways>},
      {{"stray-reply", "answers EOF like a chunk, once", "stray-after-eof"},
       has_prefix,
       wrap_streams<AnswerEofOnce>},
      {{"die-on-reset", "ends when a client resets", "died-on-reset"}, speaks_tcp, die_on_reset},
      {{"thread-dies", "a thread ends on bad input; its connection hangs until a later accept",
        "thread-died"},
       decodes,
       forget_after_bad_input},
  };
}

std::vector<ServingFault> faults_of_sharing() {
  return {
      {{"one-at-a-time", "serves one client after the other", "one-at-a-time"},
       serves_many,
       [](Service& service, const ServerInfo&) { service.conduct.way = ServeWay::serial; }},
      {{"newest-client", "sends every reply to the newest client", "newest-client"},
       serves_many,
       [](Service& service, const ServerInfo&) {
         service.conduct.way = ServeWay::select;
         service.conduct.replies_to_newest = true;
       }},
      {{"backlog-reset", "resets who connects while another is served", "reset-in-backlog"},
       speaks_tcp,
       [](Service& service, const ServerInfo&) {
         service.conduct.way = ServeWay::select;
         service.conduct.resets_waiting = true;
       }},
      {{"late", "replies when half as much time again has passed as clients wait", "late-reply"},
       replies,
       [](Service& service, const ServerInfo&) {
         service.conduct.reply_delay = service.conduct.patience * 3 / 2;
       }},
      {{"blocks-others", "a client that does not read stops the rest", "blocked-by-reader"},
       keeps_many,
       [](Service& service, const ServerInfo&) {
         service.conduct.way = ServeWay::select;
         service.conduct.stays_with_client = true;
         service.conduct.small_send_buffer = true;  // it need not leave megabytes unread
       }},
  };
}

}  // namespace

const std::vector<ServingFault>& serving_faults() {
  static const std::vector<ServingFault> kFaults = [] {
    std::vector<ServingFault> all = closing_faults();
    for (const auto& more : {faults_after_the_client(), faults_of_sharing()}) {
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  }();
  return kFaults;
}

}  // namespace wireproof
