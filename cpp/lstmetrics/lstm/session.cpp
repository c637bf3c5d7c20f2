#include "lstmetrics/lstm/session.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/kernels/token_nll.hpp"
#include "lstmetrics/lstm/run_parts.hpp"
#include "lstmetrics/lstm/schedule.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"
#include "lstmetrics/runtime/team.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

namespace lstmetrics::lstm {
namespace {

// Positions whose logits are held at once, in 4 MB where that is in between: the weights of a large
// vocabulary come from memory once for all of them.
constexpr std::size_t kLogitFloats = 1024 * 1024;
constexpr std::size_t kLeastPositions = 32;
constexpr std::size_t kMostPositions = 256;
// Steps whose hidden states are held at once.
constexpr std::size_t kWindowSteps = 512;
// Rows that fill the register tiles; with more, projections would leave the nearer caches.
constexpr std::size_t kBlockRows = 32;
// Rows times steps of a block of sequences: values of every step are held for some layers.
constexpr std::size_t kBlockCost = kBlockRows * 512;

// Recurrent weights so large that threads with a row or two each would only wait for them: read by
// panels, each thread its own, they come once for all rows.
constexpr std::size_t kWideWeights = 256 * 1024;

// Logits whose losses several threads share.
constexpr std::size_t kLeastSharedLogits = 16 * 1024;

// The losses of one window: its trunk's output against targets of the same rows and steps.
class WindowLosses {
 public:
  WindowLosses(const Graph& graph, const kernels::Table& table, const Input& inputs,
               const std::int64_t* targets, std::optional<std::int64_t> ignore_index,
               const TokenLosses& out)
      : graph_(graph),
        table_(table),
        inputs_(inputs),
        targets_(targets),
        ignore_index_(ignore_index),
        out_(out),
        vocabulary_(graph.output_shape().features) {}

  void run(const Block& trunk, const Window& window, Workspace& workspace) const {
    AlignedBuffer<float>& logits = workspace.logits;
    const std::size_t positions = trunk.rows * trunk.steps;
    const std::size_t stride = graph_.logits_stride();
    const std::size_t most =
        std::min(positions, std::clamp(kLogitFloats / stride, kLeastPositions, kMostPositions));
    logits.resize_at_least(most * stride);
    for (std::size_t from = 0; from < positions;) {
      if (!counts(trunk, from)) {
        skip(place_of(trunk, window, from++));
        continue;
      }
      const std::size_t count = together(trunk, from, std::min(most, positions - from));
      for (std::size_t i = from; i < from + count; ++i) check_target(trunk, window, i);
      graph_.logits(table_, workspace, trunk, from, count, logits.data());
      const auto part = [&](runtime::Member& member) {
        const auto [first, last] = member.share(count);
        for (std::size_t i = first; i < last; ++i) {
          position(trunk, window, from + i, logits.data() + i * stride);
        }
      };
      workspace.team->run(part, count * vocabulary_ >= kLeastSharedLogits);
      from += count;
    }
  }

 private:
  static bool counts(const Block& trunk, std::size_t i) {
    return trunk.mask == nullptr || trunk.mask[i] != 0;
  }
  // Of `most` positions those before the first padding, and kLeastPositions if there are so many.
  static std::size_t together(const Block& trunk, std::size_t from, std::size_t most) {
    std::size_t count = std::min(most, kLeastPositions);
    while (count < most && counts(trunk, from + count)) ++count;
    return count;
  }
  std::size_t place_of(const Block& trunk, const Window& window, std::size_t i) const {
    return window.rows[i / trunk.steps] * inputs_.steps + window.begin + i % trunk.steps;
  }
  void skip(std::size_t place) const {
    out_.loss[place] = 0.0;
    out_.counted[place] = 0;
    out_.correct[place] = 0;
  }
  bool judged(const Block& trunk, std::size_t i, std::int64_t target) const {
    return counts(trunk, i) && !(ignore_index_ && target == *ignore_index_);
  }
  void check_target(const Block& trunk, const Window& window, std::size_t i) const {
    const std::size_t place = place_of(trunk, window, i);
    const std::int64_t target = targets_[place];
    if (!judged(trunk, i, target)) return;
    if (static_cast<std::uint64_t>(target) >= vocabulary_) refuse_target(place);
  }
  void position(const Block& trunk, const Window& window, std::size_t i,
                const float* logits) const {
    const std::size_t place = place_of(trunk, window, i);
    const std::int64_t target = targets_[place];
    if (!judged(trunk, i, target)) return skip(place);
    out_.counted[place] = 1;
    const auto index = static_cast<std::size_t>(target);
    out_.loss[place] = kernels::token_nll(table_, logits, vocabulary_, index);
    out_.correct[place] = table_.argmax_f32(logits, vocabulary_) == index ? 1 : 0;
  }

  [[noreturn]] void refuse_target(std::size_t place) const {
    throw InvalidValue(
        "targets: id " + std::to_string(targets_[place]) + " at row " +
        std::to_string(place / inputs_.steps) + ", step " + std::to_string(place % inputs_.steps) +
        " is outside the model's " + std::to_string(vocabulary_) + " outputs (0 to " +
        std::to_string(vocabulary_ - 1) + "); mark positions without a target by ignore_index");
  }

