#include <array>

#include "sheet/problems/page_areas.h"

namespace wireproof {
namespace {

using enum ExampleKind;

constexpr std::array<ProblemPage, 11> kDescriptionPages{{
    {ProblemCode::description_no_yaml, "The description is no YAML", description,
     "server.yaml is YAML: a line `key: value` for each key. The library that reads it stopped at "
     "the place shown; often a bracket or quote is not closed, or a colon has no blank behind it.",
     R"(title: keys and values
port: [5000
)",
     R"(title: keys and values
port: 5000
)"},
    {ProblemCode::description_shape, "A key of the description has a value of another shape",
     description,
     "`title`, `command`, `port` have one text each; `parameters`, `faults` and `variants` have "
     "entries with a name each; `choices` is a list. docs/own-servers.md has an example of all.",
     R"(title: keys and values
port: 5000
faults: late
)",
     R"(title: keys and values
port: 5000
faults:
  late:
    command: ./kv --late
)"},
    {ProblemCode::description_key, "Unknown key in the description", description,
     "server.yaml has the keys of the table in docs/own-servers.md, and parameters, faults and "
     "variants have keys of their own. This is none of them; the message names the nearest.",
     R"(title: keys and values
port: 5000
comand: ./kv
)",
     R"(title: keys and values
port: 5000
command: ./kv
)"},
    {ProblemCode::repeated_description_key, "A key or name of the description is there twice",
     description,
     "Each key stands once, and so does each name below `parameters`, `faults` and `variants`. Of "
     "two it would be open which counts.",
     R"(title: keys and values
port: 5000
port: 5001
)",
     R"(title: keys and values
port: 5000
)"},
    {ProblemCode::description_word, "A key of the description has none of its values", description,
     "`transport` is `tcp`, `udp` or `tcp+udp`.",
     R"(title: keys and values
port: 5000
transport: sctp
)",
     R"(title: keys and values
port: 5000
transport: tcp
)"},
    {ProblemCode::description_value, "The port is missing, or a port or time is none", description,
     "Each server has a port, a number from 1 to 65535, at which it listens in its private "
     "network; `command` gets it as `{port}`. `start_within` is a time with its unit, `30s`.",
     R"(title: keys and values
)",
     R"(title: keys and values
port: 5000
)"},
    {ProblemCode::udp_port_alone, "`udp_port` of a server with one transport", description,
     "`udp_port` is for servers that speak TCP and UDP on different ports. With one transport "
     "`port` is its port.",
     R"(title: keys and values
port: 5000
udp_port: 5001
)",
     R"(title: keys and values
port: 5000
transport: tcp+udp
udp_port: 5001
)"},
    {ProblemCode::default_no_choice, "The default is none of the choices", description,
     "A parameter with `choices` has one of them as its `default`. Add the value to the choices, "
     "or choose another.",
     R"(title: keys and values
port: 5000
parameters:
  end: { default: cr, choices: [lf, crlf] }
)",
     R"(title: keys and values
port: 5000
parameters:
  end: { default: lf, choices: [lf, crlf] }
)"},
    {ProblemCode::unknown_explanation, "Unknown explanation", description,
     "`explanation` of a fault says which explanation a failing sheet must give, by a name as JSON "
     "reports have it: `byte-order`, `one-recv`, `late-reply` and all that stand in the "
     "`signatures.txt` beside the shipped sheets. Without the key any will do.",
     R"(title: keys and values
port: 5000
faults:
  late: { command: ./kv --late, explanation: slow-reply }
)",
     R"(title: keys and values
port: 5000
faults:
  late: { command: ./kv --late, explanation: late-reply }
)"},
    {ProblemCode::quirk_without_effect, "A fault or variant changes nothing", description,
     "A fault or variant starts another program (`command`) or the same with other parameters "
     "(`settings`). With neither it would be the server itself.",
     R"(title: keys and values
port: 5000
faults:
  late: { meaning: answers too late }
)",
     R"(title: keys and values
port: 5000
faults:
  late: { meaning: answers too late, command: ./kv --late }
)"},
    {ProblemCode::builtin_server, "This is no folder of a built-in server", description,
     "`builtin: true` says that the sheets of a folder are about the reference server of the "
     "folder's "
     "name, which the program brings along: nothing else stands beside it, and the name is one of "
     "`wireproof servers`.",
     R"(builtin: true
port: 5000
)",
     R"(title: keys and values
port: 5000
)"},
}};

}  // namespace

std::span<const ProblemPage> description_pages() {
  return kDescriptionPages;
}

}  // namespace wireproof
