"""Callers that have changed the floating-point environment, as libraries with fast-math do."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCE = """
#if defined(__x86_64__)
#include <xmmintrin.h>
#define FLUSH 0x8040u /* flush to zero, denormals are zero */
#define UP 0x4000u
#define DOWN 0x2000u
#define ZERO 0x6000u
unsigned read_control(void) { return _mm_getcsr(); }
void write_control(unsigned value) { _mm_setcsr(value); }
#elif defined(__aarch64__)
#define FLUSH (1u << 24)
#define UP (1u << 22)
#define DOWN (2u << 22)
#define ZERO (3u << 22)
unsigned read_control(void) {
  unsigned long value;
  __asm__ __volatile__("mrs %0, fpcr" : "=r"(value));
  return (unsigned)value;
}
void write_control(unsigned value) {
  __asm__ __volatile__("msr fpcr, %0" : : "r"((unsigned long)value));
}
#else
#error "unknown processor"
#endif
unsigned mode(int index) {
  const unsigned modes[] = {FLUSH, UP, FLUSH | DOWN, FLUSH | ZERO};
  return modes[index];
}
float multiply(volatile float a, volatile float b) { return a * b; }
float add(volatile float a, volatile float b) { return a + b; }
"""
MODES = ("flush", "upward", "flush, downward", "flush, toward zero")


class HostileCaller:
    """Sets the calling thread's environment; compiled when made.

    Raises
    ------
    RuntimeError
        There is no C compiler, or it does not know this processor.
    """

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler is None:
            raise RuntimeError("no C compiler")
        (folder / "hostile.c").write_text(SOURCE)
        library = folder / "hostile.so"
        command = [compiler, "-shared", "-fPIC", "-O1", "-o", library, folder / "hostile.c"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"the C compiler failed: {done.stderr.strip()}")
        self._library = ctypes.CDLL(str(library))
        for function in (self._library.multiply, self._library.add):
            function.argtypes = [ctypes.c_float, ctypes.c_float]
            function.restype = ctypes.c_float

    @contextmanager
    def mode(self, name: str) -> Iterator[None]:
        """Be hostile for a while."""
        before = self._library.read_control()
        self._library.write_control(before | self._library.mode(MODES.index(name)))
        try:
            yield
        finally:
            self._library.write_control(before)

    def multiply(self, a: float, b: float) -> float:
        product: float = self._library.multiply(a, b)
        return product

    def add(self, a: float, b: float) -> float:
        total: float = self._library.add(a, b)
        return total
