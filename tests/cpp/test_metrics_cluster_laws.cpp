// The laws of the states of clusters, and what load() refuses of them.
#include <array>

#include "lstmetrics/metrics/clustered_counts.hpp"
#include "lstmetrics/metrics/clustered_losses.hpp"
#include "test_metrics_inputs.hpp"
#include "test_metrics_laws.hpp"

using namespace laws;

namespace {

LabelColumn part(const std::vector<std::int64_t>& values, std::size_t begin, std::size_t end,
                 std::string_view name) {
  return {inputs::slice(inputs::column(values), begin, end), nullptr, name};
}

struct CountLaws {
  using State = ClusteredCounts;
  struct Batch {
    std::vector<std::int64_t> ids, y_true, a, b;
    std::size_t size() const { return ids.size(); }
  };
  static Batch random(Random& random, std::size_t n) {
    Batch batch;
    for (std::size_t i = 0; i < n; ++i) {
      batch.ids.push_back(static_cast<std::int64_t>(random() % 11) * 5 - 20);
      for (auto* column : {&batch.y_true, &batch.a, &batch.b}) {
        column->push_back(static_cast<std::int64_t>(random() % 3) - 1);
      }
    }
    return batch;
  }
  static void spoil(Batch& batch) { batch.a.back() = 21; }
};

struct OneModel : CountLaws {
  static constexpr const char* kName = "ClusteredCounts, declared";
  static State make() { return State(1, LabelSet(inputs::integers({-1, 0, 1}))); }
  static State make_other() { return State(1, LabelSet(inputs::integers({-1, 0, 1, 2}))); }
  static void update(State& state, const Batch& batch, std::size_t begin, std::size_t end) {
    const std::array predictions{part(batch.a, begin, end, "a")};
    state.update(part(batch.ids, begin, end, "ids"), part(batch.y_true, begin, end, "t"),
                 predictions);
  }
  static void update_spoiled(State& state, const Batch& batch) {
    update(state, batch, 0, batch.size());
  }
};

struct TwoModels : CountLaws {
  static constexpr const char* kName = "ClusteredCounts of two models, discovered";
  static State make() { return State(2); }
  static State make_other() { return State(1); }
  static void update(State& state, const Batch& batch, std::size_t begin, std::size_t end) {
    const std::array predictions{part(batch.a, begin, end, "a"), part(batch.b, begin, end, "b")};
    state.update(part(batch.ids, begin, end, "ids"), part(batch.y_true, begin, end, "t"),
                 predictions);
  }
  static void update_spoiled(State& state, const Batch& batch) {
    const std::array predictions{part(batch.a, 0, batch.size(), "a"),
                                 part(batch.b, 1, batch.size(), "b")};
    state.update(part(batch.ids, 0, batch.size(), "ids"), part(batch.y_true, 0, batch.size(), "t"),
                 predictions);
  }
};

struct Losses {
  static constexpr const char* kName = "ClusteredLosses";
  using State = ClusteredLosses;
  struct Batch {
    std::vector<std::int64_t> ids;
    std::vector<double> a, b, weights;
    std::size_t size() const { return ids.size(); }
  };
  static State make() { return State(2); }
  static State make_other() { return State(1); }
  static Batch random(Random& random, std::size_t n) {
    Batch batch{{}, {}, {}, random_weights(random, n)};
    for (std::size_t i = 0; i < n; ++i) {
      batch.ids.push_back(static_cast<std::int64_t>(random() % 7) - 3);
      batch.a.push_back((uniform(random) - 0.5) * 1e300);
      batch.b.push_back(uniform(random) * 1e-300);
    }
    return batch;
  }
  static void update(State& state, const Batch& batch, std::size_t begin, std::size_t end) {
    const std::array losses{inputs::slice(inputs::column(batch.a), begin, end),
                            inputs::slice(inputs::column(batch.b), begin, end)};
    const Column weights = inputs::slice(inputs::column(batch.weights), begin, end);
    state.update(part(batch.ids, begin, end, "ids"), losses, &weights);
  }
  static void spoil(Batch& batch) { batch.weights.back() = -1; }
  static void update_spoiled(State& state, const Batch& batch) {
    update(state, batch, 0, batch.size());
  }
};

[[maybe_unused]] const bool kAdded = add_all_laws<OneModel, TwoModels, Losses>();

CASE("clusters without samples, and models of other samples, are refused") {
  const auto counts = [](std::int64_t second) {
    Writer writer;
    writer.u8(2);
    writer.u8(0);
    LabelSet(inputs::integers({5})).save(writer);
    LabelSet(inputs::integers({0})).save(writer);
    for (const std::int64_t count : {std::int64_t{3}, second}) {
      writer.u64(1);
      for (int axis = 0; axis < 3; ++axis) writer.u32(0);
      writer.i64(count);
    }
    return writer.take();
  };
  const std::string good = counts(3);
  Reader reader(good);
  CHECK(ClusteredCounts::load(reader, 1).samples() == 3);
  const std::string bad = counts(4);
  Reader other(bad);
  CHECK_THROWS(ClusteredCounts::load(other, 1), FormatError);

  Writer losses;
  losses.u8(1);
  LabelSet(inputs::integers({5})).save(losses);
  ClusterSums().total.save(losses);
  ClusterSums().loss[0].save(losses);
  const std::string empty = losses.take();
  Reader third(empty);
  CHECK_THROWS(ClusteredLosses::load(third, 1), FormatError);
}

}  // namespace
