// Unicode text as UTF-8. Internal to metrics/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lstmetrics::metrics {

// Well-formed UTF-8: no surrogates, no overlong forms, nothing above U+10FFFF.
bool is_utf8(std::string_view text) noexcept;
// Appends a code point; false for a surrogate or one above U+10FFFF.
bool append_utf8(std::string& text, std::uint32_t code_point);

}  // namespace lstmetrics::metrics
