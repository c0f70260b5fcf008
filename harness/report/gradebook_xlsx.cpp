#include <fmt/format.h>
#include <sys/mman.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>
#include <stdexcept>

#include "base/system/file.h"
#include "base/text/utf8.h"
#include "report/report.h"
#include "report/safe_text.h"

namespace wireproof {
namespace {

constexpr const char* kAttempt = "write the gradebook's workbook";

void check_xlsx(lxw_error error) {
  if (error == LXW_NO_ERROR) return;
  throw std::runtime_error(fmt::format("{}: {}", kAttempt, ::lxw_strerror(error)));
}

// A worksheet that is filled row by row. Texts are written as texts: a spreadsheet computes no
// formula of a submission's name.
class XlsxSheet {
 public:
  XlsxSheet(lxw_workbook* book, const std::string& name, lxw_format* bold)
      : sheet_(::workbook_add_worksheet(book, name.c_str())), bold_(bold) {
    if (sheet_ == nullptr) throw std::runtime_error(fmt::format("{}: sheet {}", kAttempt, name));
    ::worksheet_freeze_panes(sheet_, 1, 1);
  }

  void put_heading(const std::vector<std::string>& names) {
    for (const std::string& name : names) put_text(name, bold_);
    end_row();
  }
  void put_text(const std::string& text) { put_text(text, nullptr); }
  void put_number(double number) {
    check_xlsx(::worksheet_write_number(sheet_, row_, column_++, number, nullptr));
  }
  void leave_empty() { ++column_; }
  void end_row() {
    ++row_;
    column_ = 0;
  }
  void set_width(lxw_col_t first, lxw_col_t last, double characters) {
    check_xlsx(::worksheet_set_column(sheet_, first, last, characters, nullptr));
  }

 private:
  void put_text(const std::string& text, lxw_format* format) {
    // Excel takes no more characters in a cell.
    constexpr std::size_t kMaxCell = 32767;
    const std::string cell(cut_text(xml_text(one_line(text)), kMaxCell));
    check_xlsx(::worksheet_write_string(sheet_, row_, column_++, cell.c_str(), format));
  }

  lxw_worksheet* sheet_;
  lxw_format* bold_;
  lxw_row_t row_ = 0;
  lxw_col_t column_ = 0;
};

// Excel: at most 31 characters, none of []:*?/\, no ' at either end, and case does not count.
std::string name_worksheet(const std::string& sheet, std::set<std::string>& taken) {
  constexpr std::size_t kMaxName = 31;
  std::string name = one_line(sheet);
  std::ranges::replace_if(
      name, [](char c) { return std::string_view("[]:*?/\\'").find(c) != std::string_view::npos; },
      '.');
  const auto shortened = [&](const std::string& end) {
    return std::string(cut_text(name, kMaxName - end.size())) + end;
  };
  std::string free = shortened("");
  const auto lower = [](std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
  };
  for (std::size_t number = 2; !taken.insert(lower(free)).second; ++number) {
    free = shortened(fmt::format("~{}", number));
  }
  return free;
}

bool has_points(const SheetGrade& sheet) {
  return sheet.counts && is_judged(sheet);
}

void put_summary(XlsxSheet& page, const Gradebook& book) {
  std::vector<std::string> heading{"Submission", "Verdict", "Points", "Of",
                                   "As set",     "Beyond",  "Error"};
  heading.insert(heading.end(), book.sheets.begin(), book.sheets.end());
  page.put_heading(heading);
  for (const SubmissionGrade& submission : book.submissions) {
    page.put_text(submission.name);
    page.put_text(render_grade_verdict(submission));
    page.put_number(points_of(submission));
    page.put_number(max_points_of(submission));
    page.put_text(render_level_count(submission, SheetLevel::exercise));
    page.put_text(render_level_count(submission, SheetLevel::robust));
    page.put_text(submission.error);
    for (const SheetGrade& sheet : submission.sheets) {
      if (has_points(sheet)) {
        page.put_number(sheet.points);
      } else {
        page.put_text(render_verdict(sheet.verdict));
      }
    }
    page.end_row();
  }
  page.set_width(0, 0, 24);
}

void put_exercise(XlsxSheet& page, const Gradebook& book, std::size_t index) {
  page.put_heading({"Submission", "Verdict", "Points", "Of", "Why", "Checks"});
  for (const SubmissionGrade& submission : book.submissions) {
    page.put_text(submission.name);
    if (index >= submission.sheets.size()) {
      page.put_text(render_grade_verdict(submission));
      page.end_row();
      continue;
    }
    const SheetGrade& sheet = submission.sheets[index];
    page.put_text(render_verdict(sheet.verdict));
    if (has_points(sheet)) {
      page.put_number(sheet.points);
      page.put_number(sheet.max_points);
    } else {
      page.leave_empty();
      page.leave_empty();
    }
    page.put_text(sheet.reason);
    for (const CheckGrade& check : sheet.checks) {
      page.put_text(check.name);
      page.put_number(check.points);
    }
    page.end_row();
  }
  page.set_width(0, 0, 24);
  page.set_width(4, 4, 60);
}

}  // namespace

std::string render_gradebook_xlsx(const Gradebook& book) {
  // The library writes to a path; this one leads to memory.
  const UniqueFd memory = check_descriptor(::memfd_create("gradebook", MFD_CLOEXEC), kAttempt);
  const std::string path = fmt::format("/proc/self/fd/{}", memory.get());
  std::unique_ptr<lxw_workbook, decltype(&::lxw_workbook_free)> owner(::workbook_new(path.c_str()),
                                                                      ::lxw_workbook_free);
  lxw_workbook* const workbook = owner.get();
  if (workbook == nullptr) throw SystemError(kAttempt, ENOMEM);
  lxw_doc_properties properties{};
  constexpr time_t k1980 = 315532800;  // the same bytes of the same gradebook, at any time
  properties.created = k1980;
  check_xlsx(::workbook_set_properties(workbook, &properties));
  lxw_format* const bold = ::workbook_add_format(workbook);
  ::format_set_bold(bold);
  std::set<std::string> names;
  XlsxSheet summary(workbook, name_worksheet("Summary", names), bold);
  put_summary(summary, book);
  for (std::size_t index = 0; index < book.sheets.size(); ++index) {
    XlsxSheet page(workbook, name_worksheet(book.sheets[index], names), bold);
    put_exercise(page, book, index);
  }
  check_xlsx(::workbook_close(owner.release()));  // which frees it
  return read_file(path);
}

}  // namespace wireproof
