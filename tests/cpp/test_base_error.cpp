#include <exception>
#include <string>

#include "check.hpp"
#include "lstmetrics/base/contract.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

namespace lm = lstmetrics;

namespace {

template <class Thrown>
void check_is_invalid_value() {
  CHECK_THROWS_SAYING(throw Thrown("told"), lm::InvalidValue, "told");
  CHECK_THROWS_SAYING(throw Thrown("told"), lm::Error, "told");
}

}  // namespace

CASE("error: the tree of classes") {
  check_is_invalid_value<lm::ShapeError>();
  check_is_invalid_value<lm::FormatError>();
  check_is_invalid_value<lm::MergeError>();
  check_is_invalid_value<lm::UnsupportedError>();
  check_is_invalid_value<lm::IsaError>();
  check_is_invalid_value<lm::CountOverflow>();
  CHECK_THROWS_SAYING(throw lm::InvalidType("told"), lm::Error, "told");
  CHECK(!(std::is_base_of_v<lm::InvalidValue, lm::InvalidType>));
}

CASE("error: an error of the core is caught outside of it, by its class") {
  CHECK_THROWS(lm::runtime::set_num_threads(0), lm::InvalidValue);
}

CASE("contract: the version of the numeric contract") { CHECK_EQUAL(lm::kContractVersion, 1); }
