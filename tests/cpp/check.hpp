// The test frame, all of it: no framework for C++ can be had from PyPI.
//
//   CASE("bytes: a number comes back") { CHECK_EQUAL(read(write(7)), 7); }
//
// A failed check throws, which ends its case. Cases made by programs (one per type of a list, say)
// are registered with check::add.
#pragma once

#include <algorithm>
#include <concepts>
#include <exception>
#include <functional>
#include <iomanip>
#include <limits>
#include <source_location>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace check {

struct Case {
  std::string name;
  std::string file;  // without its folder
  std::function<void()> run;
};

// In the order of registration: by file, and within a file from top to bottom.
inline std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

inline bool add(std::string name, std::function<void()> run,
                std::source_location where = std::source_location::current()) {
  const std::string_view path = where.file_name();
  cases().push_back(
      {std::move(name), std::string(path.substr(path.find_last_of('/') + 1)), std::move(run)});
  return true;
}

// How this program was started (argv[0]), for cases that start it anew.
inline std::string& program() {
  static std::string path;
  return path;
}

class Failure : public std::exception {
 public:
  explicit Failure(std::string message) : message_(std::move(message)) {}
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

[[noreturn]] inline void fail(const std::string& message,
                              std::source_location where = std::source_location::current()) {
  throw Failure(std::string(where.file_name()) + ":" + std::to_string(where.line()) + ": " +
                message);
}

template <class T>
std::string show(const T& value) {
  std::ostringstream text;
  text << std::boolalpha;
  if constexpr (std::floating_point<T>) {
    text << std::setprecision(std::numeric_limits<T>::max_digits10) << value;
  } else if constexpr (std::is_enum_v<T>) {
    text << +static_cast<std::underlying_type_t<T>>(value);
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    text << std::quoted(std::string_view(value));
  } else if constexpr (requires { text << value; }) {
    text << value;
  } else {
    text << "<" << sizeof(T) << " bytes>";
  }
  return text.str();
}

template <class A, class B>
bool equal(const A& a, const B& b) {
  if constexpr (std::integral<A> && std::integral<B>) {
    return std::cmp_equal(+a, +b);  // -1 is never equal to an unsigned number
  } else {
    return a == b;
  }
}

template <class A, class B>
void check_equal(const A& a, const B& b, const char* expression,
                 std::source_location where = std::source_location::current()) {
  if (!equal(a, b)) fail(std::string(expression) + "\n  " + show(a) + "\n  " + show(b), where);
}

// What the exception being handled says.
inline std::string caught() {
  try {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

template <class Exception, class F>
void check_throws(F&& f, std::string_view part, const char* expression,
                  std::source_location where = std::source_location::current()) {
  std::string outcome = "threw nothing";
  try {
    f();
  } catch (const Exception& error) {
    if (std::string_view(error.what()).find(part) != std::string_view::npos) return;
    outcome = "does not say " + show(part) + ": " + error.what();
  } catch (...) {
    outcome = "threw another type: " + caught();
  }
  fail(std::string(expression) + " " + outcome, where);
}

}  // namespace check

#define CHECK_JOIN_(a, b) a##b
#define CHECK_CASE_(name, function)                                                                \
  static void function();                                                                          \
  [[maybe_unused]] static const bool CHECK_JOIN_(function, _added) = ::check::add(name, function); \
  static void function()
#define CHECK_NUMBERED_(name, number) CHECK_CASE_(name, CHECK_JOIN_(check_case_, number))

#define CASE(name) CHECK_NUMBERED_(name, __LINE__)
#define CHECK(...) \
  (static_cast<bool>(__VA_ARGS__) ? void() : ::check::fail("CHECK(" #__VA_ARGS__ ")"))
#define CHECK_EQUAL(a, ...) \
  ::check::check_equal(a, __VA_ARGS__, "CHECK_EQUAL(" #a ", " #__VA_ARGS__ ")")
#define CHECK_THROWS(expression, Type) CHECK_THROWS_SAYING(expression, Type, "")
#define CHECK_THROWS_SAYING(expression, Type, part)                         \
  ::check::check_throws<Type>([&] { static_cast<void>(expression); }, part, \
                              "CHECK_THROWS(" #expression ", " #Type ")")
