#include "base/text/last_words.h"

#include "catch.h"

namespace wireproof {

TEST_CASE("the last words of a program are its last line that reads like an error", "[base]") {
  struct Case {
    std::string output;
    std::string words;
  };
  const auto one = GENERATE(
      Case{"Traceback (most recent call last):\n  File \"s.py\", line 3, in <module>\n"
           "    f()\nKeyError: b'DIV'\n",
           "KeyError: b'DIV'"},
      Case{"Exception in thread \"main\" java.lang.NullPointerException\n\tat Server.main\n",
           "Exception in thread \"main\" java.lang.NullPointerException"},
      Case{"bind: Address already in use", "bind: Address already in use"},
      Case{"KeyError: 1\nclient connected\n", "KeyError: 1"}, Case{"client connected\n", ""},
      Case{"    raise ValueError\nKeyboardInterrupt\n", ""},
      Case{"asyncio.exceptions.CancelledError\n", ""}, Case{"wireproof: 3 calls failed\n", ""},
      Case{"", ""});
  CHECK(find_last_words(one.output) == one.words);
}

}  // namespace wireproof
