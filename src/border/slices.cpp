#include "border/slices.hpp"

#include <deque>
#include <vector>

#include "border/gil.hpp"
#include "border/labels.hpp"
#include "border/written.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {

SlicesAnswer slices_of(PyObject* columns, PyObject* names) {
  std::deque<Labels> held;
  std::vector<metrics::LabelColumn> views;
  for (Py_ssize_t i = 0; i < PyList_Size(columns); ++i) {
    const char* const name = PyUnicode_AsUTF8(PyList_GetItem(names, i));
    if (name == nullptr) throw PythonError();
    held.emplace_back(PyList_GetItem(columns, i), name);
    views.push_back(held.back().column());
  }
  SlicesAnswer answer;
  unlocked(views.empty() ? 0 : views[0].size(),
           [&] { runtime::enter([&] { answer.slices = metrics::slices_of(views); }); });
  return answer;
}

void SlicesAnswer::write(PyObject* keys, PyObject* rows, PyObject* ends) const {
  write_items(slices.keys, keys, "keys", DType::uint32);
  write_items(slices.rows, rows, "rows", DType::int64);
  write_items(slices.ends, ends, "ends", DType::int64);
}

}  // namespace lstmetrics::border
