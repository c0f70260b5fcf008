#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "packets/wire/packet.h"
#include "sheet/lint.h"
#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

constexpr std::size_t kMostSteps = 10'000;  // of a longer session nothing is counted

// The bytes of one direction of one client's connection; nothing where they are not certain.
using ByteSum = std::optional<std::uint64_t>;

void add(ByteSum& sum, ByteSum more) {
  sum = sum && more ? ByteSum(*sum + *more) : std::nullopt;
}

// What a session has one actor send and read.
struct SessionBytes {
  ByteSum sent = 0;
  std::uint64_t read = 0;  // at least
  std::size_t connections = 0;
};

// Whether a text of the message has one of these names, which are filled in elsewhere.
bool holds_name(const Message& message, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(message.parts, [names](const MessagePart& part) {
    if (std::holds_alternative<HttpPart>(part)) return true;  // Host
    const auto* const text = std::get_if<TextPart>(&part);
    return text != nullptr && std::ranges::any_of(names, [text](std::string_view name) {
             return text->text.find(name) != std::string::npos;
           });
  });
}

class SessionCounter {
 public:
  explicit SessionCounter(const Scenario& scenario)
      : scenario_(scenario), plan_(plan_session(*scenario.session)) {}

  // Nothing where a step leaves open what the connection carries.
  std::optional<SessionBytes> count(const SheetActor& actor) const {
    SessionBytes bytes;
    for (const PlayedStep& played : plan_.steps) {
      const StepAction& action = played.step->action;
      if (step_traits(action).goal == StepGoal::server_restart) return std::nullopt;
      if (!plan_.plays(played, actor)) continue;
      if (!is_countable(action)) return std::nullopt;
      add_step(played, actor, bytes);
    }
    return bytes.connections == 1 ? std::optional(bytes) : std::nullopt;
  }

  const std::vector<SheetActor>& actors() const { return plan_.actors; }

 private:
  static bool is_countable(const StepAction& action) {
    const auto* const send = std::get_if<StepSend>(&action);
    return (send == nullptr || !send->partly) && !std::holds_alternative<StepRun>(action) &&
           !std::holds_alternative<StepAbort>(action) &&
           !std::holds_alternative<StepRefused>(action) &&
           !std::holds_alternative<StepRecvReset>(action);
  }

  void add_step(const PlayedStep& played, const SheetActor& actor, SessionBytes& bytes) const {
    const StepTraits traits = step_traits(played.step->action);
    if (traits.goal == StepGoal::connect) ++bytes.connections;
    if (traits.sends != nullptr) add(bytes.sent, size_of(*traits.sends, played, actor));
    if (traits.expects != nullptr)
      bytes.read += size_of(*traits.expects, played, actor).value_or(0);
    bytes.read += traits.reply_size.value_or(0);
  }

  ByteSum size_of(const Message& message, const PlayedStep& played, const SheetActor& actor) const {
    if (holds_name(message, {"{host}", "{port}"})) return std::nullopt;
    const Variables variables{{"n", std::to_string(actor.number)},
                              {"i", std::to_string(played.repetition)}};
    const auto encoded = encode_message(message, scenario_.layouts, variables);
    return encoded ? ByteSum(encoded->bytes.size()) : std::nullopt;
  }

  const Scenario& scenario_;  // outlives the counter, which is a local of lint_bytes()
  SessionPlan plan_;
};

// A row's bytes; nothing where it leaves them open.
ByteSum size_of(const Row& row, const SheetActor& actor, const LayoutSet& layouts) {
  if (row.length)
    return row.length->least == row.length->most ? ByteSum(row.length->least) : ByteSum();
  if (row.payload && !holds_name(*row.payload, {"{host}", "{port}", "{i}"})) {
    const auto encoded =
        encode_message(*row.payload, layouts, {{"n", std::to_string(actor.number)}});
    return encoded ? ByteSum(encoded->bytes.size()) : std::nullopt;
  }
  const bool carries_data = (row.flags & tcp_flag::kPsh) != 0 || row.payload.has_value();
  return carries_data ? ByteSum() : ByteSum(0);
}

// What the table allows from one side of that client's connection.
ByteSum table_bytes(const PacketTable& table, const SheetActor& actor, Side from,
                    const LayoutSet& layouts) {
  ByteSum sum = 0;
  bool has_rows = false;
  for (const PlacedRow& placed : table.rows) {
    const Row& row = placed.row;
    const bool is_mine = row.client == actor.name || (row.client == kGroupName && actor.in_group);
    if (row.kind == RowKind::anything) return std::nullopt;
    if (!is_mine || row.again) continue;
    if (row.kind != RowKind::tcp || row.level != Level::must) return std::nullopt;
    has_rows = true;
    if (row.from == from) add(sum, size_of(row, actor, layouts));
  }
  return has_rows ? sum : std::nullopt;
}

}  // namespace

void lint_bytes(const Scenario& scenario, Problems& problems) {
  if (count_played_steps(scenario.session->steps) > kMostSteps) return;
  const SessionCounter counter(scenario);
  for (const PacketTable& table : scenario.packet_tables) {
    for (const SheetActor& actor : counter.actors()) {
      const auto bytes = counter.count(actor);
      if (!bytes) continue;
      const ByteSum sent = table_bytes(table, actor, Side::client, scenario.layouts);
      const ByteSum replied = table_bytes(table, actor, Side::server, scenario.layouts);
      if (bytes->sent && sent && *bytes->sent != *sent) {
        problems.warning(ProblemCode::bytes_differ, table.span,
                         fmt::format("no run can be as this table: `{}` sends {} bytes, its rows "
                                     "have {}",
                                     actor.name, *bytes->sent, *sent));
      } else if (replied && bytes->read > *replied) {
        problems.warning(ProblemCode::bytes_differ, table.span,
                         fmt::format("no server can satisfy this sheet: `{}` reads {} bytes, the "
                                     "server's rows have {}",
                                     actor.name, bytes->read, *replied));
      } else {
        continue;
      }
      break;  // of a group they are all alike
    }
  }
}

}  // namespace wireproof
