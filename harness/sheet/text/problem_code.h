#pragma once

#include <cstdint>

#include "base/text/diagnostic.h"

namespace wireproof {

// The rule that a message about a sheet, its layouts and tables or a server.yaml is about. Messages
// that are mended in the same way have one code. Its number is what people look up and suppress: it
// never changes, and one that is no longer used is not given to another rule. Each has its page in
// sheet/problems.
enum class ProblemCode : std::uint16_t {
  // The file and its front matter.
  file_too_large = 101,
  no_text = 102,
  open_front_matter = 103,
  no_yaml = 104,
  wrong_shape = 105,
  unknown_key = 106,
  repeated_key = 107,
  unknown_word = 108,
  value_out_of_range = 109,
  reserved_parameter = 110,
  unknown_parameter = 111,
  no_server = 112,
  nothing_checked = 113,
  unknown_server = 114,
  server_differs = 115,

  // Sections and tables.
  unknown_section = 201,
  section_name = 202,
  unknown_column = 203,
  repeated_column = 204,
  missing_column = 205,
  section_without_table = 206,
  second_table = 207,
  stray_check = 208,
  table_without_rows = 209,
  too_many_rows = 210,
  line_below_table = 211,
  unknown_condition = 212,
  unknown_cell_value = 213,
  table_of_nobody = 214,
  unalignable_table = 215,

  // The steps of a session.
  session_without_steps = 301,
  second_session = 302,
  unknown_step = 303,
  clients_line = 304,
  repeat_line = 305,
  empty_repeat = 306,
  too_many_steps = 307,
  unknown_server_action = 308,
  step_as_actor = 309,
  group_without_clients = 310,
  address_or_port = 311,
  send_option = 312,
  split_field = 313,
  number_out_of_range = 314,
  duration = 315,
  step_text = 316,
  word_behind_step = 317,
  regular_expression = 318,
  not_connected = 319,
  no_program = 320,
  both_parts = 321,
  second_listener = 322,
  not_listening = 323,
  unknown_variable = 324,

  // Messages and the texts in them.
  open_quote = 401,
  unknown_escape = 402,
  unknown_part = 403,
  hex_digits = 404,
  unreadable_file = 405,
  too_many_bytes = 406,
  random_bytes = 407,
  unencodable_text = 408,
  missing_variable = 409,
  layout_without_holder = 410,
  unknown_message_field = 411,
  repeated_argument = 412,
  open_list = 413,
  missing_value = 414,
  unknown_bytes_sent = 415,
  unencodable_message = 416,

  // Layouts.
  repeated_layout = 501,
  layout_without_fields = 502,
  layout_limit = 503,
  field_name = 504,
  repeated_field = 505,
  struct_line = 506,
  struct_format = 507,
  struct_names = 508,
  unknown_type = 509,
  type_size = 510,
  value_names = 511,
  element_count = 512,
  text_end = 513,
  unrepeatable_type = 514,
  switch_cases = 515,
  word_behind_type = 516,
  field_condition = 517,
  value_of_type = 518,
  range_of_fields = 519,
  holder_of_size = 520,
  unknown_checksum = 521,
  nested_layout = 522,
  open_field_inside = 523,
  count_of_field = 524,
  bit_fields = 525,
  computed_chooser = 526,
  compared_value = 527,
  unknown_field = 528,
  claimed_place = 529,

  // Tables of packets.
  unknown_packet = 601,
  anything_row = 602,
  packet_flags = 603,
  packet_value = 604,
  missing_end = 605,
  unknown_actor = 606,
  foreign_actor = 607,
  packet_ends = 608,
  packet_length = 609,
  packet_payload = 610,
  other_transport = 611,

  // Tables of calls, sockets and measures.
  unknown_call = 701,
  word_behind_call = 702,
  missing_socket = 703,
  unknown_socket = 704,
  mixed_sockets = 705,
  call_argument = 706,
  argument_of_other_call = 707,
  untaken_sockets = 708,
  unknown_measure = 709,
  measure_value = 710,

  // server.yaml.
  description_no_yaml = 801,
  description_shape = 802,
  description_key = 803,
  repeated_description_key = 804,
  description_word = 805,
  description_value = 806,
  udp_port_alone = 807,
  default_no_choice = 808,
  unknown_explanation = 809,
  quirk_without_effect = 810,

  // What reads well and is asked for in vain: warnings.
  racing_ends = 901,
  step_in_vain = 902,
  unjudged_time = 903,
  bytes_differ = 904,
};

}  // namespace wireproof
