// TokenLoss as a Python class.
#include "border/tokens.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "border/buffer.hpp"
#include "border/losses.hpp"
#include "core/reading.hpp"
#include "core/registrations.hpp"
#include "lstmetrics/metrics/formulas/intervals.hpp"
#include "lstmetrics/metrics/formulas/losses.hpp"
#include "lstmetrics/metrics/token_loss.hpp"

namespace lstmetrics::border {
namespace {

using metrics::TokenLoss;
namespace formulas = metrics::formulas;
using TokenState = metrics::Guarded<TokenLoss>;

void update_logits(TokenState& self, const py::object& logits, const py::object& targets,
                   const py::object& mask, const py::object& sample_weight, bool log_probabilities,
                   const py::object& ignore_index, std::int64_t characters, std::int64_t bytes) {
  const TokenArrays arrays(logits.ptr(), targets.ptr(), mask.ptr(), sample_weight.ptr());
  metrics::TokenOptions options = arrays.options(log_probabilities, ignore_index.ptr());
  options.characters = characters;
  options.bytes = bytes;
  without_gil([&] {
    self.write(
        [&](TokenLoss& state) { state.update_logits(arrays.matrix(), arrays.targets(), options); });
  });
}

void update_nll(TokenState& self, const py::object& nll, const py::object& mask,
                const py::object& sample_weight, const py::object& correct, std::int64_t characters,
                std::int64_t bytes) {
  const Buffer buffer(nll.ptr(), "nll");
  const Column column = buffer.column();
  const OptionalColumn masked(mask.ptr(), "mask");
  const OptionalColumn weights(sample_weight.ptr(), "sample_weight");
  const OptionalColumn right(correct.ptr(), "correct");
  const metrics::NllOptions options{masked.get(), weights.get(), right.get(), characters, bytes};
  without_gil([&] { self.write([&](TokenLoss& state) { state.update_nll(column, options); }); });
}

std::vector<std::pair<std::int64_t, double>> top_k_accuracies(const TokenState& self) {
  return read(self, [](const TokenLoss& state) {
    std::vector<std::pair<std::int64_t, double>> all;
    const metrics::TokenSums& sums = state.result();
    for (std::size_t i = 0; i < sums.top.size(); ++i) {
      all.emplace_back(sums.top[i].k, formulas::top_k_accuracy(sums, i));
    }
    return all;
  });
}

using BoundsOf = formulas::Bounds (*)(const metrics::TokenSums&, double);

// A method that gives the bounds of a metric: (low, high).
auto bounds_of(BoundsOf bounds) {
  return [bounds](const TokenState& self, double level) {
    const auto found =
        read(self, [&](const TokenLoss& state) { return bounds(state.result(), level); });
    return std::pair(found.low, found.high);
  };
}

// For each k counted: k and the bounds.
std::vector<std::pair<std::int64_t, std::pair<double, double>>> top_k_bounds(const TokenState& self,
                                                                             double level) {
  return read(self, [level](const TokenLoss& state) {
    std::vector<std::pair<std::int64_t, std::pair<double, double>>> all;
    const metrics::TokenSums& sums = state.result();
    for (std::size_t i = 0; i < sums.top.size(); ++i) {
      const auto bounds = formulas::top_k_accuracy_bounds(sums, i, level);
      all.emplace_back(sums.top[i].k, std::pair(bounds.low, bounds.high));
    }
    return all;
  });
}

template <class F>
auto of_tokens(F f) {
  return formula<TokenLoss>([f](const TokenLoss& state) { return f(state.result()); });
}

}  // namespace

void register_tokens(py::module_& module) {
  using metrics::TokenSums;
  auto type = register_accumulator<TokenLoss>(module, "TokenLoss",
                                              "The exact loss of a language model over tokens.");
  type.def(py::init([](std::vector<std::int64_t> top_k) {
             return std::make_unique<TokenState>(TokenLoss(std::move(top_k)));
           }),
           py::arg("top_k"))
      .def("update_logits", &update_logits, py::arg("logits"), py::arg("targets"), py::arg("mask"),
           py::arg("sample_weight"), py::arg("log_probabilities"), py::arg("ignore_index"),
           py::arg("characters"), py::arg("bytes"))
      .def("update_nll", &update_nll, py::arg("nll"), py::arg("mask"), py::arg("sample_weight"),
           py::arg("correct"), py::arg("characters"), py::arg("bytes"))
      .def_property_readonly("top_k",
                             formula<TokenLoss>([](const TokenLoss& s) { return s.top_k(); }))
      .def_property_readonly("tokens",
                             formula<TokenLoss>([](const TokenLoss& s) { return s.tokens(); }))
      .def_property_readonly("characters",
                             of_tokens([](const TokenSums& s) { return s.characters; }))
      .def_property_readonly("bytes", of_tokens([](const TokenSums& s) { return s.bytes; }))
      .def("cross_entropy", of_tokens(&formulas::cross_entropy))
      .def("perplexity", of_tokens(&formulas::perplexity))
      .def("bits_per_token", of_tokens(&formulas::bits_per_token))
      .def("bits_per_character", of_tokens(&formulas::bits_per_character))
      .def("bits_per_byte", of_tokens(&formulas::bits_per_byte))
      .def("total", of_tokens([](const TokenSums& s) { return formulas::total_loss(s.nll); }))
      .def("standard_error",
           of_tokens([](const TokenSums& s) { return formulas::mean_loss_standard_error(s.nll); }))
      .def("token_accuracy", of_tokens(&formulas::token_accuracy))
      .def("top_k_accuracies", &top_k_accuracies)
      .def("cross_entropy_bounds", bounds_of(&formulas::cross_entropy_bounds), py::arg("level"))
      .def("perplexity_bounds", bounds_of(&formulas::perplexity_bounds), py::arg("level"))
      .def("bits_per_token_bounds", bounds_of(&formulas::bits_per_token_bounds), py::arg("level"))
      .def("bits_per_character_bounds", bounds_of(&formulas::bits_per_character_bounds),
           py::arg("level"))
      .def("bits_per_byte_bounds", bounds_of(&formulas::bits_per_byte_bounds), py::arg("level"))
      .def("token_accuracy_bounds", bounds_of(&formulas::token_accuracy_bounds), py::arg("level"))
      .def("top_k_bounds", &top_k_bounds, py::arg("level"));
}

}  // namespace lstmetrics::border
