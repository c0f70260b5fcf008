#include "machine/process/host_names.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/system/system_call.h"

namespace wireproof {
namespace {

constexpr const char* kFile = "/etc/hosts";
constexpr mode_t kReadable = 0644;

std::string read_machine_names() {
  std::ifstream file(kFile);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A file of the temporary folder, which is gone with the object: what is mounted stays.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view text)
      : path_((std::filesystem::temp_directory_path() / "wireproof-hosts-XXXXXX").string()) {
    const UniqueFd file =
        check_descriptor(::mkostemp(path_.data(), O_CLOEXEC), "make a file for the host names");
    check_call(::fchmod(file.get(), kReadable), "let programs read " + path_);
    write_all(file.get(), text, "write " + path_);
  }
  ~TemporaryFile() { ::unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

// The first line that has a name is the one that counts.
HostNames::HostNames(const std::vector<std::string>& names, const IpAddress& address) {
  if (names.empty()) return;
  check_call(::unshare(CLONE_NEWNS), "enter a mount namespace for the host names");
  check_call(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr),
             "keep the mounts to itself");
  const TemporaryFile file(fmt::format("{} {}\n{}", render_ip_address(address),
                                       fmt::join(names, " "), read_machine_names()));
  check_call(::mount(file.path().c_str(), kFile, nullptr, MS_BIND, nullptr),
             fmt::format("put host names in the place of {}", kFile));
  is_mounted_ = true;
}

HostNames::~HostNames() {
  if (is_mounted_) ::umount2(kFile, MNT_DETACH);
}

}  // namespace wireproof
