// The errors of the core. Each class stands for one Python exception of `lstmetrics.errors`;
// messages name the argument, what was expected, what came, and what to do.
#pragma once

#include <exception>
#include <string>

#include "lstmetrics/base/export.hpp"

namespace lstmetrics {

class LSTMETRICS_API Error : public std::exception {
 public:
  explicit Error(std::string message);
  ~Error() override;  // the key function: one type_info, in the core
  const char* what() const noexcept override;

 private:
  std::string message_;
};

#define LSTMETRICS_DECLARE_ERROR(name, parent) \
  class LSTMETRICS_API name : public parent {  \
   public:                                     \
    using parent::parent;                      \
    ~name() override;                          \
  }

LSTMETRICS_DECLARE_ERROR(InvalidType, Error);         // a wrong kind of thing (TypeError)
LSTMETRICS_DECLARE_ERROR(InvalidValue, Error);        // a value that cannot be used (ValueError)
LSTMETRICS_DECLARE_ERROR(ShapeError, InvalidValue);   // dimensions or lengths that do not fit
LSTMETRICS_DECLARE_ERROR(FormatError, InvalidValue);  // bytes or a file that are not what they say
LSTMETRICS_DECLARE_ERROR(MergeError, InvalidValue);   // states whose parameters differ
LSTMETRICS_DECLARE_ERROR(UnsupportedError, InvalidValue);  // understood, and refused by name
LSTMETRICS_DECLARE_ERROR(IsaError, InvalidValue);       // an instruction set that is not to be had
LSTMETRICS_DECLARE_ERROR(CountOverflow, InvalidValue);  // a count that no longer fits 64 bits

#undef LSTMETRICS_DECLARE_ERROR

}  // namespace lstmetrics
