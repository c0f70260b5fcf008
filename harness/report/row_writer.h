#pragma once

#include <cstddef>
#include <memory>
#include <ostream>
#include <span>
#include <string_view>
#include <vector>

#include "report/capture_cell.h"
#include "report/report.h"

namespace wireproof {

// A large buffer in front of a stream: text is written in place and leaves in big pieces.
class OutputBuffer {
 public:
  explicit OutputBuffer(std::ostream& out);

  // Room for `size` more bytes, at most kMaxReserve.
  char* reserve(std::size_t size);
  // What was written since reserve() ends here.
  void commit(const char* end);
  void append(std::string_view text);
  void flush();
  bool failed() const { return out_.fail(); }

  static constexpr std::size_t kMaxReserve = 32768;

 private:
  static constexpr std::size_t kSize = 131072;

  std::ostream& out_;
  std::unique_ptr<char[]> buffer_;
  std::size_t used_ = 0;
};

// Rows of a capture's table in one format, written as they come.
class RowWriter {
 public:
  explicit RowWriter(std::vector<CaptureColumn> columns) : columns_(std::move(columns)) {}
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;
  virtual ~RowWriter() = default;

  virtual void write_heading(OutputBuffer& out) = 0;
  virtual void write_row(OutputBuffer& out, const CaptureRow& row) = 0;
  virtual void write_end(OutputBuffer&) {}

 protected:
  std::span<const CaptureColumn> columns() const { return columns_; }

 private:
  std::vector<CaptureColumn> columns_;
};

std::unique_ptr<RowWriter> make_row_writer(TableFormat format, std::vector<CaptureColumn> columns);

}  // namespace wireproof
