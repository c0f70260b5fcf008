#include <string>
#include <vector>

#include "catch.h"
#include "sheet/kaitai/kaitai_section.h"
#include "sheet/layout/layout_reader.h"

namespace wireproof {
namespace {

// "LINE:COLUMN CODE message" of what is said first.
std::string first_problem(const std::string& ksy) {
  const LayoutReader reader("## Layout: x\n```ksy\n" + ksy + "```\n");
  const std::string& errors = reader.errors();
  const std::size_t code = errors.find(" [WP");
  const std::size_t arrow = errors.find("layouts.md:");
  if (code == errors.npos || arrow == errors.npos) return errors;
  const std::string place = errors.substr(arrow + 11, errors.find('\n', arrow) - arrow - 11);
  const std::string message = errors.substr(7, code - 7);
  return place + " " + errors.substr(code + 4, 4) + " " + message;
}

}  // namespace

TEST_CASE("what is wrong with a description is said at its place", "[kaitai]") {
  struct Row {
    std::string ksy;
    std::string problem;  // the fence begins in line 2
  };
  const std::vector<Row> rows{
      {"seq: [\n", "0530"},
      {"- 1\n", "3:1 0531 a description has `key: value` entries"},
      {"seq:\n- {id: a, typ: u1}\n", "4:11 0532 unknown key `typ` in the field"},
      {"seq:\n- {id: a, type: u1}\n- {id: a, type: u1}\n", "5:8 0532 the field `a` is there twice"},
      {"seq:\n- {id: a, type: u2}\n", "4:17 0531 `u2` has no byte order"},
      {"seq:\n- {id: a}\n", "4:8 0531 `a` has no type and no end"},
      {"seq:\n- {id: a, type: u1, size: 3}\n", "4:17 0533 a number has the size of its type"},
      {"seq:\n- id: a\n  size: 3\n  process: zlib\n",
       "6:3 0533 `process` is not read: what it does to bytes is not known here"},
      {"seq:\n- {id: a, terminator: 0, consume: false}\n",
       "4:26 0533 `consume` is not read: only fields that end as usual are written back as they "
       "were"},
      {"meta:\n  bit-endian: le\n",
       "4:15 0533 bit fields from the least significant bit on are not read"},
      {"seq:\n- id: a\n  size: 3 +\n", "5:12 0535 a value is missing"},
      {"seq:\n- id: a\n  size: (3\n", "5:11 0535 a `)` is missing"},
      {"seq:\n- id: n\n  type: u1\n- id: a\n  size: n + missing\n",
       "7:13 0536 there is no field `missing`"},
      {"seq:\n- id: a\n  size: b\n- id: b\n  type: u1\n", "5:9 0536 `b` is read later"},
      {"seq:\n- {id: a, type: none}\n", "4:17 0536 there is no type `none`"},
      {"seq:\n- {id: a, type: u1, enum: none}\n", "4:27 0536 there is no enum `none`"},
      {"seq:\n- {id: a, type: u1, if: 'e::b == 1'}\nenums: {e: {1: a}}\n",
       "4:26 0536 `e` has no value `b`"},
      {"seq:\n- {id: a, size: _io.size}\n", "4:17 0533 `.size` is not read"},
      {"seq:\n- {id: a, size: last}\ninstances: {last: {pos: _io.size - 1, type: u1}}\n",
       "4:17 0533 `last` is read from another place than the fields"},
      {"seq:\n- {id: a, type: 'p(1, 2)'}\n"
       "types: {p: {params: [{id: n}], seq: [{id: d, size: n}]}}\n",
       "4:17 0535 `p` takes 1 argument"},
      {"params: [{id: n, type: u1}]\nseq: []\n",
       "3:15 0533 the description has parameters, which a message cannot give"},
      {"seq:\n- {id: a, type: u1, valid: {expr: _ > 1}}\n",
       "4:29 0533 `expr` is not read: a rule is made of values, not of other fields"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.ksy);
    const std::string found = first_problem(row.ksy);
    CHECK((row.problem.size() == 4 ? found.substr(found.find(' ') + 1, 4) : found) == row.problem);
  }
}

TEST_CASE("a description that asks for too much is refused, quickly", "[kaitai]") {
  std::string bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) bomb += ", " + before;
    bomb += "]\n";
  }
  CHECK(first_problem(bomb).find("0537 the description has too many parts") != std::string::npos);

  const std::string deep = "seq: " + std::string(200, '[') + std::string(200, ']') + "\n";
  CHECK(first_problem(deep).find("0537 the description is nested too deep") != std::string::npos);

  const std::string parentheses =
      "seq: [{id: a, size: '" + std::string(5000, '(') + "1" + std::string(5000, ')') + "'}]\n";
  CHECK(first_problem(parentheses).find("0535 the expression is nested too deep") !=
        std::string::npos);

  // Each instance names the one before it twice.
  std::string doubled =
      "seq: [{id: n, type: u1}, {id: d, size: i29}]\ninstances:\n  i0: {value: n}\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "i" + std::to_string(i - 1);
    doubled.append("  i").append(std::to_string(i)).append(": {value: ").append(before);
    doubled.append(" + ").append(before).append("}\n");
  }
  CHECK(first_problem(doubled).find("0537 the expression is too large") != std::string::npos);

  CHECK(first_problem("seq: [{id: d, size: i}]\ninstances: {i: {value: j}, j: {value: i}}\n") ==
        "4:39 0537 `i` is made of itself, or of too many others");
  CHECK(first_problem("seq: [{id: d, size: 4294967296}]\n") == "3:21 0537 this is too much");
  CHECK(first_problem("seq: [{id: d, size: 0 - 1}]\n") == "3:21 0537 this is less than nothing");

  // A type with other arguments each time has no end.
  const std::string growing = first_problem(
      "seq:\n- {id: n, type: u1}\n- {id: t, type: t(n)}\n"
      "types: {t: {params: [{id: p}], seq: [{id: u, type: t(p + 1), if: p > 3}]}}\n");
  CHECK(growing.find("0537") != std::string::npos);
}

