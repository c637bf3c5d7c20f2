# cython: language_level=3, binding=False, freethreading_compatible=True
# distutils: language = c++
"""Stateless calls over arrays: each makes a state, updates it once, and computes.

The border's C++ reads the arrays, lets go of the GIL and calls the core; this file only gives the
calls to Python. The callers in `lstmetrics.metrics` and `lstmetrics.numeric` have brought the
arguments into shape.
"""

import numpy as np

from libc.stdint cimport int64_t, uint8_t
from libcpp cimport bool as cbool
from libcpp.string cimport string
from libcpp.vector cimport vector


cdef extern from "border/errors.hpp" namespace "lstmetrics::border":
    void set_python_error() noexcept


include "classification.pxi"
include "agreement.pxi"
include "multilabel.pxi"
include "losses.pxi"
include "tokens.pxi"
include "ranking.pxi"
include "at_thresholds.pxi"
include "calibration.pxi"
include "top_k.pxi"
include "elementwise.pxi"
include "intervals.pxi"
include "slices.pxi"
include "temperature.pxi"
