
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <set>

#include "base/system/system_call.h"
#include "catch.h"
#include "result/explanation.h"
#include "servers/faulty_service.h"
#include "servers/serve_ways.h"

namespace wireproof {
namespace {

void end_sending(const UniqueFd& client) {
  ::shutdown(client.get(), SHUT_WR);
}

std::string ask(const UniqueFd& client, const std::string& text) {
  send_text(client.get(), text);
  return receive_some(client.get());
}

}  // namespace

TEST_CASE("every fault and variant has its name once, says what it is, and can be had",
          "[servers]") {
  for (const ServerInfo& info : reference_servers()) {
    INFO(info.name);
    std::set<std::string> names;
    for (const ServerQuirk& fault : info.faults) {
      INFO(fault.name);
      CHECK(names.insert(fault.name).second);
      CHECK_FALSE(fault.meaning.empty());
      CHECK(find_explanation(fault.explanation));
      CHECK_NOTHROW(with_fault(service_of(info.name), info, fault.name));
    }
    for (const ServerQuirk& variant : info.variants) {
      INFO(variant.name);
      CHECK(names.insert(variant.name).second);
      CHECK_FALSE(with_variant(service_of(info.name), info, variant.name).conduct == Conduct{});
    }
  }
}

TEST_CASE("two faults exclude each other where a server can have only one of them", "[servers]") {
  struct Pair {
    std::string fault;
    std::string other;
    bool excluded;
  };
  const std::vector<Pair> pairs = {
      {"one-at-a-time", "zombies", true},        // the way of serving
      {"reset-on-close", "close-unread", true},  // the way of closing
      {"leak", "spin", true},                    // what the end of the stream is taken for
      {"one-recv", "early-reply", true},         // where a message ends
      {"newest-client", "backlog-reset", false},
      {"zombies", "fin-held-by-child", false},
      {"drop-last-byte", "one-at-a-time", false},
      {"no-overflow-check", "swap-bytes", false}};
  const ServerInfo& calc = *find_server("calc");
  for (const Pair& pair : pairs) {
    INFO(pair.fault << " " << pair.other);
    CHECK(exclude_each_other(calc, pair.fault, pair.other) == pair.excluded);
    CHECK(exclude_each_other(calc, pair.other, pair.fault) == pair.excluded);
  }
}

TEST_CASE("a server can have two faults at once", "[servers]") {
  const ServerInfo& info = *find_server("echo-text");
  const Service service = with_fault(faulty("echo-text", "no-blank"), info, "line-end");
  CHECK(play(service, {hex("a")}).sends == std::vector<std::string>{hex("ECHO:a\n")});
}

TEST_CASE("reset-on-close and close-unread end in a reset, not in FIN", "[servers]") {
  for (const ServeWay way : kAllWays) {
    const Listener resetting(faulty("echo-both", "reset-on-close"), served_by(way));
    const UniqueFd one = connect_to(resetting);
    CHECK(ask(one, "a") == "a");
    end_sending(one);
    CHECK_THROWS_WITH(receive_some(one.get()), Catch::Contains("reset"));

    const Listener leaving(faulty("echo-once", "close-unread"), served_by(way));
    const UniqueFd two = connect_to(leaving);
    send_text(two.get(), std::string(1000, 'a'));
    CHECK_THROWS_WITH(receive_to_eof(two.get()), Catch::Contains("reset"));
  }
  const Listener refusing(faulty("record-sized", "close-unread"), served_by(ServeWay::threads));
  const UniqueFd three = connect_to(refusing);
  send_text(three.get(), "1" + std::string(1000, '\xff'));
  CHECK_THROWS_WITH(receive_to_eof(three.get()), Catch::Contains("reset"));
}

TEST_CASE("never-close goes on after the answer, close-before-reply does not come to it",
          "[servers]") {
  const Listener open(faulty("upper-tcp", "never-close"), served_by(ServeWay::threads));
  const UniqueFd one = connect_to(open);
  CHECK(ask(one, "a") == "A");
  CHECK(is_silent(one.get()));
  const Listener closed(faulty("upper-tcp", "close-before-reply"), served_by(ServeWay::threads));
  const UniqueFd two = connect_to(closed);
  CHECK(ask(two, "a").empty());
}

TEST_CASE("half-close-deaf answers those who stay and nobody who has closed", "[servers]") {
  for (const ServeWay way : kAllWays) {
    const Listener listener(faulty("echo-both", "half-close-deaf"), served_by(way));
    const UniqueFd client = connect_to(listener);
    CHECK(ask(client, "a") == "a");
    send_text(client.get(), "b");
    end_sending(client);
    CHECK(receive_to_eof(client.get()).empty());
  }
}

TEST_CASE("fin-held-by-child answers, and no FIN comes before the server ends", "[servers]") {
  UniqueFd client;
  {
    const Listener listener(faulty("upper-tcp", "fin-held-by-child"), served_by(ServeWay::threads));
    client = connect_to(listener);
    CHECK(ask(client, "a") == "A");
    CHECK(is_silent(client.get()));
  }
  CHECK(receive_some(client.get()).empty());
}

TEST_CASE("greeting speaks first, however clients are served", "[servers]") {
  for (const ServeWay way : kAllWays) {
    const Listener listener(faulty("echo-text", "greeting"), served_by(way));
    const UniqueFd client = connect_to(listener);
    CHECK(receive_some(client.get()) == "welcome\n");
    CHECK(ask(client, "a") == "ECHO: a");
  }
}

TEST_CASE("no-reuseaddr cannot take the port back", "[servers]") {
  ListenOptions options = served_by(ServeWay::threads);
  for (const std::string fault : {"", "no-reuseaddr"}) {
    INFO("fault " << fault);
    options.tcp_port = 0;
    UniqueFd client;
    {
      const Listener first(faulty("echo-both", fault), options);
      client = connect_to(first);
      CHECK(ask(client, "a") == "a");
      options.tcp_port = first.tcp_port();
    }
    if (fault.empty()) {
      CHECK_NOTHROW(Listener(faulty("echo-both", fault), options));
    } else {
      CHECK_THROWS_WITH(Listener(faulty("echo-both", fault), options), Catch::Contains("in use"));
    }
  }
}

TEST_CASE("leak keeps a closed client and serves the next, in every way", "[servers]") {
  for (const ServeWay way : kAllWays) {
    UniqueFd client;
    {
      const Listener listener(faulty("echo-both", "leak"), served_by(way));
      client = connect_to(listener);
      CHECK(ask(client, "a") == "a");
      end_sending(client);
      CHECK(is_silent(client.get()));
      CHECK(ask(connect_to(listener), "b") == "b");
    }
    CHECK(receive_some(client.get()).empty());
  }
}

TEST_CASE("spin does not close either, and ends with its server", "[servers]") {
  CHECK(faulty("echo-both", "spin").open_stream()->on_eof() == Actions{{}, Ending::none});
  for (const ServeWay way : kAllWays) {
    const Listener listener(faulty("echo-both", "spin"), served_by(way));
    const UniqueFd client = connect_to(listener);
    end_sending(client);
    CHECK(is_silent(client.get()));
  }
}

TEST_CASE("stray-reply sends one prefix after EOF, endless goes on", "[servers]") {
  for (const ServeWay way : kAllWays) {
    const Listener stray(faulty("echo-text", "stray-reply"), served_by(way));
    const UniqueFd one = connect_to(stray);
    end_sending(one);
    CHECK(receive_to_eof(one.get()) == "ECHO: ");

    const Listener endless(faulty("echo-chunks", "endless"), served_by(way));
    const UniqueFd two = connect_to(endless);
    end_sending(two);
    std::string stream;
    while (stream.size() < 100000) stream += receive_some(two.get());
    CHECK(stream.substr(0, 24) == "server got: server got: ");
  }
}

TEST_CASE("die-on-reset ends the process", "[servers]") {
  std::array<int, 2> port_pipe{};
  check_call(::pipe(port_pipe.data()), "pipe");
  const auto pid = static_cast<pid_t>(check_call(::fork(), "fork"));
  if (pid == 0) {
    const Listener listener(faulty("echo-text", "die-on-reset"), served_by(ServeWay::threads));
    const std::uint16_t port = listener.tcp_port();
    if (::write(port_pipe[1], &port, sizeof port) == sizeof port) ::alarm(10);
    for (;;) ::pause();
  }
  std::uint16_t port = 0;
  REQUIRE(::read(port_pipe[0], &port, sizeof port) == sizeof port);
  ::close(port_pipe[0]);
  ::close(port_pipe[1]);
  {
    const UniqueFd client = connect_tcp("127.0.0.1", port);
    CHECK(ask(client, "a") == "ECHO: a");
    const linger reset = {1, 0};
    ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  int status = 0;
  check_call(::waitpid(pid, &status, 0), "waitpid");
  CHECK(WIFEXITED(status));
}

TEST_CASE("thread-dies leaves a connection hanging until an accept when its client has given up",
          "[servers]") {
  const bool has_given_up = GENERATE(true, false);
  Service service = faulty("echo-text", "thread-dies");
  service.conduct.patience = std::chrono::seconds(has_given_up ? 0 : 60);
  const Listener listener(std::move(service), served_by(ServeWay::select));
  const UniqueFd first = connect_to(listener);
  send_text(first.get(), "\xff");
  CHECK(is_silent(first.get()));
  const UniqueFd second = connect_to(listener);
  CHECK(ask(second, "b") == "ECHO: b");
  if (has_given_up) {
    CHECK(receive_some(first.get()).empty());
  } else {
    CHECK(is_silent(first.get()));
  }
}

TEST_CASE("never-reads takes clients and answers none, also when they have ended", "[servers]") {
  const Listener listener(faulty("upper-tcp", "never-reads"), served_by(ServeWay::threads));
  for (int client = 0; client < 2; ++client) {
    const UniqueFd one = connect_to(listener);
    send_text(one.get(), "a");
    ::shutdown(one.get(), SHUT_WR);
    CHECK(is_silent(one.get()));
  }
}

TEST_CASE("one-at-a-time lets the second wait, newest-client answers it instead of the first",
          "[servers]") {
  const Listener serial(faulty("echo-text", "one-at-a-time"), served_by(ServeWay::select));
  UniqueFd one = connect_to(serial);
  CHECK(ask(one, "1") == "ECHO: 1");
  const UniqueFd two = connect_to(serial);
  send_text(two.get(), "2");
  CHECK(is_silent(two.get()));
  one.reset();
  CHECK(receive_some(two.get()) == "ECHO: 2");

  const Listener newest(faulty("echo-text", "newest-client"), served_by(ServeWay::threads));
  const UniqueFd three = connect_to(newest);
  UniqueFd four = connect_to(newest);
  CHECK(ask(four, "4") == "ECHO: 4");
  send_text(three.get(), "3");
  CHECK(receive_some(four.get()) == "ECHO: 3");
  end_sending(four);
  CHECK(receive_to_eof(four.get()).empty());
  CHECK(ask(three, "3 again") == "ECHO: 3 again");
}

TEST_CASE("backlog-reset resets who connects beside another, and nobody else", "[servers]") {
  ListenOptions options = served_by(ServeWay::threads);
  options.tcp_port = Listener(service_of("echo-text"), options).tcp_port();
  const Listener listener(faulty("echo-text", "backlog-reset"), options);
  const UniqueFd first = connect_to(listener);
  CHECK(ask(first, "1") == "ECHO: 1");
  const UniqueFd second = connect_to(listener);
  CHECK_THROWS_WITH(receive_some(second.get()), Catch::Contains("reset"));
  end_sending(first);
  CHECK(receive_to_eof(first.get()).empty());
  CHECK(ask(connect_to(listener), "3") == "ECHO: 3");
}

TEST_CASE("late answers when its time has come, and does not delay the end of the server",
          "[servers]") {
  CHECK(faulty("upper-udp", "late").conduct.reply_delay.count() == 3000);  // patience 2000
  for (const ServeWay way : kAllWays) {
    Service service = service_of("upper-tcp");
    service.conduct.reply_delay = std::chrono::milliseconds{1};
    const Listener soon(service, served_by(way));
    const UniqueFd one = connect_to(soon);
    send_text(one.get(), "a");
    CHECK(receive_to_eof(one.get()) == "A");

    service.conduct.reply_delay = std::chrono::hours{1};
    const Listener later(service, served_by(way));
    const UniqueFd two = connect_to(later);
    send_text(two.get(), "a");
    CHECK(is_silent(two.get()));
  }
}

TEST_CASE("blocks-others serves nobody while one does not read", "[servers]") {
  constexpr std::size_t kMuch = 1000000;
  const Listener listener(faulty("echo-both", "blocks-others"), served_by(ServeWay::threads));
  const UniqueFd slow = connect_to(listener);
  const UniqueFd other = connect_to(listener);
  send_text(slow.get(), std::string(kMuch, 'x'));
  CHECK(receive_some(slow.get()).front() == 'x');  // the server is sending
  send_text(other.get(), "y");
  CHECK(is_silent(other.get()));
  for (std::size_t size = 0; size < kMuch / 2;) size += receive_some(slow.get()).size();
}

}  // namespace wireproof
