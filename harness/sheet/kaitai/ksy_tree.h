#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text/bytes.h"
#include "base/text/diagnostic.h"
#include "expect/field/expression.h"
#include "expect/field/field_count.h"
#include "sheet/text/fragment.h"

namespace wireproof {

// A Kaitai Struct description as it was written: https://doc.kaitai.io/ksy_diagram.html

// A text with its place.
struct KsyText {
  std::string text;
  Span span;
};

struct KsySwitch {
  KsyText on;
  std::vector<std::pair<KsyText, KsyText>> cases;  // value, type
};

// `valid: 1`, or with `eq`, `min`, `max`, `any-of`.
struct KsyValid {
  std::optional<KsyText> least;
  std::optional<KsyText> most;
  std::vector<KsyText> any_of;
};

// What stands in `seq`, `instances` and `params`.
struct KsyAttribute {
  std::string id;
  Span span;
  std::optional<KsyText> type;
  std::optional<KsySwitch> cases;
  std::optional<KsyText> size;
  std::optional<KsyText> condition;
  std::optional<KsyText> repeat;
  std::optional<KsyText> repeat_expr;
  std::optional<KsyText> repeat_until;
  std::optional<KsyText> enumeration;
  std::optional<KsyText> value;  // of an instance
  std::optional<KsyText> pos;    // of an instance
  std::optional<KsyText> io;     // of an instance
  std::optional<KsyValid> valid;
  std::optional<Bytes> contents;
  std::optional<std::uint8_t> terminator;
  std::optional<std::uint8_t> padding;
  bool size_eos = false;
  std::string doc;
};

struct KsyEnum {
  std::vector<std::pair<WideNumber, std::string>> names;
};

struct KsyFile;

struct KsyType {
  std::string name;
  Span span;
  KsyFile* file = nullptr;
  const KsyType* outer = nullptr;  // null: the file's root
  std::optional<ByteOrder> order;  // its own or that of the type around it
  std::optional<KsySwitch> order_switch;
  std::vector<KsyAttribute> params;
  std::vector<KsyAttribute> seq;
  std::vector<KsyAttribute> instances;
  std::vector<std::unique_ptr<KsyType>> types;
  std::map<std::string, KsyEnum> enums;
};

struct KsyFile {
  std::shared_ptr<const SourceText> source;
  Problems problems;   // their places are in `source`
  std::string folder;  // of the file, from that of the sheet on
  KsyType root;
  std::vector<KsyText> imports;
  std::map<std::string, KsyFile*> imported;  // by the name of the type
};

}  // namespace wireproof
