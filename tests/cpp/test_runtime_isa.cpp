#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "check.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/runtime/cpu_features.hpp"
#include "lstmetrics/runtime/isa.hpp"
#include "lstmetrics/runtime/version.hpp"
#include "subprocess.hpp"

using lstmetrics::IsaError;
using lstmetrics::runtime::choose_isa;
using lstmetrics::runtime::current_isa;
using lstmetrics::runtime::isa_levels;
using lstmetrics::runtime::IsaLevel;
using lstmetrics::runtime::set_isa;

namespace {

// A machine that this build has never seen.
const std::vector<IsaLevel> kLevels = {
    {"wide", 30, false, 2}, {"middle", 20, true, 1}, {"generic", 0, true, 0}};

std::string chosen(std::string_view request) { return choose_isa(kLevels, request, "test").name; }

// A new process that prints the level it starts with.
check::Outcome start_with_variable(const std::string& value) {
  return check::run_case("isa: the level in force is available", {{"LSTMETRICS_ISA", value}});
}

}  // namespace

CASE("isa: generic is always there, the highest priority comes first") {
  const auto& levels = isa_levels();
  CHECK(std::is_sorted(levels.begin(), levels.end(), [](const IsaLevel& a, const IsaLevel& b) {
    return a.priority > b.priority;
  }));
  CHECK_EQUAL(levels.back().name, std::string("generic"));
  CHECK(levels.back().available);
  std::vector<bool> seen(levels.size());
  for (const IsaLevel& level : levels) {
    CHECK(level.index < levels.size() && !seen[level.index]);
    seen[level.index] = true;
  }
}

CASE("isa: each level this machine has can be forced, and is then in force") {
  for (const IsaLevel& level : isa_levels()) {
    if (!level.available) continue;
    set_isa(level.name);
    CHECK_EQUAL(current_isa().name, std::string(level.name));
    CHECK_EQUAL(current_isa().index, level.index);
  }
}

CASE("isa: auto goes back to the best") {
  const std::string best = choose_isa(isa_levels(), "auto", "test").name;
  set_isa("generic");
  set_isa("auto");
  CHECK_EQUAL(current_isa().name, best);
}

CASE("isa: a refused request changes nothing") {
  set_isa("generic");
  CHECK_THROWS_SAYING(set_isa("avx1024"), IsaError, "set_isa: unknown instruction set 'avx1024'");
  CHECK_EQUAL(current_isa().name, std::string("generic"));
}

CASE("isa: the rule of choice") {
  CHECK_EQUAL(chosen("auto"), "middle");
  CHECK_EQUAL(chosen(""), "middle");
  CHECK_EQUAL(chosen("generic"), "generic");
  CHECK_EQUAL(chosen("middle"), "middle");
}

CASE("isa: errors name what was asked, what there is, and what to do") {
  CHECK_THROWS_SAYING(chosen("wide"), IsaError,
                      "test: this machine lacks the instruction set 'wide'; this machine has "
                      "middle, generic: choose one of these, or 'auto'");
  CHECK_THROWS_SAYING(chosen("Generic"), IsaError,
                      "test: unknown instruction set 'Generic' (this build knows wide, middle, "
                      "generic); this machine has middle, generic: choose one");
}

CASE("isa: the environment forces a level") {
  for (const IsaLevel& level : isa_levels()) {
    if (!level.available) continue;
    const auto run = start_with_variable(level.name);
    CHECK_EQUAL(run.output, std::string("in force: ") + level.name + "\n");
    CHECK_EQUAL(run.status, 0);
  }
  const auto unset = start_with_variable("");
  const auto best = choose_isa(isa_levels(), "auto", "test").name;
  CHECK_EQUAL(unset.output, std::string("in force: ") + best + "\n");
}

CASE("isa: the environment's unknown level is an error at first use") {
  const auto run = start_with_variable("sse9");
  CHECK_EQUAL(run.status, 1);
  CHECK(run.output.find("LSTMETRICS_ISA: unknown instruction set 'sse9'") != std::string::npos);
}

CASE("isa: the level in force is available") {
  CHECK(current_isa().available);
  std::printf("in force: %s\n", current_isa().name);
}

CASE("isa: cpu features agree with each other") {
  const auto& cpu = lstmetrics::runtime::cpu_features();
  CHECK(!(cpu.neon && cpu.avx2));
  CHECK(cpu.avx512f || !cpu.avx512bw);
  CHECK(&cpu == &lstmetrics::runtime::cpu_features());
}

CASE("version: the package's version and the compiler's name") {
  const std::string version = lstmetrics::runtime::version();
  CHECK(!version.empty() && version.find_first_not_of("0123456789.") == std::string::npos);
  CHECK(lstmetrics::runtime::compiler().find(' ') != std::string::npos);
}
