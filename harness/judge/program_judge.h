#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/text/diagnostic.h"
#include "judge/traffic/evidence.h"
#include "sheet/scenario.h"

namespace wireproof {

// What the client programs of a session did otherwise than the sheet says, told from their packets,
// calls and output: one thing for each program, the most fundamental. Failed steps and rows mostly
// follow from it. Of a session that has failed; empty where nothing of this kind is seen. Pure.
Diagnostics judge_programs(const Scenario& scenario, const Evidence& evidence);

// The process that a traced client had started and that kept its connection open, without a FIN or
// RST of it, until it was killed behind the client's own end; none: there is no such.
std::optional<std::int64_t> find_client_holder(const Evidence& evidence, const std::string& actor);
std::string held_message(const std::string& actor);

// Where the program asked last by a call that is not for the server's port; nothing where one is,
// and none has failed.
std::optional<Endpoint> find_other_target(std::span<const SocketCall> calls,
                                          const std::string& actor, std::uint16_t port);

// "the client", "the server", else the actor's name: how a sentence speaks of it.
std::string party_words(const std::string& actor);

}  // namespace wireproof
