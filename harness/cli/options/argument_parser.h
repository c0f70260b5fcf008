#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text/diagnostic.h"
#include "base/text/time.h"
#include "cli/options/command_line.h"

namespace CLI {
class App;
}

namespace wireproof {

// Digits alone, from 1; nothing when it does not fit.
std::optional<std::uint64_t> parse_positive(std::string_view text);
std::optional<std::uint16_t> parse_port(std::string_view text);

// The arguments of one command. Targets keep their value when an option is not given or wrong.
// Every wrong argument is reported, at its place in the command line.
class ArgumentParser {
 public:
  // `usage` is what follows "wireproof ", for help and messages.
  ArgumentParser(const CommandLine& line, const std::string& usage, const std::string& description);
  ~ArgumentParser();
  ArgumentParser(const ArgumentParser&) = delete;
  ArgumentParser& operator=(const ArgumentParser&) = delete;

  // Names as CLI11 takes them: "-j,--jobs". A positional argument has a name without dash.
  void flag(const std::string& names, bool& target, const std::string& help);
  void text(const std::string& names, std::string& target, const std::string& help);
  void required_text(const std::string& name, std::string& target, const std::string& help) {
    text(name, target, help);
    required(name);
  }
  void texts(const std::string& names, std::vector<std::string>& target, const std::string& help);
  // A port from 1 to 65535.
  void port(const std::string& names, std::optional<std::uint16_t>& target,
            const std::string& help);
  void required(const std::string& name) { required_.push_back(name); }

  // A text that `read` turns into a value; `wanted` says what it takes: "a duration like 500ms".
  template <class Value, class Target>
  void value(const std::string& names, Target& target,
             std::optional<Value> (*read)(std::string_view), const std::string& wanted,
             const std::string& help) {
    add_callback(names, wanted, help, [&target, read](const std::string& given) {
      const std::optional<Value> value = read(given);
      if (value) target = *value;
      return value.has_value();
    });
  }

  template <class Target>
  void number(const std::string& names, Target& target, const std::string& help) {
    value<std::uint64_t>(names, target, parse_positive, "a number from 1", help);
  }
  template <class Target>
  void duration(const std::string& names, Target& target, const std::string& help) {
    value<Duration>(names, target, parse_duration, "a duration like `500ms` or `2s`", help);
  }

  // One of several words.
  template <class Value, class Target>
  void choice(const std::string& names, Target& target,
              const std::vector<std::pair<std::string, Value>>& choices, const std::string& help) {
    std::vector<std::string> words;
    for (const auto& [word, value] : choices) words.push_back(word);
    add_choice(names, words, help,
               [&target, choices](std::size_t index) { target = choices[index].second; });
  }

  // Nothing: go on. Else the exit code: help was printed, what is wrong, or the facts were told
  // that the command line asks for.
  std::optional<int> parse();

  // For checks after parse(): prints the message at the given argument's place; the exit code.
  int refuse(const std::string& argument, const std::string& message,
             const std::vector<Note>& notes = {}) const;

 private:
  using Take = std::function<bool(const std::string&)>;

  void add_callback(const std::string& names, const std::string& wanted, const std::string& help,
                    Take take);
  void add_choice(const std::string& names, const std::vector<std::string>& words,
                  const std::string& help, std::function<void(std::size_t)> take);
  std::optional<Span> find_word(const std::string& word) const;
  void report_unknown(const std::vector<std::string>& extras);
  void report_missing();
  std::vector<std::string> option_names() const;
  void tell_facts(CommandFacts& facts) const;

  const CommandLine& line_;  // outlives the parser, which is a local of a command
  std::string usage_;
  std::unique_ptr<CLI::App> app_;  // one file reads the library's header, which is large
  std::vector<std::string> required_;
  Diagnostics problems_;
};

// The name of a command that is close to `word`, as a note; none when none is.
std::vector<Note> nearest_note(const std::string& word, const std::vector<std::string>& known);

// The same, and all that is known.
std::vector<Note> choice_notes(const std::string& word, const std::vector<std::string>& known);

// --columns, for commands that write a table. `columns` gets the option as given.
void add_columns_option(ArgumentParser& parser, std::string& columns,
                        const std::vector<std::string>& known);

// "No.,Info" as names.
std::vector<std::string> split_columns(const std::string& given);

// After parse(): the exit code when one of the names is not known; case does not count.
std::optional<int> check_columns(const ArgumentParser& parser, const std::string& given,
                                 const std::vector<std::string>& known);

}  // namespace wireproof
