// What tracing costs: round trips per second of an echo server, bare, traced by wireproof, and
// under strace with the same list of calls. See README.md in this folder.
//   trace_bench [ROUND_TRIPS [ROUNDS]]
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/system/system_call.h"
#include "machine/trace/system_calls.h"
#include "machine/trace/tracer.h"

namespace wireproof {
namespace {

constexpr std::size_t kMessageSize = 64;
constexpr int kWarmUp = 2000;
constexpr int kAnywhere = -1;

enum class Way { bare, traced, strace };

// The cores that client and server are bound to; the tracer goes where it likes.
struct Placement {
  const char* name = "";
  int client = kAnywhere;
  int server = kAnywhere;
};

struct Variant {
  Way way = Way::bare;
  Placement placement;
  std::vector<double> rates;  // round trips per second, one a round
};

void stay_on(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  for (int index = 0; index < CPU_SETSIZE; ++index) {
    if (core == kAnywhere || core == index) CPU_SET(static_cast<std::size_t>(index), &cores);
  }
  check_call(::sched_setaffinity(0, sizeof cores, &cores), "bind to a core");
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Echoes one connection; its port goes to standard output, as two bytes.
int serve(int core) {
  stay_on(core);
  const UniqueFd listener(
      static_cast<int>(check_call(::socket(AF_INET, SOCK_STREAM, 0), "open a socket")));
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  check_call(::bind(listener.get(), name, size), "bind");
  check_call(::listen(listener.get(), 1), "listen");
  check_call(::getsockname(listener.get(), name, &size), "find the port");
  const std::uint16_t port = ntohs(address.sin_port);
  check_call(::write(STDOUT_FILENO, &port, sizeof port), "tell the port");
  const UniqueFd connection(
      static_cast<int>(check_call(::accept(listener.get(), nullptr, nullptr), "accept")));
  std::array<char, kMessageSize> message{};
  for (;;) {
    const auto count =
        check_call(::recv(connection.get(), message.data(), message.size(), 0), "receive");
    if (count == 0) return 0;
    check_call(::send(connection.get(), message.data(), static_cast<std::size_t>(count), 0),
               "send");
  }
}

double measure(std::uint16_t port, int round_trips) {
  const UniqueFd client(
      static_cast<int>(check_call(::socket(AF_INET, SOCK_STREAM, 0), "open a socket")));
  const sockaddr_in address = loopback(port);
  check_call(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
             "connect");
  std::array<char, kMessageSize> message{};
  auto begin = std::chrono::steady_clock::now();
  for (int trip = -kWarmUp; trip < round_trips; ++trip) {
    if (trip == 0) begin = std::chrono::steady_clock::now();
    check_call(::send(client.get(), message.data(), message.size(), 0), "send");
    check_call(::recv(client.get(), message.data(), message.size(), MSG_WAITALL), "receive");
  }
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  return round_trips / time.count();
}

std::vector<std::string> strace_arguments() {
  std::string calls = "trace=accept4";
  for (const SystemCall& call : traced_system_calls()) calls += "," + std::string(call.name);
  return {"strace", "-f", "--seccomp-bpf", "-e", calls, "-ttt", "-T", "-o", "/dev/null"};
}

int run_program(std::vector<std::string> arguments, int output) {
  std::vector<char*> values;
  for (std::string& argument : arguments) values.push_back(argument.data());
  values.push_back(nullptr);
  ::dup2(output, STDOUT_FILENO);
  ::execvp(values.front(), values.data());
  std::perror(values.front());
  return 127;
}

// One round of one variant, with a server of its own.
double play(const Variant& variant, int round_trips) {
  std::array<int, 2> ends{};
  check_call(::pipe2(ends.data(), O_CLOEXEC), "open a pipe");
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  std::vector<std::string> arguments;
  if (variant.way == Way::strace) arguments = strace_arguments();
  for (const char* word : {"/proc/self/exe", "serve"}) arguments.emplace_back(word);
  arguments.push_back(std::to_string(variant.placement.server));
  if (variant.way == Way::strace) {
    std::array<char, 4096> path{};
    check_call(::readlink("/proc/self/exe", path.data(), path.size() - 1), "find this program");
    *(arguments.end() - 3) = path.data();
  }
  const auto body = [&] { return run_program(arguments, write_end.get()); };
  std::unique_ptr<Tracer> tracer;
  pid_t server = -1;
  if (variant.way == Way::traced) {
    tracer = std::make_unique<Tracer>();
    server = tracer->start({"server", Side::server}, body);
  } else {
    server = static_cast<pid_t>(check_call(::fork(), "fork"));
    if (server == 0) ::_exit(body());
  }
  write_end.reset();
  std::uint16_t port = 0;
  if (::read(read_end.get(), &port, sizeof port) != sizeof port) return 0;
  stay_on(variant.placement.client);
  const double rate = measure(port, round_trips);
  stay_on(kAnywhere);
  if (tracer) {
    tracer->await_end(server);
    const std::size_t calls = tracer->take().calls.size();
    if (calls < 2 * static_cast<std::size_t>(round_trips)) std::puts("calls are missing");
  } else {
    ::waitpid(server, nullptr, 0);
  }
  return rate;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.at(values.size() / 2);
}

// The median of the quotients round by round: a machine that is busy now and then is so for both
double ratio(const Variant& part, const Variant& whole) {
  std::vector<double> ratios;
  for (std::size_t round = 0; round < part.rates.size(); ++round) {
    ratios.push_back(part.rates[round] / whole.rates[round]);
  }
  return median(ratios);
}

void print(const char* name, const Variant& variant, const Variant& bare) {
  const auto [least, most] = std::ranges::minmax(variant.rates);
  std::printf("%10.0f %10.0f %10.0f %8.2f   %s, %s\n", median(variant.rates), least, most,
              ratio(variant, bare), name, variant.placement.name);
}

int compare(int round_trips, int rounds) {
  const Placement apart{"client on core 0, server on core 1", 0, 1};
  const Placement free{"nothing bound to a core", kAnywhere, kAnywhere};
  const Placement half_bound{"client on core 0, server where it is put", 0, kAnywhere};
  const Placement together{"client and server on core 0", 0, 0};
  std::vector<Variant> variants;
  for (const Placement& placement : {apart, free, half_bound, together}) {
    for (const Way way : {Way::bare, Way::traced, Way::strace}) {
      variants.push_back({way, placement, {}});
    }
  }
  for (int round = 0; round < rounds; ++round) {
    for (Variant& variant : variants) variant.rates.push_back(play(variant, round_trips));
  }
  std::string strace;
  for (const std::string& argument : strace_arguments()) strace += argument + " ";
  std::printf("echo round trips of %zu bytes, %d a round, %d rounds in turn\n", kMessageSize,
              round_trips, rounds);
  std::printf("%10s %10s %10s %8s\n", "median/s", "least", "most", "of bare");
  for (std::size_t index = 0; index < variants.size(); index += 3) {
    print("bare", variants[index], variants[index]);
    print("traced", variants[index + 1], variants[index]);
    print("strace", variants[index + 2], variants[index]);
  }
  std::printf("traced on two cores: %.2f of bare, %.1f times strace in its default placement\n",
              ratio(variants[1], variants[0]), ratio(variants[1], variants[5]));
  std::printf("traced, nothing bound either: %.1f times strace\n", ratio(variants[4], variants[5]));
  std::printf("strace: %s\n", strace.c_str());
  return 0;
}

int number(char** arguments, int count, int index, int otherwise) {
  return index < count ? std::atoi(arguments[index]) : otherwise;
}

}  // namespace
}  // namespace wireproof

int main(int count, char** arguments) {
  if (count > 2 && std::string(arguments[1]) == "serve") {
    return wireproof::serve(std::atoi(arguments[2]));
  }
  return wireproof::compare(wireproof::number(arguments, count, 1, 20000),
                            wireproof::number(arguments, count, 2, 5));
}
