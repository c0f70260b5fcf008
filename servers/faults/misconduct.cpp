#include "servers/faults/misconduct.h"

#include <fmt/format.h>

#include <iterator>
#include <stdexcept>
#include <utility>

#include "servers/faults/fault_tables.h"

namespace wireproof {
namespace {

[[noreturn]] void refuse(const ServerInfo& server, const std::string& kind,
                         const std::string& name) {
  throw std::invalid_argument(
      fmt::format("server {} has no {} `{}`; `wireproof servers {}` lists what it has", server.name,
                  kind, name, server.name));
}

}  // namespace

const std::vector<MessageFault>& message_faults() {
  static const std::vector<MessageFault> kAll = [] {
    std::vector<MessageFault> faults;
    for (const auto family : {reply_faults, field_faults, text_faults, boundary_faults,
                              input_faults, datagram_faults}) {
      std::vector<MessageFault> some = family();
      std::move(some.begin(), some.end(), std::back_inserter(faults));
    }
    return faults;
  }();
  return kAll;
}

std::vector<ServerFault> faults_of(const ServerInfo& server) {
  std::vector<ServerFault> faults;
  for (const ServingFault& entry : serving_faults()) {
    if (entry.applies(server)) faults.push_back(entry.fault);
  }
  for (const MessageFault& entry : message_faults()) {
    if (entry.applies(server)) faults.push_back(entry.fault);
  }
  return faults;
}

std::vector<ServerVariant> variants_of(const ServerInfo& server) {
  std::vector<ServerVariant> variants;
  for (const HarmlessVariant& entry : harmless_variants()) {
    if (entry.applies(server)) variants.push_back(entry.variant);
  }
  return variants;
}

Service with_fault(Service service, const ServerInfo& server, const std::string& fault) {
  if (fault.empty()) return service;
  for (const ServingFault& entry : serving_faults()) {
    if (entry.fault.name != fault || !entry.applies(server)) continue;
    entry.change(service, server);
    return service;
  }
  for (const MessageFault& entry : message_faults()) {
    if (entry.fault.name != fault || !entry.applies(server)) continue;
    return entry.wrap(std::move(service));
  }
  refuse(server, "fault", fault);
}

Service with_variant(Service service, const ServerInfo& server, const std::string& variant) {
  if (variant.empty()) return service;
  for (const HarmlessVariant& entry : harmless_variants()) {
    if (entry.variant.name != variant || !entry.applies(server)) continue;
    entry.change(service.conduct, server);
    return service;
  }
  refuse(server, "variant", variant);
}

}  // namespace wireproof
