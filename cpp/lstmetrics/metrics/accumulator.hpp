// The one concept of all states, and the bytes they travel in.
//
// A state's default is the identity of merge; an update is all or nothing; merge is associative
// and commutative to the last bit, throws MergeError when the parameters differ, and then leaves
// both sides as they were; result() is pure. save() writes the canonical payload: equal states
// write equal bytes, however they came to be. load() refuses every payload that save() would not
// have written.
//
// Container: magic, container version u16, type tag u16, type version u16, payload length u64,
// payload, CRC-32C u32 of all that stands before it. All little-endian.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "lstmetrics/base/bytes.hpp"
#include "lstmetrics/base/contract.hpp"
#include "lstmetrics/base/export.hpp"

namespace lstmetrics::metrics {

template <class A>
concept Accumulator =
    std::copyable<A> && requires(A a, const A& other, Writer& writer, Reader& reader) {
      { A::kTag } -> std::convertible_to<std::uint16_t>;
      { A::kVersion } -> std::convertible_to<std::uint16_t>;
      { A::kName } -> std::convertible_to<std::string_view>;
      { a.merge(other) } -> std::same_as<void>;
      { other.result() };
      { other.blank() } -> std::same_as<A>;  // the same parameters, and nothing seen
      { other.save(writer) } -> std::same_as<void>;
      { A::load(reader, std::uint16_t{}) } -> std::same_as<A>;
      { other == other } -> std::same_as<bool>;
    };

// Tags are for ever: one per state, never used again.
enum class Tag : std::uint16_t {
  confusion_counts = 1,
  loss_sum = 2,
  token_loss = 3,
  multilabel_counts = 4,
  score_counts = 5,
  calibration_bins = 6,
  top_k_counts = 7,
  entity_counts = 8,
  paired_outcomes = 9,
  paired_scores = 10,
  grouped = 11,
  collection = 12,
  clustered_counts = 13,
  clustered_losses = 14,
};

namespace detail {
struct Opened {
  std::uint16_t version;
  std::string_view payload;
};
LSTMETRICS_API std::string seal(std::uint16_t tag, std::uint16_t version, std::string payload);
// Checks magic, versions, tag, length and CRC. FormatError says which one failed.
LSTMETRICS_API Opened open(std::string_view bytes, std::uint16_t tag, std::uint16_t newest_version,
                           std::string_view name);
}  // namespace detail

// The type tag of bytes made by to_bytes, after all checks that need no type. FormatError.
LSTMETRICS_API std::uint16_t peek_tag(std::string_view bytes);
// The name of a state by its tag, for messages; "unknown" when there is none.
LSTMETRICS_API std::string_view state_name(std::uint16_t tag) noexcept;

template <Accumulator A>
std::string to_bytes(const A& state) {
  Writer payload;
  state.save(payload);
  return detail::seal(A::kTag, A::kVersion, payload.take());
}

template <Accumulator A>
A from_bytes(std::string_view bytes) {
  const detail::Opened opened = detail::open(bytes, A::kTag, A::kVersion, A::kName);
  Reader reader(opened.payload);
  A state = A::load(reader, opened.version);
  reader.expect_end();
  return state;
}

// What a digest is taken over: the contract's version, the tag, and the payload. Not the version
// of the container, the type's format or the library: the same result keeps its digest.
template <Accumulator A>
std::string digest_payload(const A& state) {
  Writer writer;
  writer.u16(kContractVersion);
  writer.u16(A::kTag);
  state.save(writer);
  return writer.take();
}

}  // namespace lstmetrics::metrics
