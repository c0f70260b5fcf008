#include "sheet/kaitai/kaitai_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/text/words.h"
#include "sheet/kaitai/ksy_layouts.h"
#include "sheet/kaitai/ksy_library.h"

namespace wireproof {
namespace {

constexpr std::string_view kFrom = "from:";

// The lines of a fence as one text that knows where they came from.
Fragment fence_text(const Fence& fence) {
  Fragment all = make_fragment("", fence.span.end);
  for (const Fragment& line : fence.lines) {
    all.origins.pop_back();
    all.text += line.text;
    all.origins.insert(all.origins.end(), line.origins.begin(), line.origins.end());
    all.text += '\n';
    all.origins.push_back(line.origins.back());
  }
  return all;
}

class KaitaiReader {
 public:
  KaitaiReader(const Heading& heading, const KaitaiContext& context, Problems& problems)
      : heading_(heading),
        context_(context),
        problems_(problems),
        library_(reader(), folder_of_sheet()) {}

  LayoutSet read_fence(const Fence& fence) {
    const Fragment text = fence_text(fence);
    return make(SourceText(context_.sheet, text.text), "", &text);
  }

  LayoutSet read_file(const Fragment& line) {
    const Fragment path = strip_backticks(
        trim(part_of(line, std::min(kFrom.size(), line.text.size()), line.text.size())));
    if (path.empty()) {
      problems_.error(ProblemCode::kaitai_file, line.span(), "the file's name is missing",
                      "as: from: dns_packet.ksy");
      return {};
    }
    const auto bytes = reader()(path.text);
    if (!bytes) {
      problems_.error(ProblemCode::kaitai_file, path.span(), bytes.error(),
                      "a path begins in the folder of the sheet");
      return {};
    }
    const std::string text(as_text(*bytes));
    return make(SourceText(folder_of_sheet() + path.text, text), path.text, nullptr);
  }

 private:
  FileReader reader() const {
    return [this](const std::string& path) -> Expected<Bytes, std::string> {
      if (!context_.read_file) return Unexpected<std::string>("no files can be named here");
      auto bytes = context_.read_file(path);
      if (!bytes || context_.room == nullptr) return bytes;
      if (bytes->size() > *context_.room) {
        return Unexpected<std::string>("files and random bytes of the sheet have too many bytes");
      }
      *context_.room -= bytes->size();
      return bytes;
    };
  }

  std::string folder_of_sheet() const {
    const std::size_t slash = context_.sheet.rfind('/');
    return slash == std::string::npos ? "" : context_.sheet.substr(0, slash + 1);
  }

  // `fence`: where the text stands in the sheet.
  LayoutSet make(const SourceText& source, const std::string& path, const Fragment* fence) {
    library_.read(source, path);
    LayoutSet layouts;
    if (!library_.has_errors()) layouts = KsyLayouts(library_, heading_.name).make();
    const bool is_wrong = library_.has_errors();
    for (const auto& file : library_.files()) {
      const bool is_fence = fence != nullptr && file == library_.files().front();
      for (Diagnostic& one : file->problems.take())
        add(std::move(one), *file, is_fence ? fence : nullptr);
    }
    return is_wrong ? LayoutSet() : layouts;
  }

  void add(Diagnostic one, const KsyFile& file, const Fragment* fence) {
    if (fence == nullptr) {
      one.source = file.source;
    } else if (one.span) {
      const std::size_t size = fence->text.size();
      one.span = fence->span(std::min(one.span->begin, size), std::min(one.span->end, size));
    } else {
      one.span = heading_.span;
    }
    problems_.add(std::move(one));
  }

  const Heading& heading_;
  const KaitaiContext& context_;
  Problems& problems_;
  KsyLibrary library_;
};

const Fence* ksy_fence(const Section& section) {
  const auto found = std::ranges::find(section.fences, "ksy", &Fence::language);
  return found == section.fences.end() ? nullptr : &*found;
}

}  // namespace

bool is_kaitai_section(const Section& section) {
  if (ksy_fence(section) != nullptr) return true;
  const bool has_layout =
      std::ranges::count(section.fences, "layout", &Fence::language) > 0 || !section.tables.empty();
  return !has_layout && section.from.has_value();
}

LayoutSet parse_kaitai_section(const Section& section, const Heading& heading,
                               const KaitaiContext& context, Problems& problems) {
  KaitaiReader reader(heading, context, problems);
  if (const Fence* const fence = ksy_fence(section)) return reader.read_fence(*fence);
  return reader.read_file(*section.from);
}

}  // namespace wireproof
