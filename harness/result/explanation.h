#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/diagnostic.h"

namespace wireproof {

// The catalogue of causes: why a server or a client failed a sheet. In the order in which they are
// told: whether there is a server, what it answers, how connections end, who is served, what it
// survives, and whether it starts again. (Opaque in base, where a Diagnostic carries one.)
enum class ExplanationId : std::uint8_t {
  none,  // the cause is not known, or not the server's doing
  // whether the server is there and answers
  nothing_listens,
  waits_for_end,
  never_read,
  failed_call,
  // what every answer has
  sent_unasked,
  wrong_beginning,
  extra_byte,
  zeros_behind,
  line_end_behind,
  // what messages hold
  byte_order,
  native_layout,
  swapped_fields,
  wrong_id,
  wrapped_number,
  wrong_sign,
  begins_at_zero,
  cut_character,
  latin1,
  counted_characters,
  counted_header,
  not_decoded,
  ascii_only,
  reversed_characters,
  zero_ended,
  wrong_padding,
  trimmed,
  length_in_front,
  // where messages end
  one_recv,
  answered_early,
  merged_messages,
  glued_reply,
  trusted_length,
  short_reply,
  long_reply,
  stale_reply,
  stale_tail,
  // datagrams
  other_port,
  kept_address,
  duplicate_reply,
  lost_reply,
  empty_datagram,
  truncated_datagram,
  // how connections end
  reset_unread,
  reset_abort,
  reset_after_close,
  closed_before_reply,
  closed_early,
  never_closed,
  close_wait,
  fin_held,
  half_close_deaf,
  stray_after_eof,
  endless_after_eof,
  // who is served
  reset_in_backlog,
  one_at_a_time,
  limited_clients,
  blocked_by_reader,
  short_send,
  newest_client,
  sent_to_all,
  late_reply,
  // what a client leaves behind
  died_on_input,
  died_on_reset,
  thread_died,
  busy_loop,
  left_behind,
  // whether it starts again
  port_not_reusable,
  // what a client that is a program does otherwise than its sheet says
  client_elsewhere,
  client_silent,
  client_byte_order,
  client_zeros,
  client_line_end,
  client_half_message,
  client_other_bytes,
  client_reconnects,
  client_died,
  client_waits,
  client_one_recv,
  client_not_printed,
  client_reset,
  client_fin_held
};

// Each is empty for `none`.

// As reports, JSON and the faults of the servers print it: "close-wait".
std::string_view explanation_name(ExplanationId id);
// What it is, in one sentence without the numbers of a run.
std::string_view what_it_says(ExplanationId id);
// How to mend it: which call to look at, and what it has to do.
std::string_view advice_for(ExplanationId id);

// Nothing for a name that is not in the catalogue.
std::optional<ExplanationId> find_explanation(std::string_view name);
// Of all, in the order of their ids.
std::vector<std::string> explanation_names();

// The smaller, the sooner it is told: 0 for a server that is not there. `none` comes last.
std::size_t fundamental_rank(ExplanationId id);
// What is wrong with a server, by the step at which it goes wrong.
enum class ExplanationKind : std::uint8_t {
  server_there,
  every_answer,
  messages,
  datagrams,
  endings,
  clients,
  survival,
  restart,
  client_program,
  unknown
};
ExplanationKind kind_of(ExplanationId id);
// Whether all answers of the server have it: whatever its clients do then follows.
bool is_about_every_answer(ExplanationId id);
// Whether the server is not there, has died or is busy: whatever else it does wrong follows.
bool is_about_process(ExplanationId id);

// A cause with what shows it in this run.
struct Explanation {
  ExplanationId id = ExplanationId::none;
  std::string text;  // one or two sentences, with the numbers; no full stop

  bool operator==(const Explanation&) const = default;
};

}  // namespace wireproof
