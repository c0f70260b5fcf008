#pragma once

#include <string>

#include "packets/capture/pcap_file.h"
#include "packets/wire/unread.h"

namespace wireproof {

// "a.pcap is damaged at offset 420: a block has two different lengths"
std::string render_damage(const std::string& file, const CaptureDamage& damage);

// What of a file is not supported, in a line on standard error; nothing where all was read.
void print_unread(const std::string& file, const UnreadPackets& unread);

}  // namespace wireproof
