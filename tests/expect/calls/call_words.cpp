#include "expect/calls/call_words.h"

#include <cerrno>
#include <sstream>
#include <utility>

#include "base/text/words.h"

namespace wireproof {
namespace {

constexpr std::int64_t kParent = 100;
constexpr std::int64_t kChildProcess = 200;

std::vector<std::vector<std::string>> split_items(const std::string& text) {
  std::vector<std::vector<std::string>> items;
  std::istringstream all(text);
  for (std::string item; std::getline(all, item, ';');) {
    std::istringstream words(item);
    std::vector<std::string> found;
    for (std::string word; words >> word;) found.push_back(word);
    items.push_back(std::move(found));
  }
  return items;
}

std::uint64_t socket_of(const std::string& word) {
  return word == "L" ? 1 : word == "C" ? 2 : word == "D" ? 3 : 0;
}

std::string name_of(const std::string& word) {
  if (word == "L") return "listener";
  return word == "C" ? "connection" : word == "U" ? "udp" : "";
}

// Behind `prefix`, a number.
std::optional<std::int64_t> number_behind(const std::string& word, std::string_view prefix) {
  if (!word.starts_with(prefix)) return std::nullopt;
  return parse_number<std::int64_t>(std::string_view(word).substr(prefix.size()));
}

void read_word(const std::string& word, SocketCall& call) {
  if (const auto result = parse_number<std::int64_t>(word)) {
    call.result = *result;
  } else if (word == "copy") {
    call.still_held_by = {kParent};
  } else if (word == "open") {
    call.returned.reset();
  } else if (word == "peek") {
    call.flags = MSG_PEEK;
  } else if (const auto backlog = number_behind(word, "backlog=")) {
    call.backlog = static_cast<int>(*backlog);
  } else if (word.starts_with("SO_")) {
    call.option = word;
    call.option_value = 1;
  } else if (const std::uint64_t socket = socket_of(word)) {
    call.new_socket = socket;
  } else if (word == "K") {
    call.child = kChildProcess;
    call.socket = 0;
    call.inherited = {1, 2};
  } else if (const auto error = find_error(word)) {
    call.error_number = *error;
    call.result = -1;
  }
}

void read_row_word(const std::string& word, CallRow& row) {
  if (const auto returns = number_behind(word, "returns=")) {
    row.arguments.returns = IntegerRange{*returns, *returns};
  } else if (const auto backlog = number_behind(word, "backlog=")) {
    row.arguments.backlog = IntegerRange{*backlog, *backlog};
  } else if (word == "parent") {
    row.process = CallProcess::parent;
  } else if (word == "child") {
    row.process = CallProcess::child;
  } else if (word == "should") {
    row.level = Level::should;
  } else if (word == "pending") {
    row.arguments.pending = true;
  } else if (word.starts_with("SO_")) {
    row.arguments.option = word;
  } else if (word.starts_with("error=")) {
    row.arguments.error = find_error(word.substr(6));
  }
}

}  // namespace

std::vector<SocketCall> read_calls(const std::string& text) {
  std::vector<SocketCall> calls;
  for (const std::vector<std::string>& words : split_items(text)) {
    if (words.empty()) continue;
    SocketCall& call = calls.emplace_back();
    const bool by_child = words.at(0) == "K";
    call.side = Side::server;
    call.process = by_child ? kChildProcess : kParent;
    call.thread = by_child ? kChildProcess : kParent;
    if (words.at(0).front() == 'T') call.thread += words.at(0).back() - '0';
    const bool has_socket = socket_of(words.at(1)) != 0;
    call.socket = socket_of(words.at(1));
    const std::size_t name = has_socket ? 2 : 1;
    call.name = words.at(name);
    call.order = calls.size();
    call.entered = Timestamp(Duration(static_cast<std::int64_t>(10 * calls.size())));
    call.returned = call.entered + Duration(1);
    call.releases = call.name == "close" || call.name == "exit";
    for (std::size_t i = name + 1; i < words.size(); ++i) read_word(words[i], call);
  }
  return calls;
}

std::vector<CallRow> read_rows(const std::string& text) {
  std::vector<CallRow> rows;
  for (const std::vector<std::string>& words : split_items(text)) {
    if (words.empty()) continue;
    CallRow& row = rows.emplace_back();
    row.number = rows.size();
    row.socket = name_of(words.at(0));
    std::size_t next = row.socket.empty() ? 0 : 1;
    row.exactly = words.at(next) == "exactly";
    if (row.exactly) ++next;
    row.call = words.at(next);
    row.anything = row.call == "…";
    if (row.anything) row.call.clear();
    for (std::size_t i = next + 1; i < words.size(); ++i) read_row_word(words[i], row);
  }
  return rows;
}

}  // namespace wireproof
