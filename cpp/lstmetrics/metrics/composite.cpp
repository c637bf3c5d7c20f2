#include "lstmetrics/metrics/composite.hpp"

#include <algorithm>
#include <utility>

#include "lstmetrics/base/error.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kLeastMember = 4 + 8;  // two lengths

void write(Writer& writer, Composite& composite) {
  std::ranges::sort(composite.members, {}, &Member::name);
  const auto twin = std::ranges::adjacent_find(composite.members, {}, &Member::name);
  if (twin != composite.members.end()) throw InvalidValue("two states have the same name");
  writer.text(composite.parameters);
  writer.u64(composite.members.size());
  for (const Member& member : composite.members) {
    writer.text(member.name);
    writer.u64(member.content.size());
    writer.raw(member.content);
  }
}

}  // namespace

std::string composite_bytes(Tag tag, Composite composite) {
  Writer payload;
  write(payload, composite);
  return detail::seal(static_cast<std::uint16_t>(tag), kVersion, payload.take());
}

Composite open_composite(Tag tag, std::string_view bytes) {
  const auto number = static_cast<std::uint16_t>(tag);
  const detail::Opened opened = detail::open(bytes, number, kVersion, state_name(number));
  Reader reader(opened.payload);
  Composite composite;
  composite.parameters = reader.text();
  const std::size_t members = reader.count(kLeastMember);
  composite.members.reserve(members);
  for (std::size_t i = 0; i < members; ++i) {
    Member member;
    member.name = reader.text();
    member.content = reader.raw(reader.count(1));
    if (i > 0 && member.name <= composite.members.back().name) {
      throw FormatError(std::string(state_name(number)) + ": states out of order");
    }
    peek_tag(member.content);
    composite.members.push_back(std::move(member));
  }
  reader.expect_end();
  return composite;
}

std::string composite_digest_payload(Tag tag, Composite composite) {
  Writer writer;
  writer.u16(kContractVersion);
  writer.u16(static_cast<std::uint16_t>(tag));
  write(writer, composite);
  return writer.take();
}

}  // namespace lstmetrics::metrics
