#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "expect/layout/layout.h"

namespace wireproof {

// Whether Wireshark takes the field's values as UInt64 or Int64 alone.
bool is_wide_number(const Field& field);

// The ProtoFields of a dissector. Cases of a choice may have fields of one path: those of one kind
// are one ProtoField, others get a number behind their names.
class ProtoFields {
 public:
  // `protocol` goes before all names.
  explicit ProtoFields(std::string protocol) : protocol_(std::move(protocol)) {}

  // The place in `protofields`, from 1. `path` is that of the field, without indices.
  std::size_t add(const Field& field, const std::string& path);
  std::size_t size() const { return lines_.size(); }
  // Statements that fill the table `protofields`.
  std::string render() const;

 private:
  std::string free_name(const std::string& path);

  std::string protocol_;
  std::vector<std::string> lines_;
  std::map<std::string, std::size_t> known_;  // of a path and a kind
  std::set<std::string> names_;
};

}  // namespace wireproof
