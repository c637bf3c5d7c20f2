#include <limits>
#include <string>
#include <vector>

#include "check.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "test_metrics_inputs.hpp"

using namespace lstmetrics;
using namespace lstmetrics::metrics;
using inputs::integers;
using inputs::texts;

namespace {

ConfusionCounts counted(const LabelColumn& y_true, const LabelColumn& y_pred) {
  ConfusionCounts state;
  state.update(y_true, y_pred);
  return state;
}

template <class T>
ConfusionCounts counted(const std::vector<T>& y_true, const std::vector<T>& y_pred) {
  return counted(inputs::labels(y_true, "y_true"), inputs::labels(y_pred, "y_pred"));
}

}  // namespace

CASE("labels: a set is sorted, unique and typed") {
  const LabelSet numbers(integers({5, -1, 5, 3}));
  CHECK(numbers.integers() == std::vector<std::int64_t>({-1, 3, 5}));
  CHECK_EQUAL(numbers.index_of(std::int64_t{3}), 1);
  CHECK_EQUAL(numbers.index_of(std::int64_t{4}), kAbsent);
  CHECK_EQUAL(numbers.index_of("3"), kAbsent);
  // By UTF-8 bytes, which is by code point: Z < a < ß < € < 😀.
  const LabelSet words(texts({"😀", "a", "€", "ß", "Z"}));
  CHECK(words.texts() == std::vector<std::string>({"Z", "a", "ß", "€", "😀"}));
  CHECK_EQUAL(words.names(), "['Z', 'a', 'ß', '€', '😀']");
  CHECK(LabelSet(texts({})).kind() == LabelKind::none);
}

CASE("labels: union, inclusion and selection") {
  const LabelSet a(integers({1, 2}));
  const LabelSet b(integers({2, 3}));
  CHECK(a.united(b) == LabelSet(integers({1, 2, 3})));
  CHECK(a.united(LabelSet()) == a && LabelSet().united(a) == a);
  CHECK(a.includes(LabelSet()) && a.united(b).includes(a) && !a.includes(b));
  CHECK(a.select(integers({2, 9, 2, 1})) == std::vector<std::ptrdiff_t>({1, kAbsent, 1, 0}));
  CHECK(a.select(texts({"1"})) == std::vector<std::ptrdiff_t>({kAbsent}));
  CHECK(a.positions_in(a.united(b)) == std::vector<std::uint32_t>({0, 1}));
  CHECK_THROWS_SAYING(a.united(LabelSet(texts({"x"}))), InvalidType,
                      "mix of integers [1, 2] and text ['x']");
}

CASE("labels: text must be UTF-8") {
  CHECK_THROWS_SAYING(LabelSet(texts({"good", "\xC3"})), InvalidValue, "UTF-8");
  CHECK_THROWS(LabelSet(texts({"\xED\xA0\x80"})), InvalidValue);      // a surrogate
  CHECK_THROWS(LabelSet(texts({"\xC0\x80"})), InvalidValue);          // overlong
  CHECK_THROWS(LabelSet(texts({"\xF4\x90\x80\x80"})), InvalidValue);  // above U+10FFFF
}

CASE("labels: every dtype and stride counts alike") {
  const std::vector<std::int64_t> y_true = {0, 1, 2, 2, 1, 0, 5};
  const std::vector<std::int64_t> y_pred = {0, 2, 2, 1, 1, 5, 5};
  const ConfusionCounts expected = counted(y_true, y_pred);
  const auto same_as = [&]<class T>(T) {
    const std::vector<T> t(y_true.begin(), y_true.end());
    const std::vector<T> p(y_pred.begin(), y_pred.end());
    CHECK(counted(t, p) == expected);
    // Backwards, by a negative stride.
    const auto reversed = [](Column column) {
      column.data += static_cast<std::ptrdiff_t>(column.size - 1) * column.stride;
      column.stride = -column.stride;
      return column;
    };
    CHECK(counted({reversed(inputs::column(t)), nullptr, "t"},
                  {reversed(inputs::column(p)), nullptr, "p"}) == expected);
  };
  same_as(std::int8_t{});
  same_as(std::int32_t{});
  same_as(std::uint64_t{});
  same_as(float{});
  same_as(double{});
}

