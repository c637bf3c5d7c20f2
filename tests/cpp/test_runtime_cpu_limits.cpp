// Which CPUs are left to the process. The files of the kernel are given as text.
#include <map>
#include <optional>
#include <string>
#include <thread>

#include "check.hpp"
#include "lstmetrics/runtime/cpu_limits.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

#if defined(__linux__)
#include <sched.h>
#endif

namespace {

using Files = std::map<std::string, std::string>;

// 0 stands for no limit.
std::size_t cpus_of(const Files& files) {
  const auto read = [&](const std::string& path) -> std::optional<std::string> {
    const auto file = files.find(path);
    if (file == files.end()) return std::nullopt;
    return file->second;
  };
  return lstmetrics::runtime::cgroup_cpus(read).value_or(0);
}

// A line of mountinfo as the kernel writes it.
std::string mount(const std::string& root, const std::string& point, const std::string& type,
                  const std::string& options) {
  return "31 23 0:28 " + root + " " + point + " rw,nosuid,relatime shared:9 master:1 - " + type +
         " cgroup rw," + options + "\n";
}

const std::string kDisk = "23 1 8:1 / / rw,relatime - ext4 /dev/root rw\n";
const std::string kMountV2 = kDisk + mount("/", "/sys/fs/cgroup", "cgroup2", "nsdelegate");

// Version 2, the process in `group`.
std::size_t cpus_v2(const std::string& group, Files files, const std::string& mounts = kMountV2) {
  files["/proc/self/cgroup"] = "0::" + group + "\n";
  files["/proc/self/mountinfo"] = mounts;
  return cpus_of(files);
}

// Version 1, the process in `group`, quota and period in the directory.
std::size_t cpus_v1(const std::string& quota, const std::string& period) {
  return cpus_of({{"/proc/self/cgroup", "5:memory:/other\n4:cpu,cpuacct:/job\n0::/\n"},
                  {"/proc/self/mountinfo",
                   mount("/", "/sys/fs/cgroup/memory", "cgroup", "memory") +
                       mount("/", "/sys/fs/cgroup/cpu,cpuacct", "cgroup", "cpu,cpuacct")},
                  {"/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", quota},
                  {"/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", period}});
}

}  // namespace

CASE("cpu limits: version 2, a quota is rounded up to whole CPUs") {
  const auto cpus = [](const std::string& text) {
    return cpus_v2("/", {{"/sys/fs/cgroup/cpu.max", text}});
  };
  CHECK_EQUAL(cpus("200000 100000\n"), 2);
  CHECK_EQUAL(cpus("200001 100000\n"), 3);
  CHECK_EQUAL(cpus("150000 100000\n"), 2);
  CHECK_EQUAL(cpus("1000 100000\n"), 1);
  CHECK_EQUAL(cpus("50000 10000"), 5);
}

CASE("cpu limits: no limit, and what cannot be understood, limit nothing") {
  const auto cpus = [](const std::string& text) {
    return cpus_v2("/", {{"/sys/fs/cgroup/cpu.max", text}});
  };
  for (const char* text : {"max 100000\n", "", "\n", "100000", "100000 ", "100000 0", "-5 100000",
                           "0 100000", "1e5 100000", "99999999999999999999 100000"}) {
    CHECK_EQUAL(cpus(text), 0);
  }
  CHECK_EQUAL(cpus("9223372036854775807 1"), 9223372036854775807u);
}

CASE("cpu limits: without the files there is no limit") {
  CHECK_EQUAL(cpus_of({}), 0);
  CHECK_EQUAL(cpus_of({{"/proc/self/cgroup", "0::/\n"}}), 0);
  CHECK_EQUAL(cpus_of({{"/proc/self/cgroup", ""}, {"/proc/self/mountinfo", ""}}), 0);
  CHECK_EQUAL(cpus_of({{"/proc/self/cgroup", ":\n::\n0\n"}, {"/proc/self/mountinfo", "1 2 -\n\n"}}),
              0);
  CHECK_EQUAL(cpus_v2("/", {}), 0);
}

