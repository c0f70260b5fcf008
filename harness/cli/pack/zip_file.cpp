#include "cli/pack/zip_file.h"

#include <minizip/zip.h>
#include <sys/stat.h>
#include <zlib.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "base/system/system_call.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

constexpr uLong kMadeByUnix = 3U << 8U | 20U;  // APPNOTE.TXT 4.4.2: its modes are in `external_fa`
constexpr uLong kNamesAreUtf8 = 1U << 11U;     // 4.4.4, bit 11

zip_fileinfo describe_file(const PackedFile& file) {
  zip_fileinfo info{};
  info.tmz_date.tm_year = 1980;  // the first day that a zip knows
  info.tmz_date.tm_mday = 1;
  info.external_fa = uLong{S_IFREG | (file.is_program ? 0755U : 0644U)} << 16U;
  return info;
}

bool add_file(zipFile zip, const PackedFile& file) {
  const zip_fileinfo info = describe_file(file);
  const int opened =
      ::zipOpenNewFileInZip4_64(zip, file.name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr,
                                Z_DEFLATED, Z_BEST_COMPRESSION, 0, -MAX_WBITS, DEF_MEM_LEVEL,
                                Z_DEFAULT_STRATEGY, nullptr, 0, kMadeByUnix, kNamesAreUtf8, 0);
  return opened == ZIP_OK &&
         ::zipWriteInFileInZip(zip, file.bytes.data(), static_cast<unsigned>(file.bytes.size())) ==
             ZIP_OK &&
         ::zipCloseFileInZip(zip) == ZIP_OK;
}

void write_whole(const fs::path& path, const std::vector<PackedFile>& files,
                 const std::string& attempt) {
  errno = 0;
  const zipFile zip = ::zipOpen64(path.c_str(), APPEND_STATUS_CREATE);
  if (zip == nullptr) throw SystemError(attempt, errno);
  bool is_written = true;
  for (const PackedFile& file : files) is_written = is_written && add_file(zip, file);
  if (::zipClose(zip, nullptr) != ZIP_OK || !is_written) {
    throw std::runtime_error(attempt + ": the disk is full, or cannot be written");
  }
}

}  // namespace

void write_zip(const fs::path& path, const std::vector<PackedFile>& files) {
  const std::string attempt = "write " + path.string();
  fs::path part = path;
  part += ".part";
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  try {
    write_whole(part, files, attempt);
  } catch (...) {
    fs::remove(part, error);
    throw;
  }
  fs::rename(part, path, error);
  if (!error) return;
  const int reason = error.value();
  fs::remove(part, error);
  throw SystemError(attempt, reason);
}

}  // namespace wireproof
