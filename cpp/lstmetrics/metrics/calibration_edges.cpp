#include "lstmetrics/metrics/calibration_edges.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/probability_rows.hpp"
#include "lstmetrics/metrics/row_source.hpp"
#include "lstmetrics/metrics/strided.hpp"

namespace lstmetrics::metrics {
namespace {

// Puts what a sort would put there at each of the ascending `ranks`.
template <class T>
void select_ranks(T* values, std::size_t begin, std::size_t end, const std::size_t* ranks,
                  std::size_t count) {
  if (count == 0 || end - begin < 2) return;
  const std::size_t middle = count / 2;
  const std::size_t rank = ranks[middle];
  std::nth_element(values + begin, values + rank, values + end);
  select_ranks(values, begin, rank, ranks, middle);
  select_ranks(values, rank + 1, end, ranks + middle + 1, count - middle - 1);
}

// (n - 1) q for the quantiles q of the edges, as numpy comes to them: by way of percentages.
std::vector<double> virtual_ranks(std::size_t n, std::size_t bins) {
  std::vector<double> ranks = uniform_edges(bins);
  for (double& q : ranks) q = static_cast<double>(n - 1) * (q * 100 / 100);
  return ranks;
}

template <class T>
std::vector<double> quantiles(std::vector<T> values, std::size_t bins) {
  const std::size_t n = values.size();
  if (n == 0) throw InvalidValue("y_prob is empty: quantiles need at least one sample");
  std::vector<double> edges = virtual_ranks(n, bins);
  std::vector<std::size_t> ranks;
  for (const double rank : edges) {
    const auto below = std::min(static_cast<std::size_t>(rank), n - 1);
    ranks.insert(ranks.end(), {below, std::min(below + 1, n - 1)});
  }
  std::ranges::sort(ranks);
  ranks.erase(std::ranges::unique(ranks).begin(), ranks.end());
  select_ranks(values.data(), 0, n, ranks.data(), ranks.size());
  for (double& edge : edges) {
    const auto below = std::min(static_cast<std::size_t>(edge), n - 1);
    const T low = values[below];
    const T high = values[std::min(below + 1, n - 1)];
    const double t = edge - static_cast<double>(below);
    const auto step = static_cast<double>(static_cast<T>(high - low));
    edge =
        t < 0.5 ? static_cast<double>(low) + step * t : static_cast<double>(high) - step * (1 - t);
  }
  return edges;
}

}  // namespace

std::vector<double> uniform_edges(std::size_t bins) {
  if (bins == 0) throw InvalidValue("n_bins must be at least 1, got 0");
  std::vector<double> edges(bins + 1);
  const double step = 1.0 / static_cast<double>(bins);
  for (std::size_t i = 0; i < bins; ++i) edges[i] = static_cast<double>(i) * step;
  edges[bins] = 1.0;
  return edges;
}

std::vector<double> quantile_edges(const Column& probabilities, std::size_t bins) {
  check_numbers(probabilities.dtype, "y_prob");
  std::vector<double> edges;
  with_number(probabilities.dtype, [&](auto element) {
    using E = decltype(element);
    std::vector<Widened<E>> values(probabilities.size);
    for_each_item<E>(probabilities, 0, values.size(), [&](std::size_t i, auto value) {
      values[i] = static_cast<Widened<E>>(value);
    });
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i] != values[i]) throw InvalidValue(place("y_prob", i) + " is NaN");
    }
    edges = quantiles(std::move(values), bins);
  });
  return edges;
}

std::vector<double> quantile_edges_of_largest(const Matrix& probabilities, std::size_t bins) {
  const ProbabilityRows rows(probabilities);
  std::vector<double> largest(probabilities.rows);
  std::vector<std::uint32_t> columns(probabilities.rows);
  rows.largest(0, probabilities.rows, largest.data(), columns.data());
  if (probabilities.dtype != DType::float32) return quantiles(std::move(largest), bins);
  return quantiles(std::vector<float>(largest.begin(), largest.end()), bins);
}

BinEdges::BinEdges(std::vector<double> edges) : edges_(std::move(edges)) {
  if (edges_.size() < 2) throw InvalidValue("edges must be at least two numbers");
  if (edges_.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw InvalidValue("edges must be fewer than 2^32");
  }
  double previous = 0.0;
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    if (!(edges_[i] >= previous && edges_[i] <= 1)) {
      throw InvalidValue(place("edges", i) + " is " + number_text(edges_[i]) +
                         ": edges must go from 0 to 1 in ascending order");
    }
    edges_[i] += 0.0;  // no negative zero
    previous = edges_[i];
  }
  starts_.resize(kCells + 2);
  for (std::size_t i = 1; i + 1 < edges_.size(); ++i) {
    ++starts_[static_cast<std::size_t>(edges_[i] * kCells) + 1];
  }
  for (std::size_t cell = 1; cell < starts_.size(); ++cell) starts_[cell] += starts_[cell - 1];
}

}  // namespace lstmetrics::metrics
