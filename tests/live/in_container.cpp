// Runs a command with the rights that `docker run` gives by default, and no others:
//   in_container [--no-capture] [--no-ptrace] [--user] COMMAND [ARGUMENT…]
// root with Docker's fourteen capabilities, and its filter of calls (docs.docker.com,
// "Seccomp security profiles for Docker"): no namespaces, no mounts, no descriptors of others; in a
// network of its own with a loopback. --no-capture takes CAP_NET_RAW away, --no-ptrace ptrace(2) (a
// kernel before 4.8), --user all capabilities and the user id 0. Ends with 77 where that cannot be.

#include <grp.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int kSkipped = 77;
constexpr uid_t kUser = 1000;

constexpr const char* kRefused[] = {"acct",
                                    "add_key",
                                    "bpf",
                                    "clock_adjtime",
                                    "clock_settime",
                                    "create_module",
                                    "delete_module",
                                    "fanotify_init",
                                    "finit_module",
                                    "fsconfig",
                                    "fsmount",
                                    "fsopen",
                                    "fspick",
                                    "get_mempolicy",
                                    "init_module",
                                    "io_uring_enter",
                                    "io_uring_register",
                                    "io_uring_setup",
                                    "ioperm",
                                    "iopl",
                                    "kcmp",
                                    "kexec_file_load",
                                    "kexec_load",
                                    "keyctl",
                                    "lookup_dcookie",
                                    "mbind",
                                    "migrate_pages",
                                    "mount",
                                    "mount_setattr",
                                    "move_mount",
                                    "move_pages",
                                    "nfsservctl",
                                    "open_by_handle_at",
                                    "open_tree",
                                    "perf_event_open",
                                    "pidfd_getfd",
                                    "pivot_root",
                                    "process_madvise",
                                    "quotactl",
                                    "reboot",
                                    "request_key",
                                    "set_mempolicy",
                                    "setdomainname",
                                    "sethostname",
                                    "setns",
                                    "settimeofday",
                                    "swapoff",
                                    "swapon",
                                    "sysfs",
                                    "syslog",
                                    "umount2",
                                    "unshare",
                                    "uselib",
                                    "userfaultfd",
                                    "ustat",
                                    "vhangup"};

[[noreturn]] void skip(const char* attempt) {
  std::perror(attempt);
  ::_exit(kSkipped);
}

struct Wish {
  bool capture = true;
  bool ptrace = true;
  bool user = false;
};

void enter_network() {
  if (::unshare(CLONE_NEWNET) != 0) skip("enter a network");
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", sizeof "lo");
  request.ifr_flags = IFF_UP;
  if (::ioctl(socket, SIOCSIFFLAGS, &request) != 0) skip("raise lo");
  // As Docker does.
  std::ofstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") << "0";
}

void check(int code) {
  if (code != 0) {
    std::fprintf(stderr, "build the filter: %s\n", std::strerror(-code));
    ::_exit(kSkipped);
  }
}

void filter_calls(const Wish& wish) {
  constexpr std::uint32_t kNamespaces = 0x7E020000;  // CLONE_NEW… of clone(2)
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  check(seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0));
  const auto refuse = [&](const char* name, int error_number) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR) return;
    check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(static_cast<unsigned>(error_number)), number, 0));
  };
  for (const char* const name : kRefused) refuse(name, EPERM);
  // Programs then use clone(), whose flags a filter can read.
  refuse("clone3", ENOSYS);
  if (!wish.ptrace) {
    for (const char* const name : {"ptrace", "process_vm_readv", "process_vm_writev"}) {
      refuse(name, EPERM);
    }
  }
  for (unsigned bit = 1; bit != 0; bit <<= 1) {
    if ((kNamespaces & bit) == 0) continue;
    const scmp_arg_cmp has_bit{0, SCMP_CMP_MASKED_EQ, bit, bit};
    check(seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, &has_bit));
  }
  const scmp_arg_cmp is_vsock{0, SCMP_CMP_EQ, AF_VSOCK, 0};
  check(seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1, &is_vsock));
  check(seccomp_load(filter));
}

void keep_capabilities(const Wish& wish) {
  std::vector<int> kept{CAP_CHOWN,   CAP_DAC_OVERRIDE, CAP_FSETID,     CAP_FOWNER,
                        CAP_MKNOD,   CAP_SETGID,       CAP_SETUID,     CAP_SETFCAP,
                        CAP_SETPCAP, CAP_NET_RAW,      CAP_SYS_CHROOT, CAP_NET_BIND_SERVICE,
                        CAP_KILL,    CAP_AUDIT_WRITE};
  if (!wish.capture) std::erase(kept, CAP_NET_RAW);
  if (wish.user) kept.clear();
  for (int capability = 0; capability <= CAP_LAST_CAP; ++capability) {
    if (std::ranges::find(kept, capability) != kept.end()) continue;
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL) skip("drop a right");
  }
  if (wish.user && (::setgroups(0, nullptr) != 0 || ::setresgid(kUser, kUser, kUser) != 0 ||
                    ::setresuid(kUser, kUser, kUser) != 0)) {
    skip("become a user");
  }
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
  for (const int capability : kept) {
    auto& word = data[static_cast<std::size_t>(capability) / 32];
    word.effective |= 1U << (capability % 32);
    word.permitted = word.effective;
  }
  if (::syscall(SYS_capset, &header, data.data()) != 0) skip("give up rights");
}

}  // namespace

int main(int count, char** words) {
  Wish wish;
  int command = 1;
  for (; command < count && words[command][0] == '-'; ++command) {
    const std::string_view option = words[command];
    if (option == "--no-capture") wish.capture = false;
    if (option == "--no-ptrace") wish.ptrace = false;
    if (option == "--user") wish.user = true;
  }
  if (command == count) return 2;
  if (::geteuid() != 0) {
    std::fputs("only root can be a container's root\n", stderr);
    return kSkipped;
  }
  enter_network();
  // Without no_new_privs, as Docker: that takes a right that goes next.
  filter_calls(wish);
  keep_capabilities(wish);
  ::execvp(words[command], words + command);
  std::perror(words[command]);
  return 127;
}
