// The numeric contract: what every result's bits are promised by.
#pragma once

#include <cstdint>

namespace lstmetrics {

// The version of the numeric contract; raised when any result bit may change. Digests include it,
// so that two jobs with equal digests have computed the same thing in the same way.
inline constexpr std::uint16_t kContractVersion = 1;

}  // namespace lstmetrics
