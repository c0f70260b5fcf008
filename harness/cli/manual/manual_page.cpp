#include "cli/manual/manual_page.h"

#include <fmt/format.h>

#include <string_view>

namespace wireproof {
namespace {

// A character as it is typed in a shell, and not the typographic one that roff makes of it
// (groff_char(7)).
std::string_view escape(char letter) {
  switch (letter) {
    case '\\':
      return "\\e";
    case '-':
      return "\\-";
    case '\'':
      return "\\(aq";
    case '`':
      return "\\(ga";
    case '^':
      return "\\(ha";
    case '~':
      return "\\(ti";
    default:
      return {};
  }
}

std::string escape(std::string_view text) {
  std::string out;
  if (text.starts_with('.')) out += "\\&";  // no request
  for (const char letter : text) {
    const std::string_view escaped = escape(letter);
    if (escaped.empty()) {
      out += letter;
    } else {
      out += escaped;
    }
  }
  return out;
}

// As an argument of a macro, where a quotation mark is written twice.
std::string argument(std::string_view text) {
  std::string out = "\"";
  for (const char letter : escape(text)) {
    out += letter;
    if (letter == '"') out += letter;
  }
  return out + "\"";
}

std::string value_of(const OptionFacts& option) {
  if (option.is_argument() || !option.takes_value) return {};
  if (option.choices.empty()) return " \\fIVALUE\\fR";
  return fmt::format(" \\fI{}\\fR", escape(fmt::format("{}", fmt::join(option.choices, "|"))));
}

std::string render_option(const OptionFacts& option) {
  std::string names;
  for (const std::string& name : option.names) {
    if (!names.empty()) names += ", ";
    names += (option.is_argument() ? "\\fI" : "\\fB") + escape(name) + "\\fR";
  }
  return ".TP\n" + names + value_of(option) + "\n" + escape(option.help) + "\n";
}

std::string render_command(const CommandFacts& command) {
  std::string out = ".SS " + argument("wireproof " + command.usage) + "\n";
  out += escape(command.description) + "\n";
  for (const OptionFacts& option : command.options) out += render_option(option);
  return out;
}

constexpr std::string_view kEnd =
    ".SH EXIT STATUS\n"
    ".TP\n0\nall passed\n"
    ".TP\n1\na check failed\n"
    ".TP\n2\nthe command line is wrong\n"
    ".TP\n3\na sheet does not parse; nothing was run\n"
    ".TP\n4\ncould not run, or inconclusive\n"
    ".TP\n5\nnothing was selected\n"
    ".TP\n130\ninterrupted\n"
    ".SH FILES\n"
    ".TP\n\\fI../share/wireproof/scenarios\\fR\n"
    "the sheets that come with the program, as seen from it\n"
    ".SH SEE ALSO\n"
    ".BR tcpdump (1),\n"
    ".BR pcap\\-filter (7)\n";

}  // namespace

std::string render_manual_page(const std::vector<CommandFacts>& commands,
                               const std::string& version) {
  std::string out = fmt::format(
      ".TH WIREPROOF 1 \"\" {} \"User Commands\"\n"
      ".SH NAME\n"
      "wireproof \\- runs network lab sheets and proves them on the wire\n"
      ".SH SYNOPSIS\n"
      ".B wireproof\n"
      ".I COMMAND\n"
      ".RI [ ARGUMENT .\\|.\\|.]\n"
      ".SH DESCRIPTION\n"
      "A sheet is one Markdown file: prose, a session of client calls, and tables of what must be\n"
      "seen. wireproof starts the server, plays the session over real sockets in a private "
      "network,\n"
      "captures the packets, judges them by the tables, and prints a verdict.\n"
      ".SH COMMANDS\n",
      argument("wireproof " + version));
  for (const CommandFacts& command : commands) out += render_command(command);
  return out.append(kEnd);
}

}  // namespace wireproof
