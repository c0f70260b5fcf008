#include "machine/process/program_names.h"

#include "catch.h"

namespace wireproof {

TEST_CASE("a program is called by the file that a person would name", "[session]") {
  struct Named {
    const char* command;
    const char* name;
  };
  const std::vector<Named> cases{
      {"python3 server.py", "server.py"},
      {"python3 -u ./exercise/server.py 12345", "server.py"},
      {"/usr/bin/python3.11 client.py", "client.py"},
      {"PORT=1 ./server --port=2", "server"},
      {"java -cp classes Main", "Main"},
      {"java -jar 'my server.jar' 1", "my server.jar"},
      {"exec node app.js", "app.js"},
      {"go run main.go", "main.go"},
      {"python3 -c 'print(1)'", "python3"},
      {"sh -c './x'", "sh"},
      {"env LANG=C ./client a", "client"},
      {"", "program"},
  };
  for (const Named& named : cases) {
    INFO(named.command);
    CHECK(program_name(named.command) == named.name);
  }
}

TEST_CASE("programs of one name are numbered from the second on", "[session]") {
  CHECK(program_names({"node a.js", "./a.js", "b", "a.js"}) ==
        std::vector<std::string>{"a.js", "a.js#2", "b", "a.js#3"});
}

}  // namespace wireproof
