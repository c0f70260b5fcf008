#include "cli/options/argument_parser.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include <algorithm>

#include "base/text/text_table.h"
#include "base/text/words.h"
#include "cli/options/command_facts.h"
#include "result/verdict.h"

namespace wireproof {
namespace {

constexpr std::size_t kCommandWords = 2;  // program and command

template <class Integer>
std::optional<Integer> parse_from_one(std::string_view text) {
  const auto value = parse_number<Integer>(text);
  return value != 0 ? value : std::nullopt;
}

// "--jobs" of "-j,--jobs".
std::string long_name(const std::string& names) {
  return names.substr(names.rfind(',') == std::string::npos ? 0 : names.rfind(',') + 1);
}

// CLI11's help, under a usage line of our own.
class UsageFormatter : public CLI::Formatter {
 public:
  explicit UsageFormatter(std::string usage) : usage_(std::move(usage)) {}
  std::string make_usage(const CLI::App*, std::string) const override {
    return "\nUsage: wireproof " + usage_ + "\n\n";
  }

 private:
  std::string usage_;
};

// The words of "text|json", the name of a choice's type; none of other types.
std::vector<std::string> choices_of(const std::string& type) {
  std::vector<std::string> words;
  if (type.find('|') == std::string::npos) return words;
  for (std::size_t begin = 0; begin <= type.size();) {
    const std::size_t end = std::min(type.find('|', begin), type.size());
    words.push_back(type.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

OptionFacts facts_of(const CLI::Option& option) {
  OptionFacts facts;
  for (const std::string& name : option.get_snames()) facts.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) facts.names.push_back("--" + name);
  if (facts.names.empty()) facts.names.push_back(option.get_name());
  facts.help = option.get_description();
  facts.takes_value = option.get_items_expected_max() > 0;
  if (facts.takes_value) facts.choices = choices_of(option.get_type_name());
  return facts;
}

// CLI11 begins its messages with the option or the argument.
std::string describe(const CLI::ParseError& error, const std::string& name) {
  const std::string what = error.what();
  if (what.find("At Most") != std::string::npos) return name + " is given more than once";
  if (what.ends_with("missing")) return name + " needs a value";
  return what;
}

}  // namespace

std::optional<std::uint64_t> parse_positive(std::string_view text) {
  return parse_from_one<std::uint64_t>(text);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  return parse_from_one<std::uint16_t>(text);
}

std::vector<Note> nearest_note(const std::string& word, const std::vector<std::string>& known) {
  const auto nearest = nearest_name(word, known);
  if (!nearest) return {};
  return {{"help", "did you mean `" + *nearest + "`?"}};
}

std::vector<Note> choice_notes(const std::string& word, const std::vector<std::string>& known) {
  std::vector<Note> notes = nearest_note(word, known);
  notes.push_back({"help", fmt::format("one of {}", fmt::join(known, ", "))});
  return notes;
}

ArgumentParser::~ArgumentParser() = default;

ArgumentParser::ArgumentParser(const CommandLine& line, const std::string& usage,
                               const std::string& description)
    : line_(line), usage_(usage), app_(std::make_unique<CLI::App>(description, "wireproof")) {
  app_->formatter(std::make_shared<UsageFormatter>(usage));
  app_->set_help_flag("-h,--help", "this text");
  app_->allow_extras();
}

void ArgumentParser::flag(const std::string& names, bool& target, const std::string& help) {
  app_->add_flag(names, target, help);
}

void ArgumentParser::text(const std::string& names, std::string& target, const std::string& help) {
  app_->add_option(names, target, help);
}

void ArgumentParser::texts(const std::string& names, std::vector<std::string>& target,
                           const std::string& help) {
  // One value for each time that an option is given: `--only a --only b PATH`.
  auto* const option = app_->add_option(names, target, help);
  if (names.starts_with('-')) option->allow_extra_args(false);
}

void ArgumentParser::port(const std::string& names, std::optional<std::uint16_t>& target,
                          const std::string& help) {
  value<std::uint16_t>(names, target, parse_port, "a port from 1 to 65535", help);
}

void ArgumentParser::add_callback(const std::string& names, const std::string& wanted,
                                  const std::string& help, Take take) {
  const auto run = [this, names, wanted, take = std::move(take)](const std::string& given) {
    if (take(given)) return;
    problems_.push_back({Severity::error,
                         fmt::format("{} takes {}, not `{}`", long_name(names), wanted, given),
                         find_word(given),
                         "",
                         {}});
  };
  app_->add_option_function<std::string>(names, run, help);
}

void ArgumentParser::add_choice(const std::string& names, const std::vector<std::string>& words,
                                const std::string& help, std::function<void(std::size_t)> take) {
  const auto run = [this, names, words, take = std::move(take)](const std::string& given) {
    const auto found = std::ranges::find(words, given);
    if (found != words.end()) {
      take(static_cast<std::size_t>(found - words.begin()));
      return;
    }
    problems_.push_back({Severity::error,
                         fmt::format("{} does not know `{}`", long_name(names), given),
                         find_word(given), "", choice_notes(given, words)});
  };
  app_->add_option_function<std::string>(names, run, help)
      ->type_name(fmt::format("{}", fmt::join(words, "|")));
}

// The word itself, or the end of `--option=word` or `-oword`.
std::optional<Span> ArgumentParser::find_word(const std::string& word) const {
  for (std::size_t index = kCommandWords; index < line_.words.size(); ++index) {
    if (line_.words[index] == word) return line_.spans[index];
  }
  for (std::size_t index = kCommandWords; index < line_.words.size(); ++index) {
    if (line_.words[index].starts_with('-') && line_.words[index].ends_with(word)) {
      return line_.spans[index];
    }
  }
  if (line_.words.size() > 1 && line_.words[1] == word) return line_.spans[1];
  return std::nullopt;
}

std::vector<std::string> ArgumentParser::option_names() const {
  std::vector<std::string> names;
  for (const CLI::Option* option : app_->get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

void ArgumentParser::report_unknown(const std::vector<std::string>& extras) {
  const auto is_option = [](const std::string& word) { return word.starts_with('-'); };
  const bool any_option = std::ranges::any_of(extras, is_option);
  for (const std::string& word : extras) {
    // What follows an unknown option may have been its value.
    if (any_option && !is_option(word)) continue;
    const std::string name = word.substr(0, word.find('='));
    const std::string message =
        any_option ? fmt::format("`wireproof {}` has no option {}", line_.words[1], name)
                   : fmt::format("the argument `{}` is one too many", word);
    problems_.push_back({Severity::error, message, find_word(word), "",
                         any_option ? nearest_note(name, option_names()) : std::vector<Note>{}});
  }
}

void ArgumentParser::report_missing() {
  for (const std::string& name : required_) {
    if (app_->get_option(name)->count() > 0) continue;
    problems_.push_back({Severity::error, name + " is missing", std::nullopt, "", {}});
  }
}

void ArgumentParser::tell_facts(CommandFacts& facts) const {
  facts.usage = usage_;
  facts.description = app_->get_description();
  for (const CLI::Option* option : app_->get_options()) {
    facts.options.push_back(facts_of(*option));
  }
}

std::optional<int> ArgumentParser::parse() {
  if (line_.asked != nullptr) {
    tell_facts(*line_.asked);
    return kExitPassed;
  }
  std::vector<std::string> reversed(
      line_.words.rbegin(), line_.words.rend() - static_cast<std::ptrdiff_t>(
                                                     std::min(kCommandWords, line_.words.size())));
  try {
    app_->parse(reversed);
  } catch (const CLI::CallForHelp&) {
    print_text(app_->help());
    return kExitPassed;
  } catch (const CLI::ParseError& error) {
    const std::string what = error.what();
    const std::string name = what.substr(0, what.find_first_of(": "));
    problems_.push_back({Severity::error, describe(error, name), find_word(name), "", {}});
  }
  report_unknown(app_->remaining());
  report_missing();
  if (problems_.empty()) return std::nullopt;
  // In the order of the command line; what is missing there stands last.
  std::ranges::stable_sort(problems_, {}, [](const Diagnostic& problem) {
    return problem.span ? problem.span->begin : std::string::npos;
  });
  problems_.back().notes.push_back({"usage", "wireproof " + usage_});
  for (const Diagnostic& problem : problems_) print_diagnostic(problem, line_.source);
  return kExitUsage;
}

int ArgumentParser::refuse(const std::string& argument, const std::string& message,
                           const std::vector<Note>& notes) const {
  print_diagnostic({Severity::error, message, find_word(argument), "", notes}, line_.source);
  return kExitUsage;
}

void add_columns_option(ArgumentParser& parser, std::string& columns,
                        const std::vector<std::string>& known) {
  parser.text("--columns", columns,
              fmt::format("some of {}, with commas between", fmt::join(known, ",")));
}

std::vector<std::string> split_columns(const std::string& given) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin < given.size();) {
    const std::size_t end = std::min(given.find(',', begin), given.size());
    if (end > begin) names.push_back(given.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

std::optional<int> check_columns(const ArgumentParser& parser, const std::string& given,
                                 const std::vector<std::string>& known) {
  for (const std::string& name : split_columns(given)) {
    const bool is_known = std::ranges::any_of(
        known, [&name](const std::string& column) { return is_column_name(name, column); });
    if (is_known) continue;
    return parser.refuse(given, "there is no column `" + name + "`", choice_notes(name, known));
  }
  return std::nullopt;
}

}  // namespace wireproof
