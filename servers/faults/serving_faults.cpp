#include "servers/faults/fault_tables.h"

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
       [](Service& service, const ServerInfo&) { never_close(service); }},
      {{"close-before-reply", "closes where it ought to answer", "closed-before-reply"},
       replies_on_tcp,
       [](Service& service, const ServerInfo&) { close_before_reply(service); }},
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
       [](Service& service, const ServerInfo&) { keep_at_eof(service); }},
      {{"spin", "calls recv again and again at EOF", "busy-loop"},
       speaks_tcp,
       [](Service& service, const ServerInfo&) { read_on_at_eof(service); }},
      {{"endless", "answers EOF like a chunk, for ever", "endless-after-eof"},
       has_prefix_until_eof,
       [](Service& service, const ServerInfo&) { answer_eof_always(service); }},
      {{"stray-reply", "answers EOF like a chunk, once", "stray-after-eof"},
       has_prefix,
       [](Service& service, const ServerInfo&) { answer_eof_once(service); }},
      {{"die-on-reset", "ends when a client resets", "died-on-reset"}, speaks_tcp, die_on_reset},
      {{"thread-dies", "a thread ends on bad input; its connection hangs until a later accept",
        "thread-died"},
       decodes,
       [](Service& service, const ServerInfo& server) {
         service.conduct.way = ServeWay::threads;
         service.conduct.frees_kept_at_accept = true;
         forget_after_bad_input(service, server.traits.has_text);
       }},
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
