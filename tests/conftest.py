"""What all tests share: hypothesis's settings, and the runtime put back as it was."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import hypothesis
import pytest

# No deadline: the machine may be busy, or a sanitizer may slow everything down tenfold.
hypothesis.settings.register_profile(
    "house",
    deadline=None,
    print_blob=True,
    derandomize="CI" in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("house")


def pytest_report_header() -> str:
    """Say what is under test."""
    try:
        import lstmetrics
    except ImportError as error:  # the tests of the sources run without a build
        return f"lstmetrics: not installed ({error})"
    return f"lstmetrics: {lstmetrics.info()}"


@pytest.fixture(autouse=True)
def _runtime_as_it_was() -> Iterator[None]:
    """Put the instruction-set level and the number of threads back after each test."""
    runtime = sys.modules.get("lstmetrics.runtime")
    if runtime is None:  # nobody has loaded it, nobody can have changed it
        yield
        return
    level, threads = runtime.current_isa(), runtime.num_threads()
    yield
    if runtime.current_isa() != level:
        runtime.set_isa(level)
    if runtime.num_threads() != threads:
        runtime.set_num_threads(threads)
