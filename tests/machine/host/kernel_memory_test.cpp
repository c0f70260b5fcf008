#include "machine/host/kernel_memory.h"

#include "catch.h"

namespace wireproof {

// As Linux 6.1 prints them.
TEST_CASE("of System V's objects those count that no process has mapped", "[host]") {
  constexpr const char* kSegments =
      "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  "
      "cgid "
      "     atime      dtime      ctime                   rss                  swap\n"
      "         0          0   600               8388608   123   123      0  1000  1000  1000  "
      "1000 "
      "1700000000 1700000000 1700000000               4194304                  4096\n"
      "         0          1   600               8388608   123   123      2  1000  1000  1000  "
      "1000 "
      "1700000000          0 1700000000               8388608                     0\n";
  constexpr const char* kMessages =
      "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      "
      "stime      rtime      ctime\n"
      "         0          0   600       10000          1   123     0  1000  1000  1000  1000 "
      "1700000000          0 1700000000\n";
  constexpr const char* kSemaphores =
      "       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n"
      "         0          0   600       1000  1000  1000  1000  1000          0 1700000000\n";
  constexpr std::uint64_t kDetached = 4194304 + 4096;
  CHECK(add_system_v(kSegments, "", "") == kDetached);
  CHECK(add_system_v(kSegments, kMessages, kSemaphores) == kDetached + 10000 + 64000);
  CHECK(add_system_v("", "", "") == 0);
  CHECK(add_system_v("titles\n", "titles", "x y z\nshort\n") == 0);
}

TEST_CASE("the pages of the machine's sockets are those of TCP and UDP", "[host]") {
  CHECK(socket_pages("sockets: used 290\nTCP: inuse 1 orphan 0 tw 8 alloc 76 mem 163\n"
                     "UDP: inuse 2 mem 4\nUDPLITE: inuse 0\nRAW: inuse 0\n"
                     "FRAG: inuse 0 memory 0\n") == 167);
  CHECK(socket_pages("") == 0);
  CHECK(socket_pages("sockets: used 1\nTCP: mem") == 0);
}

}  // namespace wireproof