CASE("cpu limits: version 2, the tightest quota from the own group up to the root") {
  const Files files = {{"/sys/fs/cgroup/a.slice/cpu.max", "300000 100000\n"},
                       {"/sys/fs/cgroup/a.slice/b.service/cpu.max", "max 100000\n"},
                       {"/sys/fs/cgroup/a.slice/b.service/c/cpu.max", "800000 100000\n"},
                       {"/sys/fs/cgroup/a.slice/other/cpu.max", "100000 100000\n"}};
  CHECK_EQUAL(cpus_v2("/a.slice/b.service/c", files), 3);
  CHECK_EQUAL(cpus_v2("/a.slice/other", files), 1);
  CHECK_EQUAL(cpus_v2("/elsewhere", files), 0);
  CHECK_EQUAL(cpus_v2("/", files), 0);
}

CASE("cpu limits: version 2, a container sees only its own part") {
  const Files files = {{"/sys/fs/cgroup/cpu.max", "400000 100000"},
                       {"/sys/fs/cgroup/inner/cpu.max", "200000 100000"}};
  const auto mounted = mount("/docker/1f", "/sys/fs/cgroup", "cgroup2", "nsdelegate");
  CHECK_EQUAL(cpus_v2("/docker/1f", files, mounted), 4);
  CHECK_EQUAL(cpus_v2("/docker/1f/inner", files, mounted), 2);
  // Neither group is in what is mounted here.
  CHECK_EQUAL(cpus_v2("/docker/1f2", files, mounted), 0);
  CHECK_EQUAL(cpus_v2("/..", files), 0);
  CHECK_EQUAL(cpus_v2("/../../inner", files), 0);
}

CASE("cpu limits: version 1") {
  CHECK_EQUAL(cpus_v1("250000\n", "100000\n"), 3);
  CHECK_EQUAL(cpus_v1("50000\n", "100000\n"), 1);
  CHECK_EQUAL(cpus_v1("-1\n", "100000\n"), 0);
  CHECK_EQUAL(cpus_v1("100000\n", "0\n"), 0);
}

CASE("cpu limits: both versions at once, the smaller counts") {
  CHECK_EQUAL(cpus_of({{"/proc/self/cgroup", "1:cpu:/job\n0::/unit\n"},
                       {"/proc/self/mountinfo",
                        mount("/", "/sys/fs/cgroup/cpu", "cgroup", "cpu") +
                            mount("/", "/sys/fs/cgroup/unified", "cgroup2", "nsdelegate")},
                       {"/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "600000"},
                       {"/sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000"},
                       {"/sys/fs/cgroup/unified/unit/cpu.max", "500000 100000"}}),
              5);
}

CASE("cpu limits: the group of the controller cpu, not of one that is spelt alike") {
  CHECK_EQUAL(cpus_of({{"/proc/self/cgroup", "2:cpuset,cpuacct:/job\n1:name=cpu:/job\n"},
                       {"/proc/self/mountinfo",
                        mount("/", "/sys/fs/cgroup/cpuset", "cgroup", "cpuset,cpuacct") +
                            mount("/", "/sys/fs/cgroup/cpu", "cgroup", "cpu")},
                       {"/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "100000"},
                       {"/sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000"}}),
              0);
}

CASE("cpu limits: paths with blanks and colons") {
  const auto mounted = mount("/", "/mnt/c\\040g\\134", "cgroup2", "nsdelegate");
  CHECK_EQUAL(cpus_v2("/a:b c", {{"/mnt/c g\\/a:b c/cpu.max", "700000 100000"}}, mounted), 7);
}

CASE("cpu limits: this machine") {
  const std::size_t cpus = lstmetrics::runtime::available_cpus();
  CHECK(cpus >= 1 && cpus <= lstmetrics::runtime::affinity_cpus());
}

#if defined(__linux__)
CASE("cpu limits: affinity is respected") {
  // In a thread of its own: the mask belongs to the thread, and goes with it.
  std::size_t cpus = 0;
  bool narrowed = false;
  std::thread([&] {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    sched_getaffinity(0, sizeof allowed, &allowed);
    int first = 0;
    while (first < CPU_SETSIZE - 1 && !CPU_ISSET(first, &allowed)) ++first;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    narrowed = sched_setaffinity(0, sizeof one, &one) == 0;
    cpus = lstmetrics::runtime::available_cpus();
  }).join();
  if (narrowed) CHECK_EQUAL(cpus, 1);
}
#endif
