#include "lstmetrics/metrics/accumulator.hpp"

#include "lstmetrics/base/error.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr std::string_view kMagic = "LSTMETRC";
constexpr std::uint16_t kContainerVersion = 1;
constexpr std::size_t kHeaderSize = 8 + 2 + 2 + 2 + 8;
constexpr std::size_t kCrcSize = 4;

struct Header {
  std::uint16_t tag;
  std::uint16_t version;
  std::string_view payload;
};

Header check(std::string_view bytes) {
  if (bytes.size() < kHeaderSize + kCrcSize) {
    throw FormatError("truncated bytes: a state takes at least " +
                      std::to_string(kHeaderSize + kCrcSize) + " bytes, got " +
                      std::to_string(bytes.size()));
  }
  Reader reader(bytes);
  if (reader.raw(kMagic.size()) != kMagic) {
    throw FormatError("not a state of lstmetrics: the first 8 bytes are not its mark");
  }
  const std::uint16_t container = reader.u16();
  if (container != kContainerVersion) {
    throw FormatError("container version " + std::to_string(container) +
                      " is unknown: this is version " + std::to_string(kContainerVersion) +
                      ", a newer lstmetrics may read it");
  }
  Header header{};
  header.tag = reader.u16();
  header.version = reader.u16();
  const std::uint64_t length = reader.u64();
  const std::size_t present = reader.left() - kCrcSize;
  if (length > present) {
    throw FormatError("truncated bytes: a payload of " + std::to_string(length) + " bytes, " +
                      std::to_string(present) + " left");
  }
  if (length < present) {
    throw FormatError(std::to_string(present - length) + " bytes too many at the end");
  }
  header.payload = reader.raw(static_cast<std::size_t>(length));
  if (reader.u32() != crc32c(bytes.substr(0, bytes.size() - kCrcSize))) {
    throw FormatError("corrupted bytes: the checksum does not match");
  }
  return header;
}

}  // namespace

std::string_view state_name(std::uint16_t tag) noexcept {
  switch (static_cast<Tag>(tag)) {
    case Tag::confusion_counts:
      return "ConfusionCounts";
    case Tag::loss_sum:
      return "LossSum";
    case Tag::token_loss:
      return "TokenLoss";
    case Tag::multilabel_counts:
      return "MultilabelCounts";
    case Tag::score_counts:
      return "ScoreCounts";
    case Tag::calibration_bins:
      return "CalibrationBins";
    case Tag::top_k_counts:
      return "TopKCounts";
    case Tag::entity_counts:
      return "EntityCounts";
    case Tag::paired_outcomes:
      return "PairedOutcomes";
    case Tag::paired_scores:
      return "PairedScores";
    case Tag::grouped:
      return "Grouped";
    case Tag::collection:
      return "Collection";
    case Tag::clustered_counts:
      return "ClusteredCounts";
    case Tag::clustered_losses:
      return "ClusteredLosses";
  }
  return "unknown";
}

std::uint16_t peek_tag(std::string_view bytes) { return check(bytes).tag; }

namespace detail {

std::string seal(std::uint16_t tag, std::uint16_t version, std::string payload) {
  Writer writer;
  writer.raw(kMagic);
  writer.u16(kContainerVersion);
  writer.u16(tag);
  writer.u16(version);
  writer.u64(payload.size());
  writer.raw(payload);
  writer.u32(crc32c(writer.bytes()));
  return writer.take();
}

Opened open(std::string_view bytes, std::uint16_t tag, std::uint16_t newest_version,
            std::string_view name) {
  const Header header = check(bytes);
  if (header.tag != tag) {
    throw FormatError("expected the bytes of a " + std::string(name) + ", got those of a " +
                      std::string(state_name(header.tag)) + " (tag " + std::to_string(header.tag) +
                      ")");
  }
  if (header.version == 0 || header.version > newest_version) {
    throw FormatError("version " + std::to_string(header.version) + " of " + std::string(name) +
                      " is unknown: this lstmetrics reads up to " + std::to_string(newest_version));
  }
  return {header.version, header.payload};
}

}  // namespace detail
}  // namespace lstmetrics::metrics
