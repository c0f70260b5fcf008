#include "sheet/text/condition.h"

#include "catch.h"

namespace wireproof {

TEST_CASE("a condition names a parameter and a value that it has or has not", "[scenario]") {
  CHECK(parse_condition("framing=none") == Condition{"framing", "none", true});
  CHECK(parse_condition(" layout != op-10 ") == Condition{"layout", "op-10", false});
  CHECK(parse_condition("prefix=") == Condition{"prefix", "", true});
  CHECK_FALSE(parse_condition("framing"));
  CHECK(Condition{"a", "b", true}.holds("b"));
  CHECK_FALSE(Condition{"a", "b", false}.holds("b"));
}

TEST_CASE("a sheet's forms say for which values of a parameter it holds", "[scenario]") {
  struct Case {
    std::vector<std::string> forms;
    std::string value;
    std::optional<bool> holds;
  };
  const auto one =
      GENERATE(Case{{"framing"}, "none", true}, Case{{"framing"}, "length", true},
               Case{{"framing=none", "framing=other"}, "other", true},
               Case{{"framing=none"}, "length", false}, Case{{"framing!=none"}, "none", false},
               Case{{"framing!=none"}, "length", true}, Case{{"order=big"}, "none", std::nullopt},
               Case{{}, "none", std::nullopt});
  CAPTURE(one.forms, one.value);
  CHECK(form_holds(one.forms, "framing", one.value) == one.holds);
}

}  // namespace wireproof
