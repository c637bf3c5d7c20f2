#include "lstmetrics/lstm/recurrence.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace lstmetrics::lstm {
namespace {

// Steps that are planned, and taken, in one go: helpers come and go between such runs.
constexpr std::size_t kStepsTogether = 16;
// Multiply-adds of a step that several threads share: several times what it takes them to meet.
constexpr std::size_t kLeastShared = 48 * 1024;
// One row alone takes panels by two.
constexpr std::size_t kPanelsTogether = 2;

std::size_t padded(std::size_t size) { return panels_of(size) * kernels::kLanes; }

void clear_plan(Lane& lane, std::size_t rows) {
  lane.plan.clear();
  lane.active.clear();
  lane.shown.clear();
  // Steps hold spans of these.
  lane.active.reserve(kStepsTogether * rows);
  lane.shown.reserve(kStepsTogether * rows);
}

}  // namespace

void RecurrentState::reset(std::size_t rows, std::size_t outputs, std::size_t units) {
  hidden.resize_at_least(rows * padded(outputs));
  cell.resize_at_least(rows * padded(units));
  std::fill_n(hidden.data(), rows * padded(outputs), 0.0F);
  std::fill_n(cell.data(), rows * padded(units), 0.0F);
  started.assign(rows, 0);
}

void RecurrentState::reset_row(std::size_t row, std::size_t outputs, std::size_t units) {
  std::fill_n(hidden.data() + row * padded(outputs), padded(outputs), 0.0F);
  std::fill_n(cell.data() + row * padded(units), padded(units), 0.0F);
  started[row] = 0;
}

Recurrence::Recurrence(const LstmSpec& spec, std::size_t features, std::size_t slot,
                       Precision precision)
    : input_(spec, features, precision),
      recurrent_kernel_(spec.recurrent_kernel, spec.outputs(), spec.units, kGates, precision),
      units_(spec.units),
      outputs_(spec.outputs()),
      slot_(slot),
      activation_(spec.activation),
      recurrent_activation_(spec.recurrent_activation),
      output_activation_(spec.output_activation.value_or(spec.activation)),
      clip_(spec.clip),
      masked_output_(spec.masked_output),
      return_sequences_(spec.return_sequences),
      go_backwards_(spec.go_backwards),
      clear_empty_rows_(spec.clear_empty_rows) {
  if (spec.proj_size == 0) return;
  projection_ = PackedMatrix(spec.projection, spec.units, spec.proj_size, 1, precision);
  no_bias_ = AlignedBuffer<float>(projection_.row_size());
}

void Recurrence::run(const LayerRun& run, const Block& in, const Target& out) const {
  Workspace& workspace = run.workspace;
  const Course course = {run.table, *workspace.team, workspace.states[slot_], workspace.lane, in,
                         out};
  point_to_state(course);
  const InputProjection::Pass pass = {.table = run.table,
                                      .team = course.team,
                                      .projected = course.lane.projected,
                                      .quantized = course.lane.quantized,
                                      .in = in,
                                      .positions = workspace.positions,
                                      .backwards = go_backwards_};
  for (std::size_t done = 0; done < in.steps;) {
    const std::size_t count = input_.ready(pass, done);
    for (std::size_t i = 0; i < count;) {
      clear_plan(course.lane, in.rows);
      for (const std::size_t end = std::min(count, i + kStepsTogether); i < end; ++i) {
        const float* const* starts = pass.projected.starts.data() + i * in.rows;
        plan(course, pass.step(done + i), starts, i + 1 < count ? starts + in.rows : starts);
      }
      take_planned(course);
    }
    done += count;
  }
  bring_state_home(course);
  if (clear_empty_rows_) clear_empty_rows(course);
  if (!return_sequences_) write_last(course);
}

// Each row's hidden state has two places, which take turns; a row that skips a step stays where it
// is. With a projection the cell writes to memory of the lane, and the state has one place.
void Recurrence::point_to_state(const Course& course) const {
  const std::size_t outputs = padded(outputs_);
  const std::size_t units = padded(units_);
  Lane& lane = course.lane;
  const std::size_t rows = course.in.rows;
  lane.next.resize_at_least(rows * outputs);
  if (projects()) lane.projection.resize_at_least(rows * (units + outputs));
  lane.rows.resize(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    lane.rows[row] = {.hidden = course.state.hidden.data() + row * outputs,
                      .next = projects() ? lane.projection.data() + row * units
                                         : lane.next.data() + row * outputs,
                      .cell = course.state.cell.data() + row * units};
  }
}

void Recurrence::bring_state_home(const Course& course) const {
  const std::size_t outputs = padded(outputs_);
  float* home = course.state.hidden.data();
  for (const RowState& row : course.lane.rows) {
    if (row.hidden != home) std::memcpy(home, row.hidden, outputs * sizeof(float));
    home += outputs;
  }
}

void Recurrence::plan(const Course& course, std::size_t t, const float* const* starts,
                      const float* const* ahead) const {
  Lane& lane = course.lane;
  const std::size_t active = lane.active.size();
  for (std::size_t row = 0; row < course.in.rows; ++row) {
    if (starts[row] == nullptr) continue;
    RowState& place = lane.rows[row];
    lane.active.push_back({starts[row], place.hidden, place.cell, place.next,
                           ahead[row] != nullptr ? ahead[row] : starts[row]});
    course.state.started[row] = 1;
    if (!projects()) std::swap(place.hidden, place.next);
  }
  const std::size_t shown = lane.shown.size();
  if (return_sequences_) plan_output(course, t);
  lane.plan.push_back(
      {std::span(lane.active).subspan(active), std::span(lane.shown).subspan(shown)});
}

