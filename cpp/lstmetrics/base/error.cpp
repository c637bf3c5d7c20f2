#include "lstmetrics/base/error.hpp"

#include <utility>

namespace lstmetrics {

Error::Error(std::string message) : message_(std::move(message)) {}
Error::~Error() = default;
const char* Error::what() const noexcept { return message_.c_str(); }

InvalidType::~InvalidType() = default;
InvalidValue::~InvalidValue() = default;
ShapeError::~ShapeError() = default;
FormatError::~FormatError() = default;
MergeError::~MergeError() = default;
UnsupportedError::~UnsupportedError() = default;
IsaError::~IsaError() = default;
CountOverflow::~CountOverflow() = default;

}  // namespace lstmetrics
