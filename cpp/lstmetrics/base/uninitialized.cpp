#include "lstmetrics/base/uninitialized.hpp"

#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace lstmetrics::detail {
namespace {

constexpr std::size_t kLargePage = std::size_t{1} << 21;

constexpr std::align_val_t alignment(std::size_t bytes) noexcept {
  return std::align_val_t{bytes >= 2 * kLargePage ? kLargePage : __STDCPP_DEFAULT_NEW_ALIGNMENT__};
}

}  // namespace

void* allocate_block(std::size_t bytes) {
  void* const block = ::operator new(bytes, alignment(bytes));
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  // Advice: where it is not taken, nothing is lost.
  if (bytes >= 2 * kLargePage) static_cast<void>(madvise(block, bytes, MADV_HUGEPAGE));
#endif
  return block;
}

void release_block(void* block, std::size_t bytes) noexcept {
  ::operator delete(block, alignment(bytes));
}

}  // namespace lstmetrics::detail
