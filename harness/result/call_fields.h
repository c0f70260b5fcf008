#pragma once

#include <concepts>
#include <type_traits>

#include "packets/flow/socket_call.h"

namespace wireproof {

// The fields of calls, in the form of result_fields.h.

template <class Value, class Type>
concept SameAs = std::same_as<std::remove_const_t<Value>, Type>;

template <class Visit, SameAs<WatchedSocket> Value>
void visit_fields(Visit& visit, Value& watched) {
  visit("socket", watched.socket);
  visit("descriptor", watched.descriptor);
  visit("reads", watched.reads);
  visit("writes", watched.writes);
}

template <class Visit, SameAs<SocketCall> Value>
void visit_fields(Visit& visit, Value& call) {
  visit("actor", call.actor);
  visit("side", call.side);
  visit("name", call.name);
  visit("process", call.process);
  visit("thread", call.thread);
  visit("socket", call.socket);
  visit("local", call.local);
  visit("remote", call.remote);
  visit("entered", call.entered);
  visit("returned", call.returned);
  visit("result", call.result);
  visit("error_number", call.error_number);
  visit("waited", call.waited);
  visit("order", call.order);
  visit("descriptor", call.descriptor);
  visit("new_socket", call.new_socket);
  visit("flags", call.flags);
  visit("nonblocking", call.nonblocking);
  visit("releases", call.releases);
  visit("incoming", call.incoming);
  visit("message_sizes", call.message_sizes);
  visit("unread_bytes", call.unread_bytes);
  visit("linger_seconds", call.linger_seconds);
  visit("still_held_by", call.still_held_by);
  visit("watched", call.watched);
  visit("ready", call.ready);
  visit("ended_by_signal", call.ended_by_signal);
}

}  // namespace wireproof
