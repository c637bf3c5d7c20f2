// Scores per label and averaged, as the classes of states hand them over.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "border/classification.hpp"
#include "core/reading.hpp"
#include "lstmetrics/metrics/formulas/classification.hpp"
#include "lstmetrics/metrics/marginals.hpp"

namespace lstmetrics::border {

namespace formulas = metrics::formulas;

// Per label: precision, recall, F. Support. Their averages. Whether each was 0/0 somewhere.
using Scores = std::tuple<std::tuple<Floats, Floats, Floats>, Floats,
                          std::tuple<double, double, double>, std::tuple<bool, bool, bool>>;

inline Floats column_of(const std::vector<formulas::Prf>& entries, double formulas::Prf::* member) {
  Floats column(static_cast<py::ssize_t>(entries.size()));
  double* out = column.mutable_data();
  for (const formulas::Prf& entry : entries) *out++ = entry.*member;
  return column;
}

inline Scores scores_of(const formulas::PrfResult& result) {
  using formulas::Prf;
  const auto column = [&](double Prf::* member) { return column_of(result.entries, member); };
  const auto size = static_cast<py::ssize_t>(result.support.size());
  const Prf& average = result.average;
  return {{column(&Prf::precision), column(&Prf::recall), column(&Prf::f_score)},
          Floats(size, result.support.data()),
          {average.precision, average.recall, average.f_score},
          {result.precision_undefined, result.recall_undefined, result.f_score_undefined}};
}

// Two by two cells for each selected label, int64 unless weighted.
inline py::object against_rest(const metrics::Marginals& marginals,
                               const formulas::Selection& selection) {
  const auto size = static_cast<py::ssize_t>(selection.size());
  const py::array::ShapeContainer shape{size, py::ssize_t{2}, py::ssize_t{2}};
  py::object out = marginals.weighted ? py::object(py::array_t<double>(shape))
                                      : py::object(py::array_t<std::int64_t>(shape));
  write_against_rest(marginals, selection, out.ptr());
  return out;
}

}  // namespace lstmetrics::border
