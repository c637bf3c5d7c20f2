// Runs the cases:
//   lstmetrics_cases                 all of them; the last line counts
//   lstmetrics_cases --file FILE     all of one source file, likewise; it has to have some
//   lstmetrics_cases --list [FILE]   their names, one per line; only those of one source file
//   lstmetrics_cases --run NAME      one of them
#include <cstdio>
#include <set>
#include <string>
#include <string_view>

#include "check.hpp"

namespace {

bool passes(const check::Case& one) {
  try {
    one.run();
    return true;
  } catch (...) {
    std::fprintf(stderr, "FAILED %s\n%s\n", one.name.c_str(), check::caught().c_str());
  }
  return false;
}

bool is_of(const check::Case& one, std::string_view file) {
  return file.empty() || one.file == file;
}

int run_all(std::string_view file) {
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const check::Case& one : check::cases()) {
    if (is_of(one, file)) ++(passes(one) ? passed : failed);
  }
  std::printf("%zu passed, %zu failed\n", passed, failed);
  return passed > 0 && failed == 0 ? 0 : 1;
}

int run_one(std::string_view name) {
  for (const check::Case& one : check::cases()) {
    if (one.name == name) return passes(one) ? 0 : 1;
  }
  std::fprintf(stderr, "no case is called '%.*s'; see --list\n", static_cast<int>(name.size()),
               name.data());
  return 2;
}

int list(std::string_view file) {
  for (const check::Case& one : check::cases()) {
    if (is_of(one, file)) std::puts(one.name.c_str());
  }
  return 0;
}

// A name stands for one case, on a command line and in pytest.
bool names_are_good() {
  std::set<std::string_view> seen;
  for (const check::Case& one : check::cases()) {
    if (!seen.insert(one.name).second || one.name.find('\n') != std::string::npos) {
      std::fprintf(stderr, "two cases are called '%s', or it holds a line end\n", one.name.c_str());
      return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  check::program() = argv[0];
  if (!names_are_good()) return 2;
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (argc == 1) return run_all("");
  if (what == "--file" && argc == 3) return run_all(argv[2]);
  if (what == "--list" && argc <= 3) return list(argc == 3 ? argv[2] : "");
  if (what == "--run" && argc == 3) return run_one(argv[2]);
  std::fprintf(stderr, "usage: %s [--file FILE | --list [FILE] | --run NAME]\n", argv[0]);
  return 2;
}
