#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "sheet/kaitai/kaitai_section.h"
#include "sheet/layout/layout_section.h"
#include "sheet/scenario.h"
#include "sheet/session/session_parser.h"
#include "sheet/table/call_table.h"
#include "sheet/table/measures.h"
#include "sheet/table/path_table.h"
#include "sheet/table/tables.h"
#include "sheet/text/condition.h"
#include "sheet/text/markdown.h"
#include "sheet/text/sheet_text.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxMessageRoom = std::size_t{256} << 20;  // of files and random bytes

class SheetReader {
 public:
  SheetReader(Scenario& scenario, Problems& problems) : scenario_(scenario), problems_(problems) {}

  void read(const ParseOptions& options) {
    const std::size_t body = parse_front_matter(scenario_.source, scenario_.front, problems_);
    take_server(options.server);
    for (const auto& [name, value] : options.parameters) {
      scenario_.front.parameters.insert_or_assign(name, value);
    }
    for (const auto& [name, value] : options.form) {
      if (form_holds(scenario_.front.forms, name, value) != true) continue;
      scenario_.front.parameters.insert_or_assign(name, value);
    }
    parameters_ = scenario_.front.parameters;
    read_file_ = options.read_file;
    sections_ = read_markdown(scenario_.source, body);
    read_headings();
    read_layouts();
    read_session();
    read_tables();
  }

 private:
  void take_server(const std::string& name) {
    FrontMatter& front = scenario_.front;
    const auto found = front.servers.find(name);
    if (found == front.servers.end()) return;
    front.server = name;
    for (const auto& [parameter, value] : found->second) {
      front.parameters.insert_or_assign(parameter, value);
    }
  }

  void read_headings() {
    bool has_title = false;
    for (const Section& section : sections_) {
      if (section.level == 0) {
        headings_.emplace_back();
        continue;
      }
      const bool is_title = section.level == 1 && !has_title;
      headings_.push_back(read_heading_kind(section, is_title, problems_));
      if (!is_title || headings_.back().kind != SectionKind::prose) continue;
      scenario_.title = section.heading;
      has_title = true;
    }
  }

  void read_layouts() {
    std::vector<LayoutSource> sources;
    for (std::size_t i = 0; i < sections_.size(); ++i) {
      const Heading& heading = headings_[i];
      if (heading.kind != SectionKind::layout || heading.name.empty()) continue;
      if (scenario_.layouts.contains(heading.name)) {
        problems_.error(ProblemCode::repeated_layout, heading.span,
                        fmt::format("there is another layout `{}`", heading.name));
        continue;
      }
      if (is_kaitai_section(sections_[i])) {
        read_kaitai(sections_[i], heading);
        continue;
      }
      auto source = parse_layout_section(sections_[i], heading, parameters_, problems_);
      // A layout that is not understood still has its name, so that its uses are no second error.
      Layout& layout = scenario_.layouts[heading.name];
      layout.name = heading.name;
      if (!source) continue;
      layout = source->layout;
      sources.push_back(std::move(*source));
    }
    check_layouts(sources, scenario_.layouts, problems_);
  }

  void read_kaitai(const Section& section, const Heading& heading) {
    const std::string& sheet = scenario_.source.name();
    LayoutSet layouts =
        parse_kaitai_section(section, heading, {read_file_, sheet, &message_room_}, problems_);
    // As above, also for what is not understood.
    layouts.try_emplace(heading.name).first->second.name = heading.name;
    for (auto& [name, layout] : layouts) {
      if (scenario_.layouts.try_emplace(name, layout).second) continue;
      problems_.error(ProblemCode::repeated_layout, heading.span,
                      fmt::format("there is another layout `{}`", name));
    }
  }

  void read_session() {
    for (std::size_t i = 0; i < sections_.size(); ++i) {
      if (headings_[i].kind != SectionKind::session) continue;
      const Section& section = sections_[i];
      const auto fence = std::ranges::find(section.fences, "session", &Fence::language);
      if (fence == section.fences.end()) {
        problems_.error(ProblemCode::session_without_steps, section.span,
                        "the session has no `session` fence",
                        "its steps stand between ```session and ```");
        continue;
      }
      const auto other = std::find_if(std::next(fence), section.fences.end(),
                                      [](const Fence& next) { return next.language == "session"; });
      if (scenario_.session || other != section.fences.end()) {
        problems_.error(ProblemCode::second_session, scenario_.session ? fence->span : other->span,
                        "there is another session", "a sheet has one");
        continue;
      }
      const std::size_t known = problems_.count();
      scenario_.session = parse_session(*fence, {scenario_.layouts, read_file_, &message_room_},
                                        parameters_, problems_);
      if (scenario_.session->steps.empty() && problems_.count() == known) {
        problems_.error(ProblemCode::session_without_steps, fence->span,
                        "the session has no steps");
      }
    }
  }

  void read_tables() {
    for (std::size_t i = 0; i < sections_.size(); ++i) {
      const SectionKind kind = headings_[i].kind;
      if (kind == SectionKind::packets) read_packets(sections_[i], headings_[i]);
      if (kind == SectionKind::sockets) read_sockets(sections_[i], headings_[i]);
      if (kind == SectionKind::measures) read_measures(sections_[i]);
      if (kind == SectionKind::calls) read_calls(sections_[i], headings_[i]);
      if (kind == SectionKind::path) read_path(sections_[i]);
      report_lost_checks(sections_[i], kind);
    }
  }

  PacketTableContext packet_context() {
    return {{scenario_.layouts, read_file_, &message_room_},   parameters_,
            scenario_.session ? &*scenario_.session : nullptr, scenario_.front.port,
            !scenario_.session || has_server(scenario_.front), scenario_.front.transport};
  }

