#include "machine/host/sandbox_walls.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "base/system/call_filter.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

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

void refuse_for_all(const CallFilterBuilder& filter) {
  refuse_families(filter);
  refuse_datagram_pairs(filter);
  for (const int number : {SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key)}) {
    refuse_call(filter, number, EPERM);
  }
  for (const int number :
       {SCMP_SYS(memfd_create), SCMP_SYS(memfd_secret), SCMP_SYS(io_uring_setup)}) {
    refuse_call(filter, number, ENOSYS);
  }
}

// Landlock's ABI; 0: there is none.
long landlock_version() {
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : version;
}

constexpr long kRenames = 2;  // the first ABI with LANDLOCK_ACCESS_FS_REFER
constexpr std::uint64_t kMakesAndRemoves =
    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
constexpr std::uint64_t kWrites = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REFER;

void allow(int rules, const fs::path& path, std::uint64_t rights) {
  const UniqueFd place = check_descriptor(::open(path.c_str(), O_PATH | O_CLOEXEC), kRulesAttempt);
  landlock_path_beneath_attr below{};
  below.allowed_access = rights;
  below.parent_fd = place.get();
  check_call(::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0),
             kRulesAttempt);
}

constexpr std::uint64_t kReads = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;

// All that is in a folder but these: rules only allow, so each that is not on the way to one of
// them is.
void allow_reading_around(int rules, const fs::path& folder, const std::vector<fs::path>& hidden) {
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(folder, unreadable)) {
    const fs::path& path = entry.path();
    if (entry.is_symlink(unreadable)) continue;  // its target is somewhere, too
    const auto leads_to = [&](const fs::path& other) {
      return std::mismatch(path.begin(), path.end(), other.begin(), other.end()).first ==
             path.end();
    };
    if (std::ranges::find(hidden, path) != hidden.end()) continue;
    if (std::ranges::any_of(hidden, leads_to)) {
      allow_reading_around(rules, path, hidden);
    } else if (fs::exists(path, unreadable)) {  // it may have gone meanwhile
      allow(rules, path, kReads);
    }
  }
}

}  // namespace

std::vector<sock_filter> build_sandbox_filter() {
  const CallFilterBuilder filter(kFilterAttempt, SCMP_ACT_KILL_PROCESS);
  refuse_for_all(filter);
  return filter.build();
}

std::vector<sock_filter> build_reduced_filter() {
  const CallFilterBuilder filter(kFilterAttempt, SCMP_ACT_KILL_PROCESS);
  refuse_for_all(filter);
  constexpr scmp_datum_t kAllProcesses = 0xffffffff;  // -1 of 32 bits
  refuse_value(filter, SCMP_SYS(kill), {0, SCMP_CMP_MASKED_EQ, kLowBits, kAllProcesses}, EPERM);
  for (const int number :
       {SCMP_SYS(shmget), SCMP_SYS(msgget), SCMP_SYS(semget), SCMP_SYS(mq_open)}) {
    refuse_call(filter, number, ENOSYS);
  }
  return filter.build();
}

bool has_write_rules() {
  return landlock_version() >= kRenames;
}

UniqueFd make_write_rules(const fs::path& root) {
  if (!has_write_rules()) return UniqueFd();
  landlock_ruleset_attr handled{};
  handled.handled_access_fs = kWrites;
  UniqueFd rules = check_descriptor(
      ::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0), kRulesAttempt);
  for (const char* const folder : {"tmp", "dev"}) allow(rules.get(), root / folder, kWrites);
  // A program on a terminal may open that again (/dev/stderr); no other is in sight.
  const fs::path terminals = "/dev/pts";
  if (fs::exists(terminals)) allow(rules.get(), terminals, kWrites);
  return rules;
}

UniqueFd make_reduced_rules(const fs::path& folder, const SandboxRequest& request) {
  const long version = landlock_version();
  if (version < kRenames) return UniqueFd();
  // <linux/landlock.h> of later kernels: `scoped` came with 6.12, and the right to truncate with
  // 6.2.
  struct {
    std::uint64_t files = 0;
    std::uint64_t ports = 0;
    std::uint64_t scoped = 0;
  } handled;
  constexpr long kTruncates = 3;
  constexpr long kScopes = 6;
  constexpr std::uint64_t kTruncate = 1U << 14;
  constexpr std::uint64_t kScopedSignals = 1U << 1;
  const std::uint64_t truncate = version >= kTruncates ? kTruncate : 0;
  handled.files = kMakesAndRemoves | kWrites | truncate;
  if (!request.hidden.empty()) handled.files |= kReads;
  if (version >= kScopes) handled.scoped = kScopedSignals;
  const std::size_t size = version >= kScopes ? sizeof handled : sizeof handled.files;
  UniqueFd rules =
      check_descriptor(::syscall(SYS_landlock_create_ruleset, &handled, size, 0), kRulesAttempt);
  allow(rules.get(), folder, handled.files);
  if (!request.hidden.empty()) {
    std::vector<fs::path> hidden;
    for (const fs::path& path : request.hidden) hidden.push_back(fs::weakly_canonical(path));
    allow_reading_around(rules.get(), "/", hidden);
    for (const fs::path& shown : request.shown) allow(rules.get(), shown, kReads);
  }
  const std::uint64_t into_files = LANDLOCK_ACCESS_FS_WRITE_FILE | truncate;
  for (const char* const device : {"null", "zero", "full", "random", "urandom", "tty", "pts"}) {
    const auto path = fs::path("/dev") / device;
    if (fs::exists(path)) allow(rules.get(), path, into_files);
  }
  if (fs::exists("/dev/shm")) {
    allow(rules.get(), "/dev/shm",
          into_files | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE);
  }
  return rules;
}

bool close_walls(int write_rules, const std::vector<sock_filter>& filter) {
  // In this order: no_new_privs, which comes with the filter, is what Landlock asks for.
  return install_call_filter(filter) &&
         (write_rules < 0 || ::syscall(SYS_landlock_restrict_self, write_rules, 0) == 0);
}

}  // namespace wireproof