TEST_CASE("a type that always holds itself is refused", "[kaitai]") {
  CHECK(first_problem("seq: [{id: t, type: t}]\ntypes: {t: {seq: [{id: u, type: t}]}}\n")
            .find("0522 the layout `x.t` contains itself") != std::string::npos);
  // Where the bytes say how deep it goes, they are bounded.
  LayoutReader reader(
      "## Layout: x\n```ksy\nmeta: {id: me}\nseq:\n- {id: more, type: u1}\n"
      "- {id: next, type: me, if: more != 0}\n```\n");
  REQUIRE(reader.errors() == "");
  CHECK(reader.received("x", "01 01 00") == "");
  std::string bytes;
  for (int i = 0; i < 40; ++i) bytes += "01";
  CHECK(reader.received("x", bytes).find("at most 16 layouts in each other") != std::string::npos);
}

TEST_CASE("bytes that promise more than there is make no message", "[kaitai]") {
  LayoutReader reader(
      "## Layout: x\n```ksy\nmeta: {endian: be}\nseq:\n- {id: len, type: u8}\n"
      "- {id: data, size: len + 1}\n```\n"
      "## Layout: y\n```ksy\nmeta: {endian: be}\nseq:\n- {id: n, type: u4}\n"
      "- {id: list, type: nothing, repeat: expr, repeat-expr: n}\ntypes: {nothing: {}}\n```\n"
      "## Layout: z\n```ksy\nseq:\n- {id: n, type: s1}\n- {id: d, size: 10 / n}\n```\n");
  REQUIRE(reader.errors() == "");
  CHECK(reader.received("x", "00 00 00 00 ff ff ff ff 61").find("1 bytes") == std::string::npos);
  CHECK_FALSE(reader.complete());
  CHECK(reader.received("x", "ff ff ff ff ff ff ff ff 61") != "");
  CHECK(reader.received("y", "ff ff ff ff") == "4 list: at most 100000 elements / the end");
  CHECK(reader.received("z", "00") == "1 d: what bytes[10 / n] is computed of / the end");
  CHECK(reader.received("z", "ff") == "1 d: a count that is not negative / the end");
  CHECK(reader.sent("y n=4000000000").find("too many") != std::string::npos);
  CHECK(reader.sent("x len=0xffffffffffffff") == "`data` has too many bytes or elements");
}

}  // namespace wireproof
