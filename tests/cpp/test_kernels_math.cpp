// Accuracy and special values of the elementary functions. All float inputs are in exhaustive/.
#include "test_kernels_inputs.hpp"

using namespace kernel_cases;

namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr double kInf64 = std::numeric_limits<double>::infinity();

// |got - exact| in units in the last place of T at `exact`.
template <class T, class Wide>
double ulp_error(T got, Wide exact) {
  using Limits = std::numeric_limits<T>;
  if (bits(got) == bits(static_cast<T>(exact))) return 0.0;
  if (!std::isfinite(got)) got = std::copysign(Limits::max(), got);
  int exponent = 0;
  std::frexp(exact, &exponent);
  exponent = std::max(exponent, Limits::min_exponent) - Limits::digits;
  return static_cast<double>(std::ldexp(std::fabs(static_cast<Wide>(got) - exact), -exponent));
}

template <class T, class Wide, class Function, class Exact>
void check_accuracy(Function function, Exact exact, T low, T high, double bound) {
  std::uniform_real_distribution<T> uniform(low, high);
  std::vector<T> x(1 << 16);
  for (T& value : x) value = uniform(generator());
  on_every_level([&](const Table& table) {
    std::vector<T> y(x.size());
    (table.*function)(x.data(), y.data(), x.size());
    double worst = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      worst = std::max(worst, ulp_error<T, Wide>(y[i], exact(static_cast<Wide>(x[i]))));
    }
    if (worst > bound) check::fail(table.name + std::string(": ulp error ") + check::show(worst));
  });
}

double exact_sigmoid(double x) {
  return x < 0 ? std::exp(x) / (1.0 + std::exp(x)) : 1.0 / (1.0 + std::exp(-x));
}

template <class T, class Function>
void check_values(Function function, std::vector<std::pair<T, T>> pairs) {
  on_every_level([&](const Table& table) {
    for (const auto& [x, expected] : pairs) {
      T y = 7;
      (table.*function)(&x, &y, 1);
      if (bits(y) != bits(expected)) {
        check::fail(table.name + std::string(": f(") + check::show(x) + ") = " + check::show(y) +
                    ", not " + check::show(expected));
      }
    }
  });
}

}  // namespace

CASE("kernel math: float functions are within 2 ulp") {
  const auto exp64 = [](double x) { return std::exp(x); };
  const auto tanh64 = [](double x) { return std::tanh(x); };
  for (float reach : {1e-3F, 0.5F, 4.0F, 12.0F, 110.0F}) {
    check_accuracy<float, double>(&Table::exp_f32, exp64, -reach, reach, 2.0);
    check_accuracy<float, double>(&Table::sigmoid_f32, exact_sigmoid, -reach, reach, 2.0);
    check_accuracy<float, double>(&Table::tanh_f32, tanh64, -reach, reach, 2.0);
  }
}

CASE("kernel math: double exp is within 1 ulp") {
  const auto exact = [](long double x) { return std::exp(x); };
  for (double reach : {1e-6, 0.3, 1.0, 40.0, 709.0, 745.0}) {
    check_accuracy<double, long double>(&Table::exp_f64, exact, -reach, reach, 1.0);
  }
}

CASE("kernel math: double log is within 1 ulp") {
  const auto exact = [](long double x) { return std::log(x); };
  check_accuracy<double, long double>(&Table::log_f64, exact, 0.5, 2.0, 1.0);
  check_accuracy<double, long double>(&Table::log_f64, exact, 0.99, 1.01, 1.0);
  check_accuracy<double, long double>(&Table::log_f64, exact, 0.0, 1e-300, 1.0);
  check_accuracy<double, long double>(&Table::log_f64, exact, 0.0, 0x1p-1022, 1.0);
  check_accuracy<double, long double>(&Table::log_f64, exact, 0.0, 1e308, 1.0);
}

CASE("kernel math: special values of exp") {
  check_values<float>(&Table::exp_f32, {{0.0F, 1.0F},
                                        {-0.0F, 1.0F},
                                        {kInf, kInf},
                                        {-kInf, 0.0F},
                                        {89.0F, kInf},
                                        {3e38F, kInf},
                                        {-104.0F, 0.0F},
                                        {-103.9F, 0x1p-149F},
                                        {-3e38F, 0.0F},
                                        {0x1p-149F, 1.0F},
                                        {-std::nanf("0x123"), std::nanf("")}});
  check_values<double>(&Table::exp_f64, {{0.0, 1.0},
                                         {-0.0, 1.0},
                                         {kInf64, kInf64},
                                         {-kInf64, 0.0},
                                         {710.0, kInf64},
                                         {1e308, kInf64},
                                         {-746.0, 0.0},
                                         {-745.0, 0x1p-1074},
                                         {-1e308, 0.0},
                                         {-std::nan("0x123"), std::nan("")}});
}

CASE("kernel math: special values of sigmoid and tanh") {
  check_values<float>(&Table::sigmoid_f32, {{0.0F, 0.5F},
                                            {-0.0F, 0.5F},
                                            {kInf, 1.0F},
                                            {40.0F, 1.0F},
                                            {-kInf, 0.0F},
                                            {-200.0F, 0.0F},
                                            {-103.9F, 0x1p-149F},
                                            {-std::nanf("0x123"), std::nanf("")}});
  check_values<float>(&Table::tanh_f32, {{0.0F, 0.0F},
                                         {-0.0F, -0.0F},
                                         {kInf, 1.0F},
                                         {-kInf, -1.0F},
                                         {20.0F, 1.0F},
                                         {-20.0F, -1.0F},
                                         {0x1p-149F, 0x1p-149F},
                                         {-0x1p-149F, -0x1p-149F},
                                         {0x1.8p-127F, 0x1.8p-127F},
                                         {-std::nanf("0x123"), std::nanf("")}});
}

CASE("kernel math: special values of log") {
  check_values<double>(&Table::log_f64, {{1.0, 0.0},
                                         {0.0, -kInf64},
                                         {-0.0, -kInf64},
                                         {-0x1p-1074, std::nan("")},
                                         {-1.0, std::nan("")},
                                         {-kInf64, std::nan("")},
                                         {kInf64, kInf64},
                                         {0x1p1023, 0x1.628b76e3a7b61p+9},
                                         {0x1p-1074, -0x1.74385446d71c3p+9},
                                         {-std::nan("0x123"), std::nan("")}});
}

CASE("kernel math: activations by their definitions") {
  const auto check_one = [](Activation activation, float x, float expected) {
    on_every_level([&](const Table& table) {
      float y = 7;
      table.activate_f32({activation, 0.3F, 0.7F}, &x, &y, 1);
      CHECK_EQUAL(bits(y), bits(expected));
    });
  };
  for (float x : {-4.0F, -3.0F, -2.75F, -1.0F, -0.0F, 0.0F, 0.3F, 1.0F, 2.75F, 3.0F, 9.0F}) {
    check_one(Activation::linear, x, x);
    check_one(Activation::relu, x, x > 0 ? x : 0.0F);
    check_one(Activation::hard_sigmoid, x, std::min(1.0F, std::max(0.0F, x / 6.0F + 0.5F)));
    check_one(Activation::hard_sigmoid_02, x, std::min(1.0F, std::max(0.0F, x * 0.2F + 0.5F)));
  }
  const float nan = -std::nanf("0x123");
  for (int activation = 0; activation < lstmetrics::kernels::kActivations; ++activation) {
    check_one(static_cast<Activation>(activation), nan, std::nanf(""));
  }
}
