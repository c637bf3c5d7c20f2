# A batch cut into groups.

cdef extern from "lstmetrics/metrics/slices.hpp" namespace "lstmetrics::metrics":
    cdef cppclass Slices:
        vector[LabelSet] labels


cdef extern from "border/slices.hpp" namespace "lstmetrics::border":
    cdef cppclass SlicesAnswer:
        Slices slices
        size_t rows()
        size_t groups()
        void write(object, object, object) except +set_python_error

    SlicesAnswer c_slices "lstmetrics::border::slices_of"(list, list) except +set_python_error


def slices(list columns, list names):
    """(labels of each column, group by column: the place of its label, rows by group, ends)"""
    cdef SlicesAnswer answer = c_slices(columns, names)
    keys = np.empty((answer.groups(), len(columns)), np.uint32)
    rows = np.empty(answer.rows(), np.int64)
    ends = np.empty(answer.groups(), np.int64)
    answer.write(keys, rows, ends)
    labels = [_label_list(answer.slices.labels[i]) for i in range(answer.slices.labels.size())]
    return labels, keys, rows, ends
