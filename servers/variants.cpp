#include "servers/variants.h"

namespace wireproof {

const std::vector<HarmlessVariant>& harmless_variants() {
  static const std::vector<HarmlessVariant> variants;
  return variants;
}

}  // namespace wireproof
