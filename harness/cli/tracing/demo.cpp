#include "cli/tracing/demo.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <cerrno>

#include "base/system/memory_map.h"
#include "base/system/system_call.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kQuestion = "hello\n";

fs::path make_folder() {
  std::string name = (fs::temp_directory_path() / "wireproof-demo-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw SystemError("make the folder " + name, errno);
  return name;
}

}  // namespace

DemoPrograms::DemoPrograms() : folder_(make_folder()) {
  const fs::path start = own_start_file();
  for (const char* const name : {"server", "client"}) fs::create_symlink(start, folder_ / name);
}

DemoPrograms::~DemoPrograms() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

TraceRequest DemoPrograms::request() const {
  TraceRequest request;
  request.server = (folder_ / "server").string() + " serve upper-tcp --port {port}";
  request.clients.push_back(
      {(folder_ / "client").string() + " talk {host}:{port}", std::string(kQuestion)});
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
