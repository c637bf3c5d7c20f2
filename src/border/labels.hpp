// Class labels from Python: arrays of numbers or text as they are, arrays of objects as codes into
// a dictionary, and lists of scalars such as `labels=`.
#pragma once

#include <Python.h>

#include <cstdint>
#include <vector>

#include "border/buffer.hpp"
#include "lstmetrics/metrics/formulas/classification.hpp"
#include "lstmetrics/metrics/labels.hpp"

namespace lstmetrics::border {

// Which objects an array of objects may hold: scikit-learn refuses all but text.
enum class Objects { text, text_or_integers };

// A column of labels for one call; needs the GIL to be made, not to be read.
class Labels {
 public:
  // InvalidType with the index for an object of another kind.
  Labels(PyObject* array, const char* name, Objects accepted = Objects::text_or_integers);

  metrics::LabelColumn column() const;
  std::size_t size() const noexcept { return buffer_.size(0); }

 private:
  void encode_objects(Objects accepted);

  Buffer buffer_;
  const char* name_;
  std::vector<std::uint32_t> codes_;
  metrics::LabelList dictionary_;
};

// A list of Python scalars, all whole numbers (1.0 is one) or all text. None gives an empty list.
metrics::LabelList label_list(PyObject* sequence, const char* name);

// The position in `labels` of each scalar of a list; what no state can hold (1.5) is kAbsent.
// None selects every label.
metrics::formulas::Selection select(const metrics::LabelSet& labels, PyObject* sequence);
std::ptrdiff_t position_of(const metrics::LabelSet& labels, PyObject* scalar);

}  // namespace lstmetrics::border