CASE("labels: any spread of integers counts alike") {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::int64_t least = std::numeric_limits<std::int64_t>::min();
  const ConfusionCounts far = counted<std::int64_t>({least, 0, most, most}, {least, most, most, 0});
  CHECK(far.labels() == LabelSet(integers({least, 0, most})));
  CHECK(far.matrix_counts() == std::vector<std::int64_t>({1, 0, 0, 0, 0, 1, 0, 1, 1}));
  // A table that must grow both ways, and then give up, between blocks.
  std::vector<std::int64_t> labels(10'000, 3);
  labels[3000] = -40;
  labels[6000] = 900;
  ConfusionCounts grown = counted(labels, labels);
  CHECK(grown.matrix_counts() == std::vector<std::int64_t>({1, 0, 0, 0, 9998, 0, 0, 0, 1}));
  labels[9000] = most;
  grown = counted(labels, labels);
  CHECK_EQUAL(grown.labels().size(), 4u);
  CHECK_EQUAL(grown.samples(), 10'000);
}

CASE("labels: values that are no labels are refused with their place") {
  const std::vector<double> halves = {1.0, 2.0, 0.5};
  CHECK_THROWS_SAYING(counted(halves, halves), InvalidValue,
                      "y_true[2] is 0.5: continuous values are not labels");
  const std::vector<double> nan = {1.0, std::numeric_limits<double>::quiet_NaN()};
  CHECK_THROWS_SAYING(counted({1.0, 2.0}, nan), InvalidValue, "y_pred[1] is NaN");
  CHECK_THROWS_SAYING(counted<double>({0x1p63}, {1.0}), InvalidValue, "y_true[0]");
  const std::vector<std::uint64_t> big = {1, 1ull << 63};
  CHECK_THROWS_SAYING(counted(big, big), InvalidValue, "y_true[1] is 9223372036854775808");
}

CASE("labels: fixed-width text, its padding and its limits") {
  const inputs::WideColumn y_true({U"spam", U"ham", U"", U"h\u00e4m"}, 6);
  const inputs::WideColumn y_pred({U"spam", U"spam", U"", U"ham"}, 4);
  const ConfusionCounts state =
      counted({y_true.column(), nullptr, "y_true"}, {y_pred.column(), nullptr, "y_pred"});
  CHECK(state.labels() == LabelSet(texts({"", "ham", "häm", "spam"})));
  CHECK(state.matrix_counts() ==
        std::vector<std::int64_t>({1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1}));
  const inputs::WideColumn surrogate({U"ok", std::u32string(1, char32_t{0xD800})}, 2);
  CHECK_THROWS_SAYING(
      counted({surrogate.column(), nullptr, "y_true"}, {surrogate.column(), nullptr, "p"}),
      InvalidValue, "y_true[1] is not Unicode text");
}

CASE("labels: dictionaries, repeated entries and missing codes") {
  const LabelList colours = texts({"red", "green", "red", "unused"});
  const std::vector<std::int8_t> t = {0, 1, 2};
  const std::vector<std::int8_t> p = {2, 1, 1};
  const ConfusionCounts state =
      counted({inputs::column(t), &colours, "y_true"}, {inputs::column(p), &colours, "y_pred"});
  CHECK(state.labels() == LabelSet(texts({"green", "red"})));
  CHECK(state.matrix_counts() == std::vector<std::int64_t>({1, 0, 1, 1}));
  const std::vector<std::int8_t> missing = {0, -1, 1};
  CHECK_THROWS_SAYING(counted({inputs::column(t), &colours, "y_true"},
                              {inputs::column(missing), &colours, "y_pred"}),
                      InvalidValue, "y_pred[1] has no label");
}

CASE("labels: text and integers do not mix, lengths must agree") {
  const LabelList words = texts({"a", "b"});
  const std::vector<std::int64_t> numbers = {0, 1};
  CHECK_THROWS_SAYING(
      counted({inputs::column(numbers), &words, "y_true"}, inputs::labels(numbers, "y_pred")),
      InvalidType, "y_true holds text ['a', 'b'] but y_pred holds integers [0, 1]");
  ConfusionCounts state = counted(numbers, numbers);
  const std::string before = to_bytes(state);
  CHECK_THROWS(
      state.update({inputs::column(numbers), &words, "t"}, {inputs::column(numbers), &words, "p"}),
      InvalidType);
  CHECK_THROWS_SAYING(
      counted<std::int64_t>({0, 1, 1}, {0, 1}), ShapeError,
      "Found input variables with inconsistent numbers of samples: [3, 2] (y_true, y_pred)");
  CHECK(to_bytes(state) == before);
}