  void read_packets(const Section& section, const Heading& heading) {
    const auto table = std::ranges::find_if(section.tables, is_packet_table);
    if (table == section.tables.end()) {
      if (section.tables.empty()) {
        problems_.error(ProblemCode::section_without_table, section.span,
                        "the section has no table", "a table with the columns From, To and Info");
      } else {
        report_missing_columns(section.tables.front(), problems_);
      }
      return;
    }
    PacketTable read = parse_packet_table(*table, heading.name, packet_context(), problems_);
    scenario_.packet_tables.push_back(std::move(read));
    const auto other = std::find_if(std::next(table), section.tables.end(), is_packet_table);
    if (other != section.tables.end()) {
      problems_.error(ProblemCode::second_table, other->span,
                      "the section has another table of packets",
                      "each table stands under a heading of its own");
    }
  }

  void read_sockets(const Section& section, const Heading& heading) {
    const auto table = std::ranges::find_if(section.tables, is_socket_table);
    if (table == section.tables.end()) {
      problems_.error(ProblemCode::section_without_table, section.span,
                      "the section has no table of sockets",
                      "a table with the columns Local, Remote and State");
      return;
    }
    scenario_.socket_tables.push_back(
        parse_socket_table(*table, heading.name, parameters_, problems_));
  }

  void read_measures(const Section& section) {
    const auto table = std::ranges::find_if(section.tables, is_measure_table);
    if (table == section.tables.end()) {
      problems_.error(ProblemCode::section_without_table, section.span,
                      "the section has no table of measures",
                      "a table with the columns Measure and Expected");
      return;
    }
    const auto measures = parse_measures(*table, parameters_, problems_);
    scenario_.measures.insert(scenario_.measures.end(), measures.begin(), measures.end());
  }

  void read_calls(const Section& section, const Heading& heading) {
    const auto table = std::ranges::find_if(section.tables, is_call_table);
    if (table == section.tables.end()) {
      problems_.error(ProblemCode::section_without_table, section.span,
                      "the section has no table of calls",
                      "a table with the columns Call and Socket");
      return;
    }
    scenario_.call_tables.push_back(parse_call_table(*table, heading.name, parameters_, problems_));
    const auto other = std::find_if(std::next(table), section.tables.end(), is_call_table);
    if (other != section.tables.end()) {
      problems_.error(ProblemCode::second_table, other->span,
                      "the section has another table of calls",
                      "each table stands under a heading of its own");
    }
  }

  void read_path(const Section& section) {
    const auto table = std::ranges::find_if(section.tables, is_path_table);
    if (table == section.tables.end()) {
      if (section.tables.empty()) {
        problems_.error(ProblemCode::section_without_table, section.span,
                        "the section has no table of rules",
                        "a table with the columns Packets and Do");
      } else {
        report_missing_path_columns(section.tables.front(), problems_);
      }
      return;
    }
    const auto other = std::find_if(std::next(table), section.tables.end(), is_path_table);
    if (has_path_section_ || other != section.tables.end()) {
      problems_.error(ProblemCode::second_table, has_path_section_ ? table->span : other->span,
                      "there is another path", "a sheet has one: all rules stand in one table");
      return;
    }
    has_path_section_ = true;
    scenario_.path_rules = parse_path_table(*table, packet_context(), problems_);
  }

  // Nothing that looks like a check may be prose by accident.
  void report_lost_checks(const Section& section, SectionKind kind) {
    const std::string place = section.heading.empty() ? std::string("before the first heading")
                                                      : fmt::format("under `{}`", section.heading);
    for (const Table& table : section.tables) {
      const char* expected = nullptr;
      if (is_packet_table(table) && kind != SectionKind::packets) expected = "Packets";
      if (is_socket_table(table) && kind != SectionKind::sockets) expected = "Sockets: NAME";
      if (is_call_table(table) && kind != SectionKind::calls) expected = "Calls: server";
      if (is_measure_table(table) && kind != SectionKind::measures) expected = "Measures";
      if (is_path_table(table) && kind != SectionKind::path) expected = "Path";
      if (expected == nullptr) continue;
      problems_.error(ProblemCode::stray_check, table.span,
                      fmt::format("the table {} is not checked", place),
                      fmt::format("its columns are those of a section `{}`", expected));
    }
    for (const Fence& fence : section.fences) {
      const bool lost = (fence.language == "session" && kind != SectionKind::session) ||
                        (fence.language == "layout" && kind != SectionKind::layout) ||
                        (fence.language == "ksy" && kind != SectionKind::layout);
      if (!lost) continue;
      const char* const expected = fence.language == "session" ? "Session" : "Layout: NAME";
      problems_.error(ProblemCode::stray_check, fence.span,
                      fmt::format("the fence {} is not read", place),
                      fmt::format("it belongs into a section `{}`", expected));
    }
  }

  Scenario& scenario_;
  Problems& problems_;
  Parameters parameters_;
  FileReader read_file_;
  std::size_t message_room_ = kMaxMessageRoom;
  bool has_path_section_ = false;
  std::vector<Section> sections_;
  std::vector<Heading> headings_;  // parallel to sections_
};

}  // namespace

Expected<Scenario, Diagnostics> parse_scenario(const std::string& id, const SourceText& source,
                                               const ParseOptions& options) {
  Problems problems;
  Scenario scenario;
  scenario.id = id;
  scenario.path = source.name();
  scenario.source = source;
  scenario.title = id;
  if (check_text(source.text(), problems)) {
    SheetReader(scenario, problems).read(options);
    check_scenario(scenario, problems);
  }
  if (problems.has_errors()) return Unexpected<Diagnostics>(problems.take());
  scenario.warnings = problems.take();
  return scenario;
}

}  // namespace wireproof