  const Graph& graph_;
  const kernels::Table& table_;
  const Input& inputs_;
  const std::int64_t* targets_;
  std::optional<std::int64_t> ignore_index_;
  const TokenLosses& out_;
  std::size_t vocabulary_;
};

}  // namespace

// A workspace borrowed for the length of a block.
class Session::Lease {
 public:
  Lease(const Session& session, runtime::Team& team, std::size_t positions) : session_(session) {
    const std::lock_guard lock(session.mutex_);
    if (!session.free_.empty()) {
      workspace_ = std::move(session.free_.back());
      session.free_.pop_back();
    }
    if (workspace_ == nullptr) workspace_ = std::make_unique<Workspace>();
    workspace_->team = &team;
    workspace_->positions = positions;
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    const std::lock_guard lock(session_.mutex_);
    session_.free_.push_back(std::move(workspace_));
  }
  Workspace& operator*() const noexcept { return *workspace_; }

 private:
  const Session& session_;
  std::unique_ptr<Workspace> workspace_;
};

Session::Session(std::shared_ptr<const Graph> graph) : graph_(std::move(graph)) {}

template <class Task>
void Session::each_block(std::size_t blocks, std::size_t positions, const Task& task) const {
  const auto run_block = [&](std::size_t block, runtime::Team& team) {
    const Lease lease(*this, team, positions);
    task(*lease, block);
  };
  lstm::for_blocks(blocks, positions * graph_->work_of_step(), run_block);
}

// No more rows together than asked for, and no fewer blocks than threads, unless these had better
// share the units of all rows.
std::size_t Session::rows_together(std::size_t rows, std::size_t positions,
                                   std::size_t batch_size) const {
  if (batch_size == 0) throw InvalidValue("batch_size must be at least 1, got 0");
  const std::size_t threads = runtime::num_threads();
  const bool share_units = graph_->recurrent_weights() >= kWideWeights && rows <= 2 * threads &&
                           positions * graph_->work_of_step() >= kLeastForHelpers &&
                           runtime::helpers_are_welcome();
  const std::size_t share = share_units ? rows : (rows + threads - 1) / threads;
  return std::min({batch_size, share, kBlockRows});
}

template <class Task>
void Session::for_blocks(std::span<const Input> inputs, std::size_t batch_size,
                         const Task& task) const {
  const std::size_t rows = inputs[0].rows;
  const std::size_t positions = rows * inputs[0].steps;
  const std::size_t together = rows_together(rows, positions, batch_size);
  if (rows == 0) return;
  // Rows of like length together; the longest blocks first, so that threads end about together.
  std::vector<std::size_t> order;
  if (rows > together) order = by_length(inputs);
  each_block((rows + together - 1) / together, positions,
             [&](Workspace& workspace, std::size_t block) {
               const std::size_t first = block * together;
               task(workspace, BlockRows{first, std::min(together, rows - first),
                                         order.empty() ? nullptr : order.data()});
             });
}

void Session::run(std::span<const Input> inputs, std::size_t batch_size,
                  const InitialStates& initial, std::span<float* const> values,
                  const FinalStates& final_states) const {
  runtime::enter([&] {
    check_inputs(*graph_, inputs);
    const kernels::Table& table = kernels::table();
    for_blocks(inputs, batch_size, [&](Workspace& workspace, const BlockRows& rows) {
      load_states(*graph_, initial, rows, workspace);
      make_blocks(inputs, {rows, 0, kAllSteps}, workspace);
      graph_->run(table, workspace.given, workspace);
      for (std::size_t i = 0; i < values.size(); ++i) {
        copy_values(graph_->output(workspace, i), rows, values[i]);
      }
      store_states(*graph_, workspace, rows, final_states);
    });
  });
}

void Session::run_sequences(const Input& sequences, std::size_t batch_size,
                            std::span<const SequenceValues> values) const {
  runtime::enter([&] {
    if (check_inputs(*graph_, {&sequences, 1}) == 0) return;
    const kernels::Table& table = kernels::table();
    const std::size_t last = sequences.rows - 1;
    const std::size_t positions = sequences.position(last, sequences.steps_of(last));
    const Plan plan = plan_blocks({sequences.lengths, sequences.rows},
                                  rows_together(sequences.rows, positions, batch_size), kBlockCost);
    each_block(plan.blocks(), positions, [&](Workspace& workspace, std::size_t block) {
      const BlockRows rows = plan.rows(block);
      const auto longest = static_cast<std::size_t>(sequences.lengths[rows[0]]);
      load_states(*graph_, {}, rows, workspace);
      make_blocks({&sequences, 1}, {rows, 0, longest}, workspace);
      graph_->run(table, workspace.given, workspace);
      for (std::size_t i = 0; i < values.size(); ++i) {
        copy_sequences(graph_->output(workspace, i), rows, values[i]);
      }
    });
  });
}

void Session::token_losses(const Input& input, const std::int64_t* targets,
                           std::optional<std::int64_t> ignore_index, std::size_t batch_size,
                           const InitialStates& initial, const TokenLosses& out,
                           const FinalStates& final_states) const {
  graph_->expect_language_model();
  runtime::enter([&] {
    check_inputs(*graph_, {&input, 1});
    const kernels::Table& table = kernels::table();
    const WindowLosses losses(*graph_, table, input, targets, ignore_index, out);
    // A causal model carries its state from window to window: bounded memory, the same bits.
    const std::size_t window_steps =
        graph_->is_causal() ? kWindowSteps : std::max<std::size_t>(input.steps, 1);
    for_blocks({&input, 1}, batch_size, [&](Workspace& workspace, const BlockRows& rows) {
      load_states(*graph_, initial, rows, workspace);
      for (std::size_t begin = 0; begin < input.steps; begin += window_steps) {
        const Window window{rows, begin, std::min(begin + window_steps, input.steps)};
        make_blocks({&input, 1}, window, workspace);
        losses.run(graph_->run_trunk(table, workspace.given, workspace), window, workspace);
      }
      store_states(*graph_, workspace, rows, final_states);
    });
  });
}

}  // namespace lstmetrics::lstm
