#include "report/row_writer.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

namespace wireproof {
namespace {

char* put(char* out, std::string_view text) {
  return std::copy(text.begin(), text.end(), out);
}

// Aligned columns, two blanks between them. Nothing is known of later rows, so a column starts
// with a usual width and widens for good with the first cell that needs it.
class TextRowWriter : public RowWriter {
 public:
  explicit TextRowWriter(std::vector<CaptureColumn> columns) : RowWriter(std::move(columns)) {
    for (const CaptureColumn column : this->columns()) widths_.push_back(usual_width(column));
  }

  void write_heading(OutputBuffer& out) override {
    write_line(
        out, [](CaptureColumn column) { return capture_column_name(column).size(); },
        [](char* cell, CaptureColumn column) { return put(cell, capture_column_name(column)); });
  }

  void write_row(OutputBuffer& out, const CaptureRow& row) override {
    write_line(
        out, [&row](CaptureColumn column) { return number_cell_size(column, row); },
        [&row](char* cell, CaptureColumn column) { return render_cell_to(cell, column, row); });
  }

 private:
  static std::size_t usual_width(CaptureColumn column) {
    switch (column) {
      case CaptureColumn::number:
        return 6;
      case CaptureColumn::time:
        return 12;
      case CaptureColumn::source:
      case CaptureColumn::destination:
        return 21;  // 255.255.255.255:65535
      case CaptureColumn::protocol:
        return 8;
      case CaptureColumn::length:
        return 5;
      case CaptureColumn::info:
      case CaptureColumn::payload:
        return 40;
      case CaptureColumn::defect:
        return 6;
    }
    return 0;
  }

  // `count` blanks; a whole block of a known size is quickest, the surplus is overwritten.
  static char* put_blanks(char* out, std::size_t count) {
    std::memset(out, ' ', kBlankBlock);
    if (count > kBlankBlock) std::memset(out, ' ', count);
    return out + count;
  }
  static constexpr std::size_t kBlankBlock = 32;

  // Blanks in front of a cell of `size` bytes that is aligned right.
  char* put_left_blanks(char* out, std::size_t size, std::size_t index) {
    widths_[index] = std::max(widths_[index], size);
    return put_blanks(out, widths_[index] - size);
  }

  // Blanks behind the cell that ends at `end`; behind a line's last cell they would go again.
  char* put_right_blanks(char* end, std::size_t size, std::size_t index) {
    if (index + 1 == columns().size()) return end;
    widths_[index] = std::max(widths_[index], size);
    return put_blanks(end, widths_[index] - size);
  }

  // `size_of` tells the size of a number's cell before `render` writes it.
  template <class SizeOf, class Render>
  void write_line(OutputBuffer& out, SizeOf size_of, Render render) {
    char* const line = out.reserve(columns().size() * (2 * kMaxCellSize + 2) + kBlankBlock);
    char* end = line;
    for (std::size_t i = 0; i < columns().size(); ++i) {
      const CaptureColumn column = columns()[i];
      if (i > 0) end = put(end, "  ");
      if (is_number(column)) {
        end = render(put_left_blanks(end, size_of(column), i), column);
      } else {
        char* const cell = end;
        end = render(cell, column);
        end = put_right_blanks(end, static_cast<std::size_t>(end - cell), i);
      }
    }
    while (end > line && end[-1] == ' ') --end;
    *end++ = '\n';
    out.commit(end);
  }

  std::vector<std::size_t> widths_;
};

class MarkdownRowWriter : public RowWriter {
 public:
  using RowWriter::RowWriter;

  void write_heading(OutputBuffer& out) override {
    for (const CaptureColumn column : columns()) {
      out.append("| ");
      out.append(capture_column_name(column));
      out.append(" ");
    }
    out.append("|\n");
    for (const CaptureColumn column : columns())
      out.append(is_number(column) ? "| --: " : "| --- ");
    out.append("|\n");
  }

