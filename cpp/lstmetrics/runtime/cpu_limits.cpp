#include "lstmetrics/runtime/cpu_limits.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "lstmetrics/runtime/thread_pool.hpp"

#if defined(__linux__)
#include <sched.h>

#include <cerrno>
#endif

namespace lstmetrics::runtime {
namespace {

// The text up to the separator, which is taken off `rest` with it.
std::string_view cut(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view head = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return head;
}

bool holds_item(std::string_view list, std::string_view item) {
  while (!list.empty()) {
    if (cut(list, ',') == item) return true;
  }
  return false;
}

std::optional<std::int64_t> number(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "max" (version 2) and -1 (version 1) mean no limit, and so does what cannot be understood.
std::optional<std::size_t> whole_cpus(std::string_view quota_text, std::string_view period_text) {
  const auto quota = number(quota_text);
  const auto period = number(period_text);
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return static_cast<std::size_t>((*quota - 1) / *period + 1);
}

// mountinfo writes blanks, tabs, line ends and backslashes in paths as three octal digits.
std::string unescape(std::string_view text) {
  const auto octal = [](char c) { return c >= '0' && c <= '7'; };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && octal(text[i + 1]) && octal(text[i + 2]) &&
        octal(text[i + 3])) {
      const int code = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0');
      plain.push_back(static_cast<char>(code));
      i += 3;
    } else {
      plain.push_back(text[i]);
    }
  }
  return plain;
}

// A cgroup hierarchy as it is mounted: `root` is the group that `mount_point` shows.
struct Hierarchy {
  bool version_2;
  std::string root;
  std::string mount_point;
};

// The mounts that may hold CPU quotas. A line of mountinfo: id, parent, device, root, mount point,
// options, any number of tags, "-", type, source, super options.
std::vector<Hierarchy> find_hierarchies(std::string_view mountinfo) {
  std::vector<Hierarchy> found;
  while (!mountinfo.empty()) {
    std::string_view line = cut(mountinfo, '\n');
    for (int skipped = 0; skipped < 3; ++skipped) cut(line, ' ');
    const std::string_view root = cut(line, ' ');
    const std::string_view mount_point = cut(line, ' ');
    while (!line.empty() && cut(line, ' ') != "-") {
    }
    const std::string_view type = cut(line, ' ');
    cut(line, ' ');
    const bool version_2 = type == "cgroup2";
    if (version_2 || (type == "cgroup" && holds_item(line, "cpu"))) {
      found.push_back({version_2, unescape(root), unescape(mount_point)});
    }
  }
  return found;
}

// The group this process is in. A line of /proc/self/cgroup: hierarchy, controllers, path; the
// hierarchy of version 2 has no controllers and the number 0.
std::optional<std::string> find_group(std::string_view cgroup, bool version_2) {
  while (!cgroup.empty()) {
    std::string_view line = cut(cgroup, '\n');
    const std::string_view id = cut(line, ':');
    const std::string_view controllers = cut(line, ':');
    const bool here = version_2 ? id == "0" && controllers.empty() : holds_item(controllers, "cpu");
    if (here) return std::string(line);
  }
  return std::nullopt;
}

// The group's path below the mount point, "" for the mounted root itself; nothing for a group that
// is outside what the mount shows, whose quotas then do not bind it.
std::optional<std::string> below_mount(const std::string& group, const std::string& root) {
  const std::string prefix = root == "/" ? "" : root;
  if (!group.starts_with(prefix)) return std::nullopt;
  const std::string path = group.substr(prefix.size());
  if (path.empty() || path == "/") return "";
  // "/.." leads out of the process's cgroup namespace.
  if (path[0] != '/' || (path + '/').find("/../") != std::string::npos) return std::nullopt;
  return path;
}

std::optional<std::size_t> quota_of_directory(const std::string& directory, bool version_2,
                                              const ReadText& read) {
  if (version_2) {
    const auto text = read(directory + "/cpu.max");
    if (!text) return std::nullopt;
    std::string_view period = *text;
    const std::string_view quota = cut(period, ' ');
    return whole_cpus(quota, period);
  }
  const auto quota = read(directory + "/cpu.cfs_quota_us");
  const auto period = read(directory + "/cpu.cfs_period_us");
  if (!quota || !period) return std::nullopt;
  return whole_cpus(*quota, *period);
}

#if defined(__linux__)
struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// By C's streams: C++'s would be the only ones in the library, and set up locales at import.
std::optional<std::string> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rb"));
  if (!file) return std::nullopt;
  std::string text;
  char part[1024];
  while (const std::size_t size = std::fread(part, 1, sizeof(part), file.get())) {
    text.append(part, size);
  }
  return text;
}
#endif

}  // namespace

std::optional<std::size_t> cgroup_cpus(const ReadText& read) {
  const auto cgroup = read("/proc/self/cgroup");
  const auto mountinfo = read("/proc/self/mountinfo");
  if (!cgroup || !mountinfo) return std::nullopt;
  std::optional<std::size_t> least;
  for (const Hierarchy& hierarchy : find_hierarchies(*mountinfo)) {
    const auto group = find_group(*cgroup, hierarchy.version_2);
    if (!group) continue;
    // A quota binds all groups below it: from the process's own group up to the mounted root.
    auto path = below_mount(*group, hierarchy.root);
    while (path) {
      const auto cpus =
          quota_of_directory(hierarchy.mount_point + *path, hierarchy.version_2, read);
      if (cpus) least = std::min(*cpus, least.value_or(*cpus));
      if (path->empty()) break;
      path->erase(path->rfind('/'));
    }
  }
  return least;
}

std::size_t affinity_cpus() {
#if defined(__linux__)
  // The kernel refuses a mask smaller than its own: grow until it fits.
  for (std::size_t cpus = CPU_SETSIZE; cpus <= (std::size_t{1} << 20); cpus *= 2) {
    std::vector<cpu_set_t> mask(cpus / CPU_SETSIZE);
    const std::size_t size = mask.size() * sizeof(cpu_set_t);
    if (sched_getaffinity(0, size, mask.data()) == 0) {
      return static_cast<std::size_t>(std::max(1, CPU_COUNT_S(size, mask.data())));
    }
    if (errno != EINVAL) break;
  }
#endif
  return std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

std::size_t available_cpus() {
  std::size_t cpus = affinity_cpus();
#if defined(__linux__)
  cpus = std::min(cpus, cgroup_cpus(read_file).value_or(cpus));
#endif
  return cpus;
}

}  // namespace lstmetrics::runtime
