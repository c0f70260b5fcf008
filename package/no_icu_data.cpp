// A libicudata without data, in place of 31 MB: what wireproof asks of ICU, upper case and the
// properties of characters, is in libicuuc itself. ICU's own stubdata is the same: the head of a
// "common data" file (udata.h, UDataInfo) and an empty table of contents behind it.
#include <cstdint>

struct NoData {
  std::uint16_t head_size = 32;  // bytes before the table of contents, a multiple of 16
  std::uint8_t magic[2] = {0xda, 0x27};
  std::uint16_t info_size = 20;
  std::uint16_t reserved = 0;
  std::uint8_t is_big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
  std::uint8_t character_set = 0;  // ASCII
  std::uint8_t character_size = 2;
  std::uint8_t padding = 0;
  std::uint8_t format[4] = {'C', 'm', 'n', 'D'};
  std::uint8_t format_version[4] = {1, 0, 0, 0};
  std::uint8_t data_version[4] = {0, 0, 0, 0};
  std::uint8_t rest_of_head[8] = {};
  std::uint32_t entries = 0;
};

extern "C" {
// icudt72_dat of ICU 72
extern const NoData WIREPROOF_ICU_DATA __attribute__((visibility("default")));
const NoData WIREPROOF_ICU_DATA{};
}
