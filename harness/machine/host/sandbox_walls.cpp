#include "machine/host/sandbox_walls.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/system/call_filter.h"

namespace wireproof {
namespace {

constexpr const char* kFilterAttempt = "build the sandbox's filter of calls";
constexpr const char* kRulesAttempt = "make the sandbox's rules of writing";

void refuse_call(const CallFilterBuilder& filter, int number, int error_number) {
  filter.check(seccomp_rule_add_array(
      filter.context(), SCMP_ACT_ERRNO(static_cast<unsigned>(error_number)), number, 0, nullptr));
}

// Where the bits of an argument that are in the mask have this value.
void refuse_value(const CallFilterBuilder& filter, int number, const scmp_arg_cmp& argument,
                  int error_number) {
  filter.check(seccomp_rule_add_array(
      filter.context(), SCMP_ACT_ERRNO(static_cast<unsigned>(error_number)), number, 1, &argument));
}

void refuse_families(const CallFilterBuilder& filter) {
  for (unsigned family = AF_UNIX; family < AF_NETLINK; ++family) {
    if (family == AF_INET || family == AF_INET6) continue;
    const scmp_arg_cmp is_family{0, SCMP_CMP_MASKED_EQ, kLowBits, family};
    refuse_value(filter, SCMP_SYS(socket), is_family, family == AF_UNIX ? EACCES : EAFNOSUPPORT);
  }
  const scmp_arg_cmp is_above{0, SCMP_CMP_GT, AF_NETLINK, 0};
  refuse_value(filter, SCMP_SYS(socket), is_above, EAFNOSUPPORT);
}

// The kernel makes datagrams of SOCK_RAW here, too (net/unix/af_unix.c, unix_create).
void refuse_datagram_pairs(const CallFilterBuilder& filter) {
  constexpr scmp_datum_t kTypeBits = 0xf;  // SOCK_TYPE_MASK of include/linux/net.h
  for (const unsigned type : {SOCK_DGRAM, SOCK_RAW}) {
    const scmp_arg_cmp is_type{1, SCMP_CMP_MASKED_EQ, kTypeBits, type};
    refuse_value(filter, SCMP_SYS(socketpair), is_type, EACCES);
  }
}

// Landlock's ABI; 0: there is none.
long landlock_version() {
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : version;
}

constexpr long kRenames = 2;  // the first ABI with LANDLOCK_ACCESS_FS_REFER
constexpr std::uint64_t kWrites = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REFER;

void allow_writes(int rules, const std::filesystem::path& folder) {
  const UniqueFd place =
      check_descriptor(::open(folder.c_str(), O_PATH | O_CLOEXEC), kRulesAttempt);
  landlock_path_beneath_attr below{};
  below.allowed_access = kWrites;
  below.parent_fd = place.get();
  check_call(::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0),
             kRulesAttempt);
}

}  // namespace

std::vector<sock_filter> build_sandbox_filter() {
  const CallFilterBuilder filter(kFilterAttempt, SCMP_ACT_KILL_PROCESS);
  refuse_families(filter);
  refuse_datagram_pairs(filter);
  for (const int number : {SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key)}) {
    refuse_call(filter, number, EPERM);
  }
  for (const int number :
       {SCMP_SYS(memfd_create), SCMP_SYS(memfd_secret), SCMP_SYS(io_uring_setup)}) {
    refuse_call(filter, number, ENOSYS);
  }
  return filter.build();
}

bool has_write_rules() {
  return landlock_version() >= kRenames;
}

UniqueFd make_write_rules(const std::filesystem::path& root) {
  if (!has_write_rules()) return UniqueFd();
  landlock_ruleset_attr handled{};
  handled.handled_access_fs = kWrites;
  UniqueFd rules = check_descriptor(
      ::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0), kRulesAttempt);
  for (const char* const folder : {"tmp", "dev"}) allow_writes(rules.get(), root / folder);
  // A program on a terminal may open that again (/dev/stderr); no other is in sight.
  const std::filesystem::path terminals = "/dev/pts";
  if (std::filesystem::exists(terminals)) allow_writes(rules.get(), terminals);
  return rules;
}

bool close_walls(int write_rules, const std::vector<sock_filter>& filter) {
  // In this order: no_new_privs, which comes with the filter, is what Landlock asks for.
  return install_call_filter(filter) &&
         (write_rules < 0 || ::syscall(SYS_landlock_restrict_self, write_rules, 0) == 0);
}

}  // namespace wireproof
