// The laws of scores by class, exact and bounded, of each task.
#include <limits>

#include "lstmetrics/metrics/score_counts.hpp"
#include "test_metrics_inputs.hpp"
#include "test_metrics_laws.hpp"

using namespace laws;

namespace {

template <ScoreTask kTask, std::uint64_t kMostPoints, bool kWeighted>
struct ScoreLaws {
  static constexpr const char* kName =
      kTask == ScoreTask::binary
          ? (kMostPoints == 0
                 ? (kWeighted ? "ScoreCounts, weighted" : "ScoreCounts")
                 : (kWeighted ? "ScoreCounts, bounded, weighted" : "ScoreCounts, bounded"))
          : (kTask == ScoreTask::multiclass ? "ScoreCounts, multiclass, bounded"
                                            : "ScoreCounts, multilabel");
  using State = ScoreCounts;
  static constexpr std::size_t kColumns = kTask == ScoreTask::binary ? 1 : 3;
  struct Batch {
    std::vector<std::int64_t> y_true;  // of an indicator, row by row
    std::vector<double> scores;
    std::vector<double> weights;
    std::size_t size() const { return weights.size(); }
  };

  static ScoreParameters parameters(std::uint64_t most_points) {
    ScoreParameters made = ScoreParameters::multilabel(kColumns);
    if (kTask == ScoreTask::binary) {
      made = ScoreParameters::binary(LabelSet(inputs::integers({0, 1})), 1);
    }
    if (kTask == ScoreTask::multiclass) {
      made = ScoreParameters::multiclass(LabelSet(inputs::integers({0, 1, 2})), true);
    }
    made.limits.max_points = most_points;
    return made;
  }
  static State make() { return State(parameters(kMostPoints)); }
  static State make_other() { return State(parameters(kMostPoints + 5)); }

  static double score(Random& random) {
    switch (random() % 8) {
      case 0:
        return 0.5;
      case 1:
        return -0.0;
      case 2:
        return std::numeric_limits<double>::denorm_min();
      case 3:
        return 1e300 * uniform(random);
      default:
        return uniform(random) - 0.25;
    }
  }
  static Batch random(Random& random, std::size_t n) {
    Batch batch{{}, {}, random_weights(random, n)};
    const std::size_t labels = kTask == ScoreTask::multilabel ? kColumns : 1;
    for (std::size_t i = 0; i < n * labels; ++i) {
      batch.y_true.push_back(
          static_cast<std::int64_t>(random() % (kTask == ScoreTask::multiclass ? 3 : 2)));
    }
    for (std::size_t i = 0; i < n * kColumns; ++i) batch.scores.push_back(score(random));
    return batch;
  }

  template <class T>
  static Matrix matrix(const std::vector<T>& values, DType dtype, std::size_t begin,
                       std::size_t end, std::size_t columns) {
    return {reinterpret_cast<const std::byte*>(values.data() + begin * columns),
            dtype,
            end - begin,
            columns,
            static_cast<std::ptrdiff_t>(columns * sizeof(T)),
            sizeof(T),
            sizeof(T)};
  }
  static void update(State& state, const Batch& batch, std::size_t begin, std::size_t end) {
    const Matrix scores = matrix(batch.scores, DType::float64, begin, end, kColumns);
    const Column weights = inputs::slice(inputs::column(batch.weights), begin, end);
    const Column* const given = kWeighted ? &weights : nullptr;
    if (kTask == ScoreTask::multilabel) {
      state.update(matrix(batch.y_true, DType::int64, begin, end, kColumns), scores, given);
    } else {
      const LabelColumn y_true{inputs::slice(inputs::column(batch.y_true), begin, end), nullptr,
                               "t"};
      state.update(y_true, scores, given);
    }
  }
  static void spoil(Batch& batch) {
    batch.scores.back() = std::numeric_limits<double>::quiet_NaN();
    batch.weights.back() = 1;
  }
  static void update_spoiled(State& state, const Batch& batch) {
    update(state, batch, 0, batch.size());
  }
};

[[maybe_unused]] const bool kAdded =
    add_all_laws<ScoreLaws<ScoreTask::binary, 0, false>, ScoreLaws<ScoreTask::binary, 0, true>,
                 ScoreLaws<ScoreTask::binary, 9, false>, ScoreLaws<ScoreTask::binary, 9, true>,
                 ScoreLaws<ScoreTask::multiclass, 9, false>,
                 ScoreLaws<ScoreTask::multilabel, 0, false>>();

}  // namespace
