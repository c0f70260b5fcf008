#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "corpus/tshark.h"
#include "packets/flow/connection_tracker.h"

namespace wireproof {

// What two programs call the segments of captures: by what wireproof and tshark say, the packets
// ("zeek/a.pcap #3"). "-" where one has no word.
using SegmentWords = std::map<std::pair<std::string, std::string>, std::vector<std::string>>;

// Compares what both say of a segment: what it is, whether bytes are missing before it, whether it
// acknowledges missing ones.
void add_words(SegmentWords& words, const TrackedSegment& segment, const TsharkRow& row,
               const std::string& packet);

// A line of tshark_words.txt: the words of both, how many segments of the corpus have them.
struct AcceptedWords {
  std::string ours;
  std::string theirs;
  std::size_t count = 0;
};
std::vector<AcceptedWords> read_accepted_words(const std::string& path);

// What is wrong with the words, one message each: pairs that are not accepted or whose number is
// another one.
std::vector<std::string> check_words(const SegmentWords& words,
                                     const std::vector<AcceptedWords>& accepted);

}  // namespace wireproof
