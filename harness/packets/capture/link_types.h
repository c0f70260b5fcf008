#pragma once

#include "packets/wire/packet.h"

namespace wireproof {

// libpcap's DLT_ numbers of the link types that are read here.
LinkType link_type_of_dlt(int dlt);
// Not for LinkType::unsupported.
int dlt_of_link_type(LinkType link);

}  // namespace wireproof
