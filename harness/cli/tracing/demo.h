#pragma once

#include <filesystem>
#include <string>

#include "play/tracing/trace_run.h"

namespace wireproof {

// The two programs of `wireproof demo`: this one as a server of upper case and as its client, under
// names of their own, so that nothing else has to be installed. They lie in a folder that goes with
// this object. Throws SystemError.
class DemoPrograms {
 public:
  DemoPrograms();

  TraceRequest request() const;

 private:
  struct Folder {
    Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder();

    std::filesystem::path path;
  };

  Folder folder_;
};

// What stands before the table and behind it. `page` is where the same lies as a page.
std::string render_demo_opening();
std::string render_demo_end(const std::filesystem::path& page);

}  // namespace wireproof
