"""What the machine can do at best, measured in the same run as everything else.

- **Bandwidth**: 256 MB are read once, in order, by the widest loads there are, and nothing is
  written. Each thread reads a part of its own.
- **Peak of floating point**: chains of fused multiply-adds in registers, as wide as there are, in
  each thread.

No library's function will do for either: the matrix product of numpy reaches less than half of the
peak on processors that its BLAS does not know. So `probe.cpp` is compiled for the machine, with the
compiler that lstmetrics itself needs.

Whatever else runs on the machine makes both smaller. They are taken again after each workload, and
the best counts.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

__all__ = ["Machine", "processor"]

ROUNDS = 1_000_000  # a few milliseconds
LINE = 512  # bytes that are read in one step


class Machine:
    """The machine with some number of threads."""

    def __init__(self, threads: int, megabytes: int = 256) -> None:
        self.threads = threads
        self.bytes_a_second = 0.0
        self.operations_a_second = 0.0
        self._probe = _probe()
        self._part = megabytes * 2**20 // threads // LINE * LINE
        self._memory = np.ones(self._part * threads + 64, np.uint8)

    def measure(self, times: int = 3) -> None:
        """Measure again; keep the best."""
        first = -self._memory.ctypes.data % 64 + self._memory.ctypes.data

        def read(thread: int) -> float:
            self._probe.read_once(first + thread * self._part, self._part)
            return float(self._part)

        def compute(thread: int) -> float:  # noqa: ARG001
            return float(self._probe.multiply_and_add(ROUNDS, ctypes.byref(ctypes.c_float())))

        for _ in range(times):
            self.bytes_a_second = max(self.bytes_a_second, self._rate(read))
            self.operations_a_second = max(self.operations_a_second, self._rate(compute))

    def seconds_to_read_again(self, nbytes: int) -> float:
        """Return what one thread takes to read so many bytes, from the nearest cache they fit."""
        size = max(LINE, nbytes // LINE * LINE)
        first = -self._memory.ctypes.data % 64 + self._memory.ctypes.data
        best = float("inf")
        for _ in range(20):
            times = max(1, 2**22 // size)
            start = time.perf_counter()
            for _ in range(times):
                self._probe.read_once(first, size)
            best = min(best, (time.perf_counter() - start) / times)
        return best

    def _rate(self, work: Callable[[int], float]) -> float:
        """Return what all threads have done in a second, from the first start to the last end."""
        done = [0.0] * self.threads

        def run(thread: int) -> None:
            done[thread] = work(thread)

        others = [threading.Thread(target=run, args=(one,)) for one in range(1, self.threads)]
        start = time.perf_counter()
        for thread in others:
            thread.start()
        run(0)
        for thread in others:
            thread.join()
        return sum(done) / (time.perf_counter() - start)

    def floor(self, nbytes: int, operations: int) -> float:
        """Return the seconds that no program can go below."""
        return max(nbytes / self.bytes_a_second, operations / self.operations_a_second)


@cache
def _probe() -> ctypes.CDLL:
    """Compile and load the probe; calls let go of the GIL."""
    source = Path(__file__).with_name("probe.cpp")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "probe.so"
        options = ["-O3", "-march=native", "-ffp-contract=fast", "-std=c++20", "-shared", "-fPIC"]
        command = [os.environ.get("CXX", "c++"), *options, str(source), "-o", str(library)]
        subprocess.run(command, check=True)
        loaded = ctypes.CDLL(str(library))
    loaded.read_once.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    loaded.read_once.restype = ctypes.c_uint64
    loaded.multiply_and_add.argtypes = [ctypes.c_int64, ctypes.POINTER(ctypes.c_float)]
    loaded.multiply_and_add.restype = ctypes.c_double
    return loaded


def processor() -> str:
    """Return the processor's name and how many there are."""
    name = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                name = line.partition(":")[2].strip()
                break
    return f"{name}, {os.cpu_count()} logical CPUs"
