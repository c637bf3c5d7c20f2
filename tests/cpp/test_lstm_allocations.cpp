// Once its memory has settled, a call of a session or a stream allocates nothing.
//
// Not under AddressSanitizer: its own operators tell whether all that is allocated is freed the
// same way, and other ones would take that from every case of this program.
#if !defined(__SANITIZE_ADDRESS__)
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "check.hpp"
#include "lstmetrics/base/aligned.hpp"
#include "lstmetrics/lstm/stream.hpp"
#include "test_lstm_models.hpp"

using namespace lstm_models;

namespace {

thread_local std::size_t allocations = 0;

void* counted(void* block) {
  if (block == nullptr) throw std::bad_alloc();
  ++allocations;
  return block;
}

// Of this thread, while something is done so many times.
template <class Call>
std::size_t allocations_of(std::size_t times, const Call& call) {
  const std::size_t before = allocations;
  for (std::size_t i = 0; i < times; ++i) call();
  return allocations - before;
}

}  // namespace

// All of this program's, the core's too. Inlined, they would look like a mismatch to the compiler.
[[gnu::noinline]] void* operator new(std::size_t size) {
  return counted(std::malloc(size == 0 ? 1 : size));
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto own = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(own, lstmetrics::round_up(size == 0 ? 1 : size, own)));
}
[[gnu::noinline]] void operator delete(void* block) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void* block, std::align_val_t) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
  std::free(block);
}

CASE("lstm: allocations are counted, the core's too") {
  CHECK_EQUAL(allocations_of(3, [] { const std::vector<int> one(1); }), std::size_t{3});
  CHECK(allocations_of(1, [] { session_of(classifier()); }) > 10);
}

CASE("lstm: a settled stream allocates nothing") {
  lstm::Stream stream(std::make_shared<const lstm::Graph>(language_model().spec), 1);
  const std::int64_t id = 3;
  lstm::Input input;
  input.rows = input.steps = 1;
  input.ids = &id;
  std::vector<float> result(kVocabulary);
  float* const values[] = {result.data()};
  const auto step = [&] { stream.step({&input, 1}, values); };
  allocations_of(3, step);
  CHECK_EQUAL(allocations_of(100, step), std::size_t{0});
}

CASE("lstm: a settled session allocates nothing for a row alone") {
  const lstm::Session session = session_of(classifier());
  const Batch batch(1, 7, 1);
  std::vector<float> result(3);
  float* const values[] = {result.data()};
  const auto run = [&] { session.run({&batch.inputs, 1}, 32, {}, values, {}); };
  allocations_of(3, run);
  CHECK_EQUAL(allocations_of(100, run), std::size_t{0});
}
#endif
