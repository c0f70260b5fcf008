#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "sheet/text/fragment.h"
#include "sheet/text/markdown.h"

namespace wireproof {

// A name that a sheet may use for a column, and the one used here. Case does not count.
struct ColumnName {
  std::string_view written;
  std::string_view canonical;
};

// Which column of a table holds what; columns with other names are prose.
class TableColumns {
 public:
  TableColumns(const Table& table, std::span<const ColumnName> names);

  bool has(std::string_view canonical) const;
  // The cell without backticks and with parameters filled in; empty where the row has none.
  Fragment cell(const TableRow& row, std::string_view canonical, const Parameters& parameters,
                Problems& problems) const;
  // Where the cells of the known columns stand, by canonical name.
  std::map<std::string, Span> cell_spans(const TableRow& row, const Parameters& parameters) const;
  // Whether what its cell `If` says is so, conditions with commas between them; where it says
  // nothing the row counts. What is no condition is reported, and counts.
  bool counts(const TableRow& row, const Parameters& parameters, Problems& problems) const;
  // Headings that are close to a name nobody gave: a slip would make the column prose.
  void report_slips(const Table& table, Problems& problems) const;
  // Two columns with the same meaning.
  void report_repeats(const Table& table, Problems& problems) const;

 private:
  std::span<const ColumnName> names_;
  std::map<std::string, std::size_t, std::less<>> indexes_;
};

}  // namespace wireproof
