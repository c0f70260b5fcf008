#pragma once

namespace wireproof::tracee {

// Parts of the traced program: sockets and processes of kinds that need a look of their own. Each
// gives the program's exit code.
int start_untraced(char** arguments);  // children by clone and clone3 with CLONE_UNTRACED
int use_multipath(char** arguments);   // 77: this kernel has no MPTCP
int open_by_send(char** arguments);    // MSG_FASTOPEN
int receive_datagrams(char** arguments);
int send_segments(char** arguments);  // UDP_SEGMENT, by option and by message
int read_urgent_inline(char** arguments);
int ask_for_tracer(char** arguments);  // a second one

}  // namespace wireproof::tracee
