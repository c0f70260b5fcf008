#include "catch.h"
#include "play/client/actor_step.h"
#include "play/client/step_outcome.h"
#include "play/client/step_play.h"

namespace wireproof {
namespace {

TEST_CASE("a message is cut behind fields first and into pieces then", "[session]") {
  EncodedMessage message;
  message.bytes = Bytes(10);
  message.fields = {{"length", 0, 4}, {"body.id", 4, 7}, {"body.rest", 7, 10}};
  StepSend step;
  CHECK(cut_pieces(message, step).value() == std::vector<SendPiece>{{0, 10}});
  step.split_after = {"length", "id"};
  CHECK(cut_pieces(message, step).value() == std::vector<SendPiece>{{0, 4}, {4, 7}, {7, 10}});
  step.piece_size = 3;
  CHECK(cut_pieces(message, step).value() ==
        std::vector<SendPiece>{{0, 3}, {3, 4}, {4, 7}, {7, 10}});
  step.split_after = {"size"};
  CHECK(cut_pieces(message, step).error() == "the message has no field `size`");
  CHECK(cut_pieces(EncodedMessage(), StepSend()).value() == std::vector<SendPiece>{{0, 0}});
}

TEST_CASE("actors are numbered with the group first, and the server is none", "[session]") {
  Scenario scenario;
  scenario.front.transport = Transport::tcp_udp;
  scenario.session.emplace();
  scenario.session->group_size = 300;
  scenario.session->actors = {"c1", "server"};
  Step step;
  step.actor = "udp1";
  scenario.session->steps.push_back(step);
  PlayOptions options;
  options.server = *parse_ip_address("127.0.0.1");
  options.tcp_port = 7;
  options.udp_port = 9;
  const std::vector<ActorPlan> actors = plan_actors(scenario, options);
  REQUIRE(actors.size() == 301);
  CHECK(render_ip_address(actors[0].connect.local->address) == "127.0.0.2");
  CHECK(render_ip_address(actors[249].connect.local->address) == "127.0.0.251");
  CHECK(render_ip_address(actors[250].connect.local->address) == "127.0.1.1");
  CHECK(actors[0].connect.tcp);
  CHECK(actors[0].connect.remote.port == 7);
  CHECK(actors[300].who.name == "udp1");
  CHECK(actors[300].who.number == 301);
  CHECK_FALSE(actors[300].connect.tcp);
  CHECK(actors[300].connect.remote.port == 9);
  options.client_net = parse_ip_address("127.9.16.0");
  CHECK(render_ip_address(plan_actors(scenario, options)[0].connect.local->address) ==
        "127.9.16.2");
  CHECK(render_ip_address(plan_actors(scenario, options)[250].connect.local->address) ==
        "127.9.17.1");
  options.own_client_addresses = false;
  CHECK_FALSE(plan_actors(scenario, options)[0].connect.local);
}

TEST_CASE("the bytes around an offset show the one there", "[session]") {
  const Bytes bytes{1, 2, 3};
  CHECK(render_around(bytes, 1) == "0: 01 [02] 03");
  CHECK(render_around(bytes, 3) == "0: 01 02 03 [end]");
}

}  // namespace
}  // namespace wireproof
