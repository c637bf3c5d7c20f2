// Numbers that are not changed any more, held together by all who need them: a vector of their own,
// or memory of somebody else's, such as a mapped file that processes share.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace lstmetrics::lstm {

class SharedFloats {
 public:
  SharedFloats() = default;
  SharedFloats(
      std::vector<float> values) {  // NOLINT: a vector will do wherever these are asked for
    const auto own = std::make_shared<const std::vector<float>>(std::move(values));
    data_ = own->data();
    size_ = own->size();
    owner_ = own;
  }
  // Memory that lives as long as its owner.
  SharedFloats(std::shared_ptr<const void> owner, const float* data, std::size_t size)
      : owner_(std::move(owner)), data_(data), size_(size) {}

  const float* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  const float* begin() const noexcept { return data_; }
  const float* end() const noexcept { return data_ + size_; }
  float operator[](std::size_t i) const noexcept { return data_[i]; }

 private:
  std::shared_ptr<const void> owner_;
  const float* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace lstmetrics::lstm
