#include "border/elementwise.hpp"

#include <algorithm>
#include <string>

#include "border/buffer.hpp"
#include "border/errors.hpp"
#include "border/gil.hpp"
#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/kernels/token_nll.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/numeric/exact_sum.hpp"
#include "lstmetrics/numeric/normal.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {
namespace {

using kernels::LogSum;
using kernels::Table;

struct Kernels {
  const char* name;
  void (*f32)(const float*, float*, std::size_t) noexcept;
  void (*f64)(const double*, double*, std::size_t) noexcept;
};

// A function of one number as a kernel.
template <double (*kFunction)(double)>
void each(const double* x, double* y, std::size_t n) noexcept {
  for (std::size_t i = 0; i < n; ++i) y[i] = kFunction(x[i]);
}

Kernels kernels_of(Verb verb, const Table& table) {
  switch (verb) {
    case Verb::exp:
      return {"exp", table.exp_f32, table.exp_f64};
    case Verb::log:
      return {"log", nullptr, table.log_f64};
    case Verb::sigmoid:
      return {"sigmoid", table.sigmoid_f32, nullptr};
    case Verb::tanh:
      return {"tanh", table.tanh_f32, nullptr};
    case Verb::erf:
      return {"erf", nullptr, each<numeric::erf>};
    case Verb::erfc:
      return {"erfc", nullptr, each<numeric::erfc>};
    case Verb::normal_cdf:
      return {"normal_cdf", nullptr, each<numeric::normal_cdf>};
    case Verb::normal_quantile:
      return {"normal_quantile", nullptr, each<numeric::normal_quantile>};
  }
  throw InvalidValue("unknown verb");
}

[[noreturn]] void refuse(const char* name, const char* wanted) {
  throw InvalidType(std::string(name) + ": expected a contiguous array of " + wanted);
}

// An array and where its result goes: contiguous.
class Pair {
 public:
  Pair(PyObject* in, PyObject* out, const char* name)
      : in_(in, "x"), out_(out, "out", Access::write) {
    if (!in_.is_contiguous() || !out_.is_contiguous()) refuse(name, "floats");
  }
  std::size_t items() const noexcept { return in_.items(); }
  DType dtype() const noexcept { return in_.dtype(); }
  void expect_out(DType dtype, std::size_t items, const char* name) const {
    if (out_.dtype() != dtype || out_.items() != items) refuse(name, "matching outputs");
  }
  template <class T>
  const T* in() const noexcept {
    return static_cast<const T*>(in_.data());
  }
  template <class T>
  T* out() const noexcept {
    return static_cast<T*>(out_.data());
  }

 private:
  Buffer in_;
  Buffer out_;
};

template <class F>
void run(const Pair& pair, F&& f) {
  unlocked(pair.items(), [&] { runtime::enter(f); });
}

// f(row) for each row, when there is anything in it.
template <class F>
void for_rows(const Pair& pair, std::size_t row, F&& f) {
  if (row == 0) return;
  run(pair, [&] {
    for (std::size_t begin = 0; begin < pair.items(); begin += row) f(begin);
  });
}

}  // namespace

void apply(Verb verb, PyObject* in, PyObject* out) {
  const Kernels kernels = kernels_of(verb, kernels::table());
  const Pair pair(in, out, kernels.name);
  pair.expect_out(pair.dtype(), pair.items(), kernels.name);
  if (pair.dtype() == DType::float32 && kernels.f32 != nullptr) {
    run(pair, [&] { kernels.f32(pair.in<float>(), pair.out<float>(), pair.items()); });
  } else if (pair.dtype() == DType::float64 && kernels.f64 != nullptr) {
    run(pair, [&] { kernels.f64(pair.in<double>(), pair.out<double>(), pair.items()); });
  } else {
    refuse(kernels.name, kernels.f64 == nullptr   ? "float32"
                         : kernels.f32 == nullptr ? "float64"
                                                  : "float32 or float64");
  }
}

void softmax(PyObject* in, PyObject* out, std::size_t row) {
  const Table& table = kernels::table();
  const Pair pair(in, out, "softmax");
  pair.expect_out(pair.dtype(), pair.items(), "softmax");
  if (pair.dtype() == DType::float32) {
    for_rows(pair, row, [&](std::size_t begin) {
      table.softmax_f32(pair.in<float>() + begin, pair.out<float>() + begin, row);
    });
  } else if (pair.dtype() == DType::float64) {
    for_rows(pair, row, [&](std::size_t begin) {
      table.softmax_f64(pair.in<double>() + begin, pair.out<double>() + begin, row);
    });
  } else {
    refuse("softmax", "float32 or float64");
  }
}

void log_sum_exp(PyObject* in, PyObject* out, std::size_t row) {
  const Table& table = kernels::table();
  const Pair pair(in, out, "log_sum_exp");
  pair.expect_out(DType::float64, row == 0 ? 0 : pair.items() / row, "log_sum_exp");
  // What a token with a logit of 0 would lose.
  const auto finish = [&](std::size_t begin, LogSum sums) {
    pair.out<double>()[begin / row] = kernels::finish_token_nll(table, sums, 0.0);
  };
  if (pair.dtype() == DType::float32) {
    for_rows(pair, row, [&](std::size_t begin) {
      finish(begin, table.log_sum_exp_f32(pair.in<float>() + begin, row));
    });
  } else if (pair.dtype() == DType::float64) {
    for_rows(pair, row, [&](std::size_t begin) {
      finish(begin, table.log_sum_exp_f64(pair.in<double>() + begin, row));
    });
  } else {
    refuse("log_sum_exp", "float32 or float64");
  }
}

double exact_sum(PyObject* values) {
  const Buffer buffer(values, "values");
  const Column column = buffer.column();
  const auto compute = [&] {
    numeric::ExactSum sum;
    metrics::DoubleReader reader(column, "values");
    for (std::size_t begin = 0; begin < column.size; begin += metrics::kBlock) {
      const std::size_t n = std::min(metrics::kBlock, column.size - begin);
      sum.add_all(reader.block(begin, n), n);
    }
    return sum.value();
  };
  return unlocked(column.size, [&] { return runtime::enter(compute); });
}

}  // namespace lstmetrics::border