// What the rows show once the step has been taken.
void Recurrence::plan_output(const Course& course, std::size_t t) const {
  const auto& [block, offset, reversed] = course.out;
  for (std::size_t row = 0; row < course.in.rows; ++row) {
    const std::size_t steps = course.in.steps_of(row);
    const bool padding = t >= steps;
    const std::size_t place = reversed && !padding ? steps - 1 - t : t;
    bool shown = course.state.started[row] != 0;
    if (masked_output_ == MaskedOutput::zeros) shown = course.in.counts(row, t);
    if (masked_output_ == MaskedOutput::state) shown = shown || !padding;
    course.lane.shown.push_back(
        {shown ? course.lane.rows[row].hidden : nullptr, block.at(row, place) + offset});
  }
}

void Recurrence::take_planned(const Course& course) const {
  const std::vector<PlannedStep>& plan = course.lane.plan;
  course.lane.quantized.reserve(recurrent_kernel_.precision(), course.team.most(), course.in.rows,
                                std::max(units_, outputs_));
  const auto part = [&](runtime::Member& member) {
    for (const PlannedStep& step : plan) {
      take_step(course, step, member);
      if (&step != &plan.back()) member.meet();
    }
  };
  course.team.run(part, course.in.rows * outputs_ * units_ * kGates >= kLeastShared);
}

// What a member writes of the states, it alone reads until the members meet.
void Recurrence::take_step(const Course& course, const PlannedStep& step,
                           runtime::Member& member) const {
  if (!step.active.empty()) {
    const auto [first, last] = member.share(panels_of(units_), kPanelsTogether);
    course.table.lstm_step({.rows = step.active.data(),
                            .count = step.active.size(),
                            .depth = outputs_,
                            .weights = recurrent_kernel_.weights(),
                            .quantized = course.lane.quantized.of(member.index()),
                            .first_panel = first,
                            .end_panel = last,
                            .activation = activation_,
                            .recurrent_activation = recurrent_activation_,
                            .output_activation = output_activation_,
                            .clip = clip_});
    if (projects()) {
      member.meet();
      project_hidden(course, step, member);
    }
  }
  const auto panels = member.share(panels_of(outputs_), kPanelsTogether);
  for (const ShownState& row : step.shown) write(row.hidden, panels, row.target);
}

// From the lane's memory, where the cell has put the hidden states of rows that count. The other
// rows hold what was there; what is made of it goes nowhere.
void Recurrence::project_hidden(const Course& course, const PlannedStep& step,
                                runtime::Member& member) const {
  const std::size_t units = padded(units_);
  const std::size_t outputs = padded(outputs_);
  const float* whole = course.lane.projection.data();
  float* projected = course.lane.projection.data() + course.in.rows * units;
  const auto panels = member.share(panels_of(outputs_), kPanelsTogether);
  projection_.multiply(course.table, {panels.first, panels.last}, {whole, units, course.in.rows},
                       no_bias_.data(), 0, projected, outputs,
                       course.lane.quantized.of(member.index()));
  for (const kernels::LstmRow& row : step.active) {
    const auto number = static_cast<std::size_t>(row.next - whole) / units;
    float* hidden = course.state.hidden.data() + number * outputs;
    write(projected + number * outputs, panels, hidden);
  }
}

// Some panels of a hidden state, or zeros, without their padding.
void Recurrence::write(const float* hidden, runtime::Member::Share panels, float* target) const {
  const std::size_t begin = panels.first * kernels::kLanes;
  const std::size_t end = std::min(panels.last * kernels::kLanes, outputs_);
  if (begin >= end) return;
  if (hidden != nullptr) {
    std::memcpy(target + begin, hidden + begin, (end - begin) * sizeof(float));
  } else {
    std::fill_n(target + begin, end - begin, 0.0F);
  }
}

void Recurrence::write_last(const Course& course) const {
  for (std::size_t row = 0; row < course.out.block.rows; ++row) {
    const std::size_t steps = course.in.steps_of(row);
    bool shown = course.state.started[row] != 0;
    if (masked_output_ == MaskedOutput::zeros) {
      shown = steps != 0 && course.in.counts(row, go_backwards_ ? 0 : steps - 1);
    }
    if (masked_output_ == MaskedOutput::state) shown = steps != 0;
    const float* hidden = course.state.hidden.data() + row * padded(outputs_);
    write(shown ? hidden : nullptr, all_panels(), course.out.block.at(row, 0) + course.out.offset);
  }
}

void Recurrence::clear_empty_rows(const Course& course) const {
  for (std::size_t row = 0; row < course.in.rows; ++row) {
    if (course.in.steps_of(row) != 0) continue;
    std::fill_n(course.state.hidden.data() + row * padded(outputs_), outputs_, 0.0F);
    std::fill_n(course.state.cell.data() + row * padded(units_), units_, 0.0F);
  }
}

void Recurrence::start_from(Workspace& workspace, const Block& hidden, const Block& cell) const {
  RecurrentState& state = workspace.states[slot_];
  state.reset(hidden.rows, outputs_, units_);
  for (std::size_t row = 0; row < hidden.rows; ++row) {
    std::memcpy(state.hidden.data() + row * padded(outputs_), hidden.at(row, 0),
                outputs_ * sizeof(float));
    std::memcpy(state.cell.data() + row * padded(units_), cell.at(row, 0), units_ * sizeof(float));
  }
}

void Recurrence::give_state(const Workspace& workspace, const Block& hidden,
                            const Block& cell) const {
  const RecurrentState& state = workspace.states[slot_];
  for (std::size_t row = 0; row < hidden.rows; ++row) {
    write(state.hidden.data() + row * padded(outputs_), all_panels(), hidden.at(row, 0));
    std::memcpy(cell.at(row, 0), state.cell.data() + row * padded(units_), units_ * sizeof(float));
  }
}

}  // namespace lstmetrics::lstm
