#include "cli/tracing/demo.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <cerrno>

#include "base/system/memory_map.h"
#include "base/system/system_call.h"
#include "cli/options/command_line.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kQuestion = "hello\n";

// $TMPDIR, else /tmp.
fs::path make_folder() {
  std::error_code failed;
  const fs::path parent = fs::temp_directory_path(failed);
  if (failed) throw SystemError("find a folder for temporary files", failed.value());
  std::string name = (parent / "wireproof-demo-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw SystemError("make the folder " + name, errno);
  return name;
}

}  // namespace

DemoPrograms::Folder::Folder() : path(make_folder()) {}

DemoPrograms::Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

DemoPrograms::DemoPrograms() {
  const fs::path start = own_start_file();
  for (const char* const name : {"server", "client"}) {
    std::error_code failed;
    fs::create_symlink(start, folder_.path / name, failed);
    if (failed) throw SystemError("make a link in " + folder_.path.string(), failed.value());
  }
}

TraceRequest DemoPrograms::request() const {
  TraceRequest request;
  const auto start = [this](const char* name) {
    return quote_for_shell((folder_.path / name).string());
  };
  request.server = start("server") + " serve upper-tcp --port {port}";
  request.clients.push_back({start("client") + " talk {host}:{port}", std::string(kQuestion)});
  return request;
}

std::string render_demo_opening() {
  return "A client asks a server to write `hello` in capitals, in a network of their own. Each\n"
         "packet is shown with the call that caused it and the call that was waiting for it.\n\n";
}

std::string render_demo_end(const fs::path& page) {
  return fmt::format(
      "\nThe same as a page: {}\n"
      "\nNext:\n"
      "  wireproof trace --server 'python3 server.py' --client 'python3 client.py'\n"
      "                                            the same of any two programs\n"
      "  wireproof verify upper-tcp -- python3 server.py\n"
      "                                            is my server right? `wireproof servers`: which\n"
      "  wireproof run                             all sheets against the reference servers\n"
      "  wireproof new NAME                        a sheet for a protocol of your own\n",
      page.string());
}

}  // namespace wireproof
