#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "expect/layout/layout.h"
#include "sheet/kaitai/ksy_library.h"
#include "sheet/kaitai/ksy_names.h"

namespace wireproof {

constexpr std::size_t kMaxKsyLayouts = 1000;  // of one description with its imports

// A type as a layout is made of it: once for each list of arguments and each byte order.
struct KsyUse {
  const KsyType* type = nullptr;
  std::vector<Expression> arguments;
  std::optional<ByteOrder> order;  // of a type whose order depends on a field
};

// Makes layouts of the types of a description: `name` of its root, `name.type` of the others.
class KsyLayouts {
 public:
  KsyLayouts(const KsyLibrary& library, const std::string& name);

  // All of the first file, and what they use of the others. What cannot be read is reported in the
  // files.
  LayoutSet make();

  // The layout's name; it is made later. Nothing where there are too many (reported at `span`).
  std::optional<std::string> layout_of(const KsyUse& use, KsyFile& file, Span span);
  // A layout for the elements of an array, beside the one that holds it.
  std::string add_element(const std::string& holder, const std::string& array,
                          const Field& element);

  KsyNames& names() { return names_; }

 private:
  struct Work {
    KsyUse use;
    std::string layout;
  };

  static std::map<const KsyFile*, std::string> root_names(const KsyLibrary& library,
                                                          const std::string& name);
  void add_types(const KsyType& type);
  void make_layout(const Work& work);
  void check_nesting(const Work& work);
  std::string base_name(const KsyType& type) const;
  std::string free_name(const std::string& wanted) const;

  const KsyLibrary& library_;
  std::map<const KsyFile*, std::string> roots_;
  KsyNames names_;
  LayoutSet layouts_;
  std::vector<Work> work_;
  std::map<std::string, std::string> by_use_;
};

}  // namespace wireproof
