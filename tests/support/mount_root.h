#pragma once

#include <fcntl.h>
#include <sys/stat.h>

namespace wireproof {

// Whether the path is the root of a mount; "/" is none in a chroot to a plain folder.
inline bool is_mount_root(const char* path) {
  struct statx found {};
  return ::statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &found) == 0 &&
         (found.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

}  // namespace wireproof