  void write_row(OutputBuffer& out, const CaptureRow& row) override {
    std::array<char, kMaxCellSize> cell;
    for (const CaptureColumn column : columns()) {
      const char* const end = render_cell_to(cell.data(), column, row);
      char* target = put(out.reserve(2 * kMaxCellSize + 4), "| ");
      for (const char* from = cell.data(); from != end; ++from) {
        if (*from == '|') *target++ = '\\';
        *target++ = *from;
      }
      *target++ = ' ';
      out.commit(target);
    }
    out.append("|\n");
  }
};

// RFC 4180.
class CsvRowWriter : public RowWriter {
 public:
  using RowWriter::RowWriter;

  void write_heading(OutputBuffer& out) override {
    for (std::size_t i = 0; i < columns().size(); ++i) {
      if (i > 0) out.append(",");
      out.append(capture_column_name(columns()[i]));
    }
    out.append("\r\n");
  }

  void write_row(OutputBuffer& out, const CaptureRow& row) override {
    std::array<char, kMaxCellSize> cell;
    for (std::size_t i = 0; i < columns().size(); ++i) {
      const char* const end = render_cell_to(cell.data(), columns()[i], row);
      char* target = out.reserve(2 * kMaxCellSize + 3);
      if (i > 0) *target++ = ',';
      out.commit(put_quoted(target, {cell.data(), end}));
    }
    out.append("\r\n");
  }

 private:
  static char* put_quoted(char* out, std::string_view cell) {
    if (cell.find_first_of("\",\r\n") == std::string_view::npos) return put(out, cell);
    *out++ = '"';
    for (const char c : cell) {
      if (c == '"') *out++ = '"';
      *out++ = c;
    }
    *out++ = '"';
    return out;
  }
};

// An array of objects, one a line, keyed by the columns' names (RFC 8259).
class JsonRowWriter : public RowWriter {
 public:
  using RowWriter::RowWriter;

  void write_heading(OutputBuffer& out) override { out.append("["); }
  void write_end(OutputBuffer& out) override { out.append("\n]\n"); }

  void write_row(OutputBuffer& out, const CaptureRow& row) override {
    out.append(row.number == 1 ? "\n{" : ",\n{");
    for (std::size_t i = 0; i < columns().size(); ++i) {
      char* end = out.reserve(3 * kMaxCellSize);
      if (i > 0) *end++ = ',';
      *end++ = '"';
      end = put(end, capture_column_name(columns()[i]));
      end = put(end, "\":");
      out.commit(put_value(end, columns()[i], row));
    }
    out.append("}");
  }

 private:
  // Cells are valid UTF-8 without control characters, so these two escapes are all.
  static char* put_value(char* out, CaptureColumn column, const CaptureRow& row) {
    if (is_number(column)) return render_cell_to(out, column, row);
    std::array<char, kMaxCellSize> cell;
    const char* const end = render_cell_to(cell.data(), column, row);
    *out++ = '"';
    for (const char* from = cell.data(); from != end; ++from) {
      if (*from == '"' || *from == '\\') *out++ = '\\';
      *out++ = *from;
    }
    *out++ = '"';
    return out;
  }
};

}  // namespace

OutputBuffer::OutputBuffer(std::ostream& out)
    : out_(out), buffer_(std::make_unique<char[]>(kSize)) {}

char* OutputBuffer::reserve(std::size_t size) {
  assert(size <= kMaxReserve);
  if (kSize - used_ < size) flush();
  return buffer_.get() + used_;
}

void OutputBuffer::commit(const char* end) {
  used_ = static_cast<std::size_t>(end - buffer_.get());
  assert(used_ <= kSize);
}

void OutputBuffer::append(std::string_view text) {
  commit(put(reserve(text.size()), text));
}

void OutputBuffer::flush() {
  out_.write(buffer_.get(), static_cast<std::streamsize>(used_));
  used_ = 0;
}

std::unique_ptr<RowWriter> make_row_writer(TableFormat format, std::vector<CaptureColumn> columns) {
  switch (format) {
    case TableFormat::text:
      return std::make_unique<TextRowWriter>(std::move(columns));
    case TableFormat::markdown:
      return std::make_unique<MarkdownRowWriter>(std::move(columns));
    case TableFormat::csv:
      return std::make_unique<CsvRowWriter>(std::move(columns));
    case TableFormat::json:
      return std::make_unique<JsonRowWriter>(std::move(columns));
  }
  return nullptr;
}

}  // namespace wireproof
