// Every entry of the table gives the same bits on every level, and touches nothing it should not.
#include "test_kernels_inputs.hpp"

using namespace kernel_cases;
using lstmetrics::kernels::LogSum;

namespace {

template <class T>
using Elementwise = void (*)(const T*, T*, std::size_t) noexcept;

// Out of place at the wall, in place, and off alignment: one answer.
template <class T, class Call>
std::vector<T> called_in_all_ways(const std::vector<T>& x, Call call) {
  Walled<T> in(x);
  Walled<T> out(std::vector<T>(x.size(), T(7)));
  call(in.data(), out.data(), x.size());
  CHECK(in.front_is_whole() && out.front_is_whole());
  const std::vector<T> answer = out.values();
  const auto same_as_answer = [&](const T* y) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (bits(y[i]) != bits(answer[i])) return false;
    }
    return true;
  };
  call(in.data(), in.data(), x.size());
  CHECK(same_as_answer(in.data()));
  std::vector<T> shifted(x.size() + 3, T(7));
  for (std::size_t i = 0; i < x.size(); ++i) shifted[i + 1] = x[i];
  call(shifted.data() + 1, shifted.data() + 1, x.size());
  CHECK(same_as_answer(shifted.data() + 1));
  CHECK(shifted.front() == T(7) && shifted.back() == T(7) && shifted[x.size() + 1] == T(7));
  return answer;
}

template <class T, class Call>
void check_elementwise(Call call) {
  for (Kind kind : all_kinds()) {
    for (std::size_t n : lengths()) {
      const std::vector<T> x = numbers<T>(n, kind);
      check_equal_bits([&](const Table& table, Bits& result) {
        const std::vector<T> y = called_in_all_ways(
            x, [&](const T* from, T* to, std::size_t count) { call(table, from, to, count); });
        for (T value : y) CHECK(!std::isnan(value) || bits(value) == bits(T(std::nanf(""))));
        result.add_all(y);
      });
    }
  }
}

template <class T>
void check_function(Elementwise<T> Table::* function) {
  check_elementwise<T>(
      [=](const Table& table, const T* x, T* y, std::size_t n) { (table.*function)(x, y, n); });
}

template <class T, class Call>
void check_reduction(Call call) {
  for (Kind kind : all_kinds()) {
    for (std::size_t n : lengths()) {
      const std::vector<T> values = numbers<T>(n, kind);
      check_equal_bits([&](const Table& table, Bits& result) {
        Walled<T> x(values);
        call(table, x.data(), n, result);
      });
    }
  }
}

}  // namespace

CASE("kernel levels: exp of float") { check_function<float>(&Table::exp_f32); }
CASE("kernel levels: sigmoid of float") { check_function<float>(&Table::sigmoid_f32); }
CASE("kernel levels: tanh of float") { check_function<float>(&Table::tanh_f32); }
CASE("kernel levels: exp of double") { check_function<double>(&Table::exp_f64); }
CASE("kernel levels: log of double") { check_function<double>(&Table::log_f64); }
CASE("kernel levels: softmax of float") { check_function<float>(&Table::softmax_f32); }
CASE("kernel levels: softmax of double") { check_function<double>(&Table::softmax_f64); }

CASE("kernel levels: activations") {
  for (int kind = 0; kind < lstmetrics::kernels::kActivations; ++kind) {
    const auto activation = static_cast<Activation>(kind);
    check_elementwise<float>([=](const Table& table, const float* x, float* y, std::size_t n) {
      table.activate_f32({activation, 0.3F, 0.7F}, x, y, n);
    });
  }
}

CASE("kernel levels: reductions over float") {
  check_reduction<float>([](const Table& table, const float* x, std::size_t n, Bits& result) {
    result.add(table.sum_f32(x, n));
    result.add(table.max_f32(x, n));
    result.add(table.argmax_f32(x, n));
    const LogSum log_sum = table.log_sum_exp_f32(x, n);
    result.add(log_sum.max);
    result.add(log_sum.sum);
  });
}

CASE("kernel levels: reductions over double") {
  check_reduction<double>([](const Table& table, const double* x, std::size_t n, Bits& result) {
    result.add(table.sum_f64(x, n));
    result.add(table.max_f64(x, n));
    result.add(table.argmax_f64(x, n));
    const LogSum log_sum = table.log_sum_exp_f64(x, n);
    result.add(log_sum.max);
    result.add(log_sum.sum);
  });
}

CASE("kernel levels: combining log-sums") {
  const std::vector<double> nasty = nasty_values<double>();
  check_equal_bits([&](const Table& table, Bits& result) {
    for (double left : nasty) {
      for (double right : nasty) {
        const LogSum sum = table.combine_log_sums({left, 1.5}, {right, 2.5});
        result.add(sum.max);
        result.add(sum.sum);
      }
    }
  });
}

CASE("kernel levels: a million bit patterns") {
  for (int round = 0; round < 16; ++round) {
    const std::vector<float> x = numbers<float>(1 << 16, Kind::any_bits);
    const std::vector<double> wide = numbers<double>(1 << 12, Kind::any_bits);
    check_equal_bits([&](const Table& table, Bits& result) {
      std::vector<float> y(x.size());
      for (auto function : {table.exp_f32, table.sigmoid_f32, table.tanh_f32}) {
        function(x.data(), y.data(), x.size());
        result.add_all(y);
      }
      std::vector<double> z(wide.size());
      for (auto function : {table.exp_f64, table.log_f64}) {
        function(wide.data(), z.data(), wide.size());
        result.add_all(z);
      }
    });
  }
}

CASE("kernel levels: the name of the table is that of the level") {
  on_every_level([](const Table& table) {
    CHECK_EQUAL(std::string(table.name), lstmetrics::runtime::current_isa().name);
  });
}
