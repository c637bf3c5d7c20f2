// One column of scores: a bag of keys for each class of samples. Internal to metrics/.
//
// New bags are put beside the old ones, and neighbours of like size are merged, so that a key is
// moved a few times whatever the batches; what results from them all is made when it is asked for.
// Bags never change once they are in a column, so that copies of a column share them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/score_counts_bag.hpp"

namespace lstmetrics::metrics {

// How scores become keys, and how many different ones a column may keep; 0 is all of them.
struct ScoreLimits {
  KeyMap map = KeyMap::any;
  std::uint64_t max_points = 0;

  bool operator==(const ScoreLimits& other) const = default;
};

using SharedBag = std::shared_ptr<const ScoreBag>;

class LSTMETRICS_API ScoreColumn {
 public:
  // Exact when `max_points` is 0. Else keys lose their lowest bits: as few of them as leave at most
  // that many different keys, all groups taken together.
  ScoreColumn(std::size_t groups, std::uint64_t max_points)
      : max_points_(max_points), runs_(groups) {}

  std::size_t groups() const noexcept { return runs_.size(); }
  // A bag for each group, their keys without the lowest `shift` bits. All weighted, or none.
  void add(const std::vector<SharedBag>& bags, unsigned shift = 0);
  void add(const ScoreColumn& other);
  void make_weighted();

  // One bag for each group, and no more points than allowed.
  void settle();
  // Of a settled column.
  unsigned shift() const noexcept { return shift_; }
  const SharedBag& bag(std::size_t group) const noexcept { return runs_[group].front(); }

  std::int64_t samples() const noexcept;  // of weight, in all groups

  // Of settled columns.
  bool operator==(const ScoreColumn& other) const;
  void save(Writer& writer) const;
  static ScoreColumn load(Reader& reader, std::size_t groups, const ScoreLimits& limits,
                          bool weighted);

 private:
  void coarsen(unsigned bits);
  std::size_t items() const noexcept;
  Keys different_keys() const;  // of a settled column, ascending

  std::uint64_t max_points_;
  unsigned shift_ = 0;
  bool settled_ = false;
  std::vector<std::vector<SharedBag>> runs_;  // by group; each larger than all that follow it
};

}  // namespace lstmetrics::metrics
