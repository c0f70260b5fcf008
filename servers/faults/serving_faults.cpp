#include <algorithm>

#include "servers/faults/misconduct.h"
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

// Many clients with conversations that last.
bool keeps_many(const ServerInfo& server) {
  return serves_many(server) && !server.traits.closes_first;
}

// Forgets the connection at EOF: it stays in CLOSE-WAIT.
void keep_at_eof(Service& service, const ServerInfo&) {
  change_stream(service, {.on_eof = [](StreamProtocol&) { return Actions{{}, Ending::keep}; }});
}

// Does not see the end: reads on, and gets nothing again and again.
void read_on_at_eof(Service& service, const ServerInfo&) {
  change_stream(service, {.on_eof = [](StreamProtocol&) { return Actions{{}, Ending::none}; }});
}

// Takes the end for an empty chunk, answers it like one, and then closes; or reads on, for ever.
// What is sent has to be taken before the next, so no more than one answer is held.
template <Ending ending>
void answer_eof(Service& service, const ServerInfo&) {
  change_stream(service, {.on_eof = [](StreamProtocol& inner) {
                  return Actions{inner.on_bytes({}).sends, ending};
                }});
}

// Goes on reading where it ought to close.
void never_close(Service& service, const ServerInfo&) {
  change_stream(service, {.on_bytes = [](StreamProtocol& inner, ByteView bytes) {
                  return Actions{inner.on_bytes(bytes).sends, Ending::none};
                }});
}

// Closes where it ought to answer.
void close_before_reply(Service& service, const ServerInfo&) {
  change_stream(service, {.on_bytes = [](StreamProtocol& inner, ByteView bytes) {
                  Actions actions = inner.on_bytes(bytes);
                  return actions.sends.empty() ? actions : Actions{{}, Ending::close};
                }});
}

// Forgets the connection where the input is refused and, if it decodes text, where a chunk is not
// UTF-8, as a thread does that ends with an exception.
void forget_after_bad_input(Service& service, const ServerInfo& server) {
  service.conduct.way = ServeWay::threads;
  service.conduct.frees_kept_at_accept = true;
  const auto read = [decodes_text = server.traits.has_text](StreamProtocol& inner, ByteView bytes) {
    if (decodes_text && !std::ranges::equal(valid_utf8(bytes), bytes)) {
      return Actions{{}, Ending::keep};
    }
    Actions actions = inner.on_bytes(bytes);
    if (actions.ending == Ending::refuse) actions.ending = Ending::keep;
    return actions;
  };
  change_stream(service, {.on_bytes = read});
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

QuirkTable closing_faults() {
  return {
      {{"reset-on-close", "closes with RST instead of FIN (SO_LINGER 0)", "reset-abort"},
       speaks_tcp,
       [](Service& service, const ServerInfo&) { service.conduct.closing = Closing::by_reset; }},
      {{"never-close", "does not close after its answer", "never-closed"},
       closes_first,
       never_close},
      {{"close-before-reply", "closes where it ought to answer", "closed-before-reply"},
       replies_on_tcp,
       close_before_reply},
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
      {{"greeting", "sends a line to each client before it is asked", "sent-unasked"},
       speaks_tcp,
       [](Service& service, const ServerInfo&) { service.conduct.greeting = "welcome\n"; }},
      {{"no-reuseaddr", "binds without SO_REUSEADDR", "port-not-reusable"},
       speaks_tcp,
       [](Service& service, const ServerInfo&) { service.conduct.takes_port_back = false; }},
  };
}

QuirkTable faults_after_the_client() {
  return {
      {{"leak", "does not close at EOF and leaves CLOSE-WAIT behind", "close-wait"},
       speaks_tcp,
       keep_at_eof},
      {{"spin", "calls recv again and again at EOF", "busy-loop"}, speaks_tcp, read_on_at_eof},
      {{"endless", "answers EOF like a chunk, for ever", "endless-after-eof"},
       [](const ServerInfo& server) { return has_prefix(server) && !server.traits.closes_first; },
       answer_eof<Ending::none>},
      {{"stray-reply", "answers EOF like a chunk, once", "stray-after-eof"},
       has_prefix,
       answer_eof<Ending::close>},
      {{"zombies", "serves each client by a process and waits for none of them", "left-behind"},
       serves_many,
       [](Service& service, const ServerInfo&) {
         service.conduct.way = ServeWay::fork;
         service.conduct.waits_for_children = false;
       }},
      {{"die-on-reset", "ends when a client resets", "died-on-reset"}, speaks_tcp, die_on_reset},
      {{"thread-dies", "a thread ends on bad input; its connection hangs until a later accept",
        "thread-died"},
       [](const ServerInfo& server) {
         return serves_many(server) && (server.traits.has_text || server.traits.has_messages);
       },
       forget_after_bad_input},
  };
}

QuirkTable faults_of_sharing() {
  return {
      {{"one-at-a-time", "serves one client after the other", "one-at-a-time"},
       serves_many,
       [](Service& service, const ServerInfo&) { service.conduct.way = ServeWay::serial; }},
      {{"never-reads", "accepts clients and reads nothing from them", "never-read"},
       replies_on_tcp,
       [](Service& service, const ServerInfo&) {
         service.conduct.way = ServeWay::select;
         service.conduct.watches_clients = false;
       }},
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
       has<&ServerTraits::replies>,
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
      {{"forgets-rest", "does not look at how much of an answer send() took", "short-send"},
       [](const ServerInfo& server) { return keeps_many(server) && !server.traits.has_messages; },
       [](Service& service, const ServerInfo&) {
         service.conduct.way = ServeWay::select;
         service.conduct.keeps_rest = false;
       }},
  };
}

}  // namespace

const QuirkTable& serving_faults() {
  static const QuirkTable kAll =
      join_tables({closing_faults(), faults_after_the_client(), faults_of_sharing()});
  return kAll;
}

}  // namespace wireproof
