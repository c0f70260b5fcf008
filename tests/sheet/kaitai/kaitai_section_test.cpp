#include "sheet/kaitai/kaitai_section.h"

#include <map>
#include <string>
#include <vector>

#include "catch.h"
#include "sheet/layout/layout_reader.h"

namespace wireproof {
namespace {

LayoutReader read_ksy(const std::string& ksy, const FileReader& files = {}) {
  return LayoutReader("## Layout: x\n\n```ksy\n" + ksy + "```\n", files);
}

struct FieldRow {
  std::string ksy;
  std::string message;
  std::string hex;  // or why it cannot be sent
};

// What is sent is read back as the same message, and one byte more is not.
void check_rows(const std::vector<FieldRow>& rows) {
  for (const FieldRow& row : rows) {
    CAPTURE(row.ksy, row.message);
    LayoutReader reader = read_ksy(row.ksy);
    REQUIRE(reader.errors() == "");
    const std::string sent = reader.sent(row.message);
    CHECK(sent == row.hex);
    if (!parse_hex(sent)) continue;
    CHECK(reader.received(row.message, sent) == "");
  }
}

}  // namespace

TEST_CASE("numbers, bits and texts of a description are written and read", "[kaitai]") {
  const std::string be = "meta: {endian: be}\n";
  check_rows({
      {be + "seq:\n- {id: a, type: u2}\n- {id: b, type: u2le}\n- {id: c, type: s1}\n",
       "x a=1 b=1 c=-1", "00 01 01 00 ff"},
      {"meta: {endian: le}\nseq:\n- {id: a, type: u4}\n- {id: f, type: f4be}\n", "x a=1 f=1.5",
       "01 00 00 00 3f c0 00 00"},
      {"seq:\n- {id: a, type: b4}\n- {id: b, type: b1}\n- {id: c, type: u1}\n", "x a=5 b=true c=7",
       "58 07"},
      {"seq:\n- {id: a, type: b1}\n- {id: p, type: b7, if: a == false}\n- {id: q, type: b15, if: "
       "a}\n",
       "x a=true q=3", "80 03"},
      {"seq:\n- {id: a, type: strz}\n- {id: b, type: str, terminator: 0x2c}\n",
       "x a=\"ab\" b=\"c\"", "61 62 00 63 2c"},
      {"seq:\n- {id: a, type: str, size: 4, pad-right: 0x20}\n", "x a=\"ab\"", "61 62 20 20"},
      {"seq:\n- {id: magic, contents: [0x50, \"OK\"]}\n- {id: rest, size-eos: true}\n",
       "x rest=\"!\"", "50 4f 4b 21"},
      {"seq:\n- {id: k, type: u1, enum: e}\nenums: {e: {1: one, 2: {id: two}}}\n", "x k=two", "02"},
      {"seq:\n- {id: v, type: u1, valid: 4}\n- {id: w, type: u1, valid: {min: 3, max: 5}}\n", "x",
       "04 03"},
  });
}

TEST_CASE("sizes that nobody gives are computed from their expressions", "[kaitai]") {
  const std::string length = "seq:\n- {id: len, type: u1}\n";
  check_rows({
      {length + "- {id: data, size: len - 1}\n", "x data=\"abc\"", "04 61 62 63"},
      {length + "- {id: data, size: len - 1}\n", "x", "01"},
      {length + "- {id: data, size: (len * 4) - 20, if: (len * 4) - 20 != 0}\n", "x data=\"abcd\"",
       "06 61 62 63 64"},
      {length + "- {id: data, size: (len * 4) - 20, if: (len * 4) - 20 != 0}\n", "x", "05"},
      {length + "- {id: data, size: len * 4}\n", "x data=\"abc\"",
       "`len` must be given: `data` has 3 bytes or elements, by `len * 4`"},
      {length + "- {id: data, size: len & 15}\n", "x data=\"abc\"",
       "`len` must be given: `data` has 3 bytes or elements, by `len & 15`"},
      {length + "- {id: data, size: len & 15}\n", "x len=0x43 data=\"abc\"", "43 61 62 63"},
      {length + "- {id: list, type: u2be, repeat: expr, repeat-expr: len / 2}\n", "x list=[1, 2]",
       "04 00 01 00 02"},
      {length + "- {id: a, size: len}\n- {id: b, size: len}\n", "x b=\"ab\"", "02 00 00 61 62"},
      {length + "- {id: a, size: len}\n- {id: b, size: len}\n", "x a=\"a\" b=\"ab\"",
       "the sizes of `x` contradict each other"},
      {length + "- {id: data, size: len}\n", "x len=3", "03 00 00 00"},
      {"seq:\n- {id: h, type: head}\n- {id: data, size: h.len - 2}\n"
       "types: {head: {seq: [{id: len, type: u1}]}}\n",
       "x data=\"ab\"", "04 61 62"},
      {"seq:\n- {id: len, type: u1}\n- {id: t, type: inner, size: len}\n"
       "types: {inner: {seq: [{id: n, type: u1}, {id: d, size: n}]}}\n",
       "x t.d=\"ab\"", "03 02 61 62"},
      // What a size leaves over is zero.
      {"seq:\n- {id: t, type: inner, size: 4}\ntypes: {inner: {seq: [{id: n, type: u1}]}}\n",
       "x t.n=7", "07 00 00 00"},
  });
}

TEST_CASE("types, switches and repetitions of a description are layouts", "[kaitai]") {
  check_rows({
      {"seq:\n- {id: k, type: u1}\n- id: body\n  type:\n    switch-on: k\n"
       "    cases: {1: one, _: other}\n"
       "types: {one: {seq: [{id: a, type: u1}]}, other: {seq: [{id: b, type: u2be}]}}\n",
       "x k=1 body.a=9", "01 09"},
      {"seq:\n- {id: k, type: u1, enum: e}\n- id: body\n  size: 2\n  type:\n    switch-on: k\n"
       "    cases: {'e::one': one}\nenums: {e: {1: one}}\n"
       "types: {one: {seq: [{id: a, type: u1}]}}\n",
       "x k=2 body=\"ab\"", "02 61 62"},
      {"seq:\n- {id: list, type: item, repeat: until, repeat-until: _.n == 0 or _.n >= 9}\n"
       "types: {item: {seq: [{id: n, type: u1}, {id: d, size: 'n >= 9 ? 0 : n'}]}}\n",
       "x list[0].d=\"ab\" list[1].n=0", "02 61 62 00"},
      {"seq:\n- {id: list, type: u1, repeat: until, repeat-until: _ == 0}\n", "x list=[3, 0]",
       "03 00"},
      {"seq:\n- {id: list, type: u1, repeat: until, repeat-until: _ == 0}\n", "x list=[3, 1]",
       "`list` ends with the first for which `_ == 0` holds"},
      {"seq:\n- {id: list, size: 2, repeat: eos}\n", "x list[1].value=\"ab\"", "00 00 61 62"},
      {"seq:\n- {id: n, type: u1}\n- {id: t, type: holder}\n"
       "types:\n  holder: {seq: [{id: m, type: u1}, {id: u, type: inner}]}\n"
       "  inner: {seq: [{id: a, size: _parent.m}, {id: b, size: _root.n}]}\n",
       "x t.u.a=\"a\" t.u.b=\"bc\"", "02 01 61 62 63"},
      {"seq:\n- {id: n, type: u1}\n- {id: t, type: sized(n + 1)}\n"
       "types: {sized: {params: [{id: size, type: u1}], seq: [{id: d, size: size}]}}\n",
       "x t.d=\"abc\"", "02 61 62 63"},
      {"seq:\n- {id: f, type: u1}\n- {id: a, type: u1, if: wide}\n- {id: d, size: room}\n"
       "instances:\n  wide: {value: f & 0x80 != 0}\n  room: {value: 'wide ? a : f'}\n",
       "x f=0x80 d=\"ab\"", "80 02 61 62"},
      {"seq:\n- {id: a, type: u1}\n- {id: more, type: u1, if: not _io.eof}\n", "x a=1", "01"},
      {"seq:\n- {id: a, type: u1}\n- {id: more, type: u1, if: not _io.eof}\n", "x a=1 more=2",
       "01 02"},
      {"seq:\n- {id: t, type: strz}\n- {id: pad, size: (- _io.pos) % 4}\n", "x t=\"a\"",
       "61 00 00 00"},
      {"seq:\n- {id: order, type: u1}\n- {id: t, type: body}\n"
       "types:\n  body:\n    meta: {endian: {switch-on: _root.order, cases: {1: le, 2: be}}}\n"
       "    seq: [{id: n, type: u2}]\n",
       "x order=1 t.n=5", "01 05 00"},
  });
}

TEST_CASE("the first wrong byte of a description is named with its field", "[kaitai]") {
  LayoutReader reader = read_ksy(
      "seq:\n- {id: len, type: u1}\n- {id: body, type: inner, size: len}\n"
      "types: {inner: {seq: [{id: n, type: u1, enum: e}, {id: d, size: 2}]}}\n"
      "enums: {e: {1: one, 2: two}}\n");
  REQUIRE(reader.errors() == "");
  CHECK(reader.received("x body.n=one", "03 02 61 62") == "1 body.n: one / two");
  CHECK(reader.received("x body.d=\"ab\"", "03 01 61 63") == "3 body.d: \"ab\" / \"ac\"");
  // The size says less than what must be in it.
  CHECK(reader.received("x", "02 01 61 62") ==
        "2 body.d: the bytes that the size around it leaves / \"ab\"");
  CHECK(reader.received("x", "03 01 61") == "3 body.d: 4 bytes / 3 bytes, then the end");
  CHECK_FALSE(reader.complete());
  CHECK(reader.received("x", "03 01 61 62") == "");
  CHECK(reader.complete());
}

TEST_CASE("types of a description are layouts of their own", "[kaitai]") {
  LayoutReader reader = read_ksy(
      "seq: [{id: t, type: outer}]\n"
      "types:\n  outer:\n    seq: [{id: i, type: inner}]\n"
      "    types: {inner: {seq: [{id: a, type: u1, doc: a number}]}}\n"
      "  needy: {seq: [{id: d, size: _parent.n}]}\n  holder: {seq: [{id: n, type: u1}, "
      "{id: t, type: needy}]}\n");
  REQUIRE(reader.errors() == "");
  CHECK(reader.sent("x.outer.inner a=3") == "03");
  CHECK(reader.sent("x.holder t.d=\"a\"") == "01 61");
  CHECK(reader.layouts().at("x.outer.inner").fields.front().meaning == "a number");
  CHECK(reader.sent("x.needy").find("`x.needy` depends on `_parent.n`") != std::string::npos);
}

TEST_CASE("files of descriptions are read beside the sheet, imports beside them", "[kaitai]") {
  const std::map<std::string, std::string> files{
      {"a/main.ksy",
       "meta: {id: main, imports: [near, /common/far]}\n"
       "seq: [{id: n, type: near}, {id: f, type: far}]\n"},
      {"a/near.ksy", "meta: {id: near}\nseq: [{id: v, type: u1}]\n"},
      {"common/far.ksy", "meta: {id: far, imports: [/a/main]}\nseq: [{id: w, type: u1}]\n"},
      {"bad.ksy", "meta: {id: bad, imports: [a/wrong]}\nseq: [{id: t, type: wrong}]\n"},
      {"a/wrong.ksy", "seq:\n  - id: v\n    type: u3\n"},
  };
  const FileReader reader = [&](const std::string& path) -> Expected<Bytes, std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return Unexpected<std::string>("there is no " + path);
    return Bytes(found->second.begin(), found->second.end());
  };
  LayoutReader good("## Layout: x\n\nThe words above.\nfrom: a/main.ksy\n", reader);
  REQUIRE(good.errors() == "");
  CHECK(good.sent("x n.v=1 f.w=2") == "01 02");
  CHECK(good.sent("x.near v=1") == "01");
  LayoutReader bad("## Layout: x\n\nfrom: bad.ksy\n", reader);
  CHECK(bad.errors() ==
        "error: there is no type `u3` [WP0536]\n --> a/wrong.ksy:3:11\n  |\n3 |     type: u3\n"
        "  |           ^^\n");
  LayoutReader none("## Layout: x\n\nfrom: none.ksy\n", reader);
  CHECK(none.errors().find("there is no none.ksy [WP0534]\n --> layouts.md:3:7") !=
        std::string::npos);
}

}  // namespace wireproof
