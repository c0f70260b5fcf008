#include "cli/manual/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace wireproof {
namespace {

// The text with a backslash before each of some characters.
std::string escape(std::string_view text, std::string_view characters) {
  std::string out;
  for (const char letter : text) {
    if (characters.find(letter) != std::string_view::npos) out += '\\';
    out += letter;
  }
  return out;
}

// Between single quotes, as POSIX shells read it.
std::string quote(std::string_view text) {
  std::string out = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      out += "'\\''";
    } else {
      out += letter;
    }
  }
  return out + "'";
}

std::string join_names(const std::vector<CommandFacts>& commands) {
  std::vector<std::string> names;
  for (const CommandFacts& command : commands) names.push_back(command.name);
  return fmt::format("{}", fmt::join(names, " "));
}

// "run --match|run -m" of an option whose value is one of some words.
std::string bash_value_case(const CommandFacts& command, const OptionFacts& option) {
  std::vector<std::string> patterns;
  for (const std::string& name : option.names) {
    patterns.push_back(quote(command.name + " " + name));
  }
  return fmt::format("    {}) words={} ;;\n", fmt::join(patterns, "|"),
                     quote(fmt::format("{}", fmt::join(option.choices, " "))));
}

std::string bash_value_cases(const std::vector<CommandFacts>& commands) {
  std::string out;
  for (const CommandFacts& command : commands) {
    for (const OptionFacts& option : command.options) {
      if (!option.is_argument() && !option.choices.empty()) out += bash_value_case(command, option);
    }
  }
  return out;
}

// The options of each command, or the words that its arguments are one of.
std::string bash_word_cases(const std::vector<CommandFacts>& commands, bool of_options) {
  std::string out;
  for (const CommandFacts& command : commands) {
    std::vector<std::string> words;
    for (const OptionFacts& option : command.options) {
      if (option.is_argument() == of_options) continue;
      const std::vector<std::string>& more = of_options ? option.names : option.choices;
      words.insert(words.end(), more.begin(), more.end());
    }
    if (words.empty()) continue;
    out += fmt::format("      {}) words={} ;;\n", command.name,
                       quote(fmt::format("{}", fmt::join(words, " "))));
  }
  return out;
}

// "(-j --jobs)" keeps zsh from offering the one beside the other; what may come again is not known
// here, so all of them may.
std::string zsh_option(const OptionFacts& option) {
  const std::string help = "[" + escape(option.help, "[]\\:") + "]";
  std::string value;
  if (!option.choices.empty()) {
    value = fmt::format(":value:({})", fmt::join(option.choices, " "));
  } else if (option.takes_value) {
    value = ":value:_files";
  }
  std::string out;
  for (const std::string& name : option.names) {
    out += " \\\n        " + quote(fmt::format("*{}{}{}", name, help, value));
  }
  return out;
}

std::string zsh_argument(const OptionFacts& option) {
  const std::string name = escape(option.names.front(), ":\\");
  if (option.choices.empty()) return " \\\n        " + quote("*:" + name + ":_files");
  const std::string words = fmt::format("{}", fmt::join(option.choices, " "));
  return " \\\n        " + quote("1:" + name + ":(" + words + ")");
}

std::string zsh_command(const CommandFacts& command) {
  std::string out = "    " + command.name + ")\n      _arguments -S";
  bool has_rest = false;  // zsh takes one specification of all further arguments
  for (const OptionFacts& option : command.options) {
    if (!option.is_argument()) {
      out += zsh_option(option);
    } else if (!option.choices.empty() || !has_rest) {
      has_rest = has_rest || option.choices.empty();
      out += zsh_argument(option);
    }
  }
  return out + " ;;\n";
}

std::string fish_option(const CommandFacts& command, const OptionFacts& option) {
  std::string out =
      fmt::format("complete -c wireproof -n '__fish_seen_subcommand_from {}'", command.name);
  for (const std::string& name : option.names) {
    if (name.starts_with("--")) {
      out += " -l " + name.substr(2);
    } else if (name.starts_with('-')) {
      out += " -s " + name.substr(1);
    }
  }
  if (option.takes_value && !option.is_argument()) out += " -r";
  if (!option.choices.empty()) {
    out += fmt::format(" -f -a '{}'", fmt::join(option.choices, " "));
  }
  return out + " -d '" + escape(option.help, "\\'") + "'\n";
}

}  // namespace

std::string render_bash_completion(const std::vector<CommandFacts>& commands) {
  return "# bash completion of wireproof; made by `wireproof completion bash`\n"
         "_wireproof() {\n"
         "  local current=\"${COMP_WORDS[COMP_CWORD]}\" command=\"${COMP_WORDS[1]}\"\n"
         "  local words='' index\n"
         "  COMPREPLY=()\n"
         "  # Behind `--` stands somebody's program: names of files.\n"
         "  for ((index = 2; index < COMP_CWORD; index++)); do\n"
         "    [[ \"${COMP_WORDS[index]}\" != -- ]] || return 0\n"
         "  done\n"
         "  case \"$command ${COMP_WORDS[COMP_CWORD - 1]}\" in\n" +
         bash_value_cases(commands) +
         "  esac\n"
         "  if ((COMP_CWORD == 1)); then\n"
         "    words='" +
         join_names(commands) +
         " --help --version'\n"
         "  elif [[ -z \"$words\" && \"$current\" == -* ]]; then\n"
         "    case \"$command\" in\n" +
         bash_word_cases(commands, true) +
         "    esac\n"
         "  elif [[ -z \"$words\" ]]; then\n"
         "    case \"$command\" in\n" +
         bash_word_cases(commands, false) +
         "    esac\n"
         "  fi\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "}\n"
         "complete -o default -F _wireproof wireproof\n";
}

std::string render_zsh_completion(const std::vector<CommandFacts>& commands) {
  std::string out =
      "#compdef wireproof\n"
      "# made by `wireproof completion zsh`\n"
      "_wireproof() {\n"
      "  local -a commands\n"
      "  commands=(\n";
  for (const CommandFacts& command : commands) {
    out += "    " + quote(command.name + ":" + escape(command.summary, ":\\")) + "\n";
  }
  out +=
      "  )\n"
      "  if ((CURRENT == 2)); then\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  shift words\n"
      "  ((CURRENT--))\n"
      "  case $words[1] in\n";
  for (const CommandFacts& command : commands) out += zsh_command(command);
  return out +
         "  esac\n"
         "}\n"
         "# A function of fpath, else a sourced script.\n"
         "if [[ $funcstack[1] == _wireproof ]]; then\n"
         "  _wireproof \"$@\"\n"
         "else\n"
         "  compdef _wireproof wireproof\n"
         "fi\n";
}

std::string render_fish_completion(const std::vector<CommandFacts>& commands) {
  std::string out = "# fish completion of wireproof; made by `wireproof completion fish`\n";
  for (const CommandFacts& command : commands) {
    out += fmt::format("complete -c wireproof -n __fish_use_subcommand -f -a {} -d '{}'\n",
                       command.name, escape(command.summary, "\\'"));
  }
  for (const CommandFacts& command : commands) {
    for (const OptionFacts& option : command.options) {
      if (!option.is_argument() || !option.choices.empty()) out += fish_option(command, option);
    }
  }
  return out;
}

}  // namespace wireproof
