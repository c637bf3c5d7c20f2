// States that are made of states by name, such as one for each group: how their bytes lie.
//
// Payload: the parameters, then the members by ascending name: its name, and the bytes of the state
// as they stand alone. A digest goes over the digests of the members, so that it depends on what
// they hold and not on how they are written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/accumulator.hpp"

namespace lstmetrics::metrics {

struct Member {
  std::string name;
  std::string content;  // the bytes of a state; its digest when a digest is made
};

struct Composite {
  std::string parameters;
  std::vector<Member> members;
};

// `members` in any order. InvalidValue for two of one name.
LSTMETRICS_API std::string composite_bytes(Tag tag, Composite composite);
// FormatError for all that composite_bytes would not have written, and for members that are no
// bytes of a state; what kind of state they are is for the caller to judge.
LSTMETRICS_API Composite open_composite(Tag tag, std::string_view bytes);
LSTMETRICS_API std::string composite_digest_payload(Tag tag, Composite composite);

}  // namespace lstmetrics::metrics
