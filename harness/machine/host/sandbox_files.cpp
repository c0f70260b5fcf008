#include "machine/host/sandbox_keeper.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/system/system_call.h"

// The order: everything read-only, then copies of what is to stay in sight, then folders over what
// is hidden, then the copies back to their places.

namespace wireproof {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDevices[] = {"null", "zero", "full", "random", "urandom", "tty"};
constexpr int kMaxFiles = 10000;  // in /tmp
constexpr const char* kSmallFolder = "size=1m,nr_inodes=1000,mode=0755";

// A mount that hangs nowhere yet.
struct Copy {
  fs::path path;
  UniqueFd mount;
  bool is_folder = false;
};

Copy copy_mount(const fs::path& path) {
  UniqueFd mount = check_descriptor(
      ::open_tree(AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE),
      "keep " + path.string() + " in sight");
  return {path, std::move(mount), fs::is_directory(path)};
}

void set_read_only(const fs::path& path, unsigned flags) {
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID;
  check_call(::mount_setattr(AT_FDCWD, path.c_str(), flags, &attributes, sizeof attributes),
             "make " + path.string() + " read-only");
}

void cover(const fs::path& path, const std::string& options) {
  check_call(::mount("tmpfs", path.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()),
             "cover " + path.string());
}

void put_back(const Copy& copy) {
  if (copy.is_folder) {
    fs::create_directories(copy.path);
  } else {
    fs::create_directories(copy.path.parent_path());
    UniqueFd(::open(copy.path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  }
  check_call(
      ::move_mount(copy.mount.get(), "", AT_FDCWD, copy.path.c_str(), MOVE_MOUNT_F_EMPTY_PATH),
      "show " + copy.path.string());
}

// The machine's disks are devices too, and what root owns root may write, capabilities or not.
void make_devices() {
  std::vector<Copy> devices;
  for (const char* const name : kDevices) {
    const fs::path path = fs::path("/dev") / name;
    if (fs::exists(path)) devices.push_back(copy_mount(path));
  }
  cover("/dev", kSmallFolder);
  for (const Copy& device : devices) put_back(device);
  constexpr std::array<std::array<const char*, 2>, 5> kLinks{{{"/proc/self/fd", "/dev/fd"},
                                                              {"/proc/self/fd/0", "/dev/stdin"},
                                                              {"/proc/self/fd/1", "/dev/stdout"},
                                                              {"/proc/self/fd/2", "/dev/stderr"},
                                                              {"pts/ptmx", "/dev/ptmx"}}};
  for (const auto& [target, link] : kLinks) {
    check_call(::symlink(target, link), std::string("make ") + link);
  }
  fs::create_directory("/dev/pts");
  // An instance of its own: the terminals of others are none of its business.
  check_call(::mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
                     "newinstance,ptmxmode=0666,mode=0620"),
             "make terminals");
  fs::create_directory("/dev/shm");
  check_call(::chmod("/dev/shm", 01777), "make /dev/shm");
}

// Read-only: the kernel's settings belong to root's user id, whatever namespace that is in. Where
// a container has hidden parts of /proc, it stays as it is, already read-only.
void make_process_folder() {
  constexpr unsigned long kFlags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (::mount("proc", "/proc", "proc", kFlags, nullptr) != 0 && errno != EPERM) {
    throw SystemError("show the processes", errno);
  }
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto [in_folder, in_path] =
      std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return in_folder == folder.end();
}

std::vector<fs::path> covered_folders(const SandboxRequest& request) {
  // Who may write to a socket in /run has the machine's services.
  std::vector<fs::path> covered{"/tmp"};
  if (fs::is_directory("/run")) covered.emplace_back("/run");
  for (const fs::path& hidden : request.hidden) covered.push_back(fs::weakly_canonical(hidden));
  return covered;
}

bool is_below_any(const fs::path& path, const std::vector<fs::path>& folders) {
  return std::ranges::any_of(
      folders, [&](const fs::path& folder) { return path != folder && is_below(path, folder); });
}

// What lies in no covered folder is in sight anyway.
std::vector<Copy> copy_shown(const SandboxRequest& request, const std::vector<fs::path>& covered) {
  std::vector<Copy> copies;
  for (const fs::path& path : request.shown) {
    const fs::path real = fs::weakly_canonical(path);
    const bool is_covered = std::ranges::find(covered, real) != covered.end();
    const bool is_known = std::ranges::find(copies, real, &Copy::path) != copies.end();
    if (is_covered || is_known || !is_below_any(real, covered) || !fs::exists(real)) continue;
    copies.push_back(copy_mount(real));
  }
  return copies;
}

std::string temporary_folder_options(const SandboxLimits& limits) {
  return "size=" + std::to_string(limits.file_bytes) + ",nr_inodes=" + std::to_string(kMaxFiles) +
         ",mode=1777";
}

}  // namespace

void enter_sandbox_files(const SandboxRequest& request) {
  std::vector<fs::path> covered = covered_folders(request);
  check_call(::unshare(CLONE_NEWNS), "enter a mount namespace");
  check_call(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr),
             "keep the mounts to itself");
  set_read_only("/", AT_RECURSIVE);
  std::vector<Copy> copies = copy_shown(request, covered);
  // Outer folders first: what is shown may hold a folder that is hidden, and that one may hold
  // what is shown.
  std::ranges::sort(covered);
  std::ranges::sort(copies, std::ranges::less{}, &Copy::path);
  auto copy = copies.begin();
  std::vector<fs::path> to_close;
  for (const fs::path& folder : covered) {
    for (; copy != copies.end() && copy->path < folder; ++copy) put_back(*copy);
    // One may have gone out of sight with another.
    if (!fs::is_directory(folder)) continue;
    const bool is_temporary = folder == "/tmp";
    cover(folder, is_temporary ? temporary_folder_options(request.limits) : kSmallFolder);
    if (!is_temporary) to_close.push_back(folder);
  }
  for (; copy != copies.end(); ++copy) put_back(*copy);
  for (const fs::path& folder : to_close) set_read_only(folder, 0);
  make_devices();
  make_process_folder();
}

}  // namespace wireproof
