"""A plugin of pytest: patches before collection, expects what is listed, tells who answered.

It has to come by ``-p``, which loads it before any test of scikit-learn is imported.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
import sklearn

import lstmetrics
from lstmetrics._sklearn_patch._replacements import Replacement
from sklearn_suite.expected import DELEGATED, FAILURES

PATCH = lstmetrics.patch_sklearn()
ANSWERED = "answered"
# Why a call is outside our trade; what is none of these has to be explained in `DELEGATED`.
SPARSE, ARRAY_API, UNCHECKED, IN_TRADE = "sparse", "array API", "unchecked", "in our trade"
KINDS = (ANSWERED, SPARSE, ARRAY_API, UNCHECKED, IN_TRADE)


class Tally:
    """Who answered the calls, function by function, and which tests made them."""

    def __init__(self) -> None:
        self.calls: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.unexplained: defaultdict[str, set[str]] = defaultdict(set)
        self.test = "while collecting"
        self.tests: set[str] = set()

    def add(self, function: str, kind: str) -> None:
        """Count a call made by the test that is running."""
        self.calls[function][kind] += 1
        self.tests.add(self.test)
        if kind == IN_TRADE:
            self.unexplained[function].add(self.test)


TALLY = Tally()
OUTCOMES: Counter[str] = Counter()


def _why(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Judge a delegated call by its arguments, whatever the product thought of them."""
    values = [*chain(args, kwargs.values())]
    if any(hasattr(value, "tocsr") for value in values):
        return SPARSE
    configuration = sklearn.get_config()
    foreign = any(
        hasattr(value, "__dlpack__") and not type(value).__module__.startswith("numpy")
        for value in values
    )
    if configuration["array_api_dispatch"] and foreign:
        return ARRAY_API
    return UNCHECKED if configuration["skip_parameter_validation"] else IN_TRADE


def _watch() -> None:
    call = Replacement.__call__

    def watched(self: Replacement, *args: Any, **kwargs: Any) -> Any:
        before = self.calls
        try:
            return call(self, *args, **kwargs)
        finally:
            if self.calls.delegated > before.delegated:
                TALLY.add(self.__name__, _why(args, kwargs))
            elif self.calls.answered > before.answered:
                TALLY.add(self.__name__, ANSWERED)

    Replacement.__call__ = watched  # type: ignore[method-assign]


_watch()


def _place(item: pytest.Item) -> str:
    """Return ``file::name`` with the parameters of a test."""
    return f"{item.path.name}::{item.name}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Expect the listed failures, strictly; an entry that names no test is an error."""
    items[:] = [item for item in items if _concerns_us(item)]
    unused = set(FAILURES)
    for item in items:
        place = _place(item)
        for entry in (place, place.partition("[")[0]):
            if entry in FAILURES:
                unused.discard(entry)
                item.add_marker(pytest.mark.xfail(reason=FAILURES[entry], strict=True))
    if unused and not _is_a_part(config):
        raise pytest.UsageError(f"expected failures that are no tests: {', '.join(sorted(unused))}")


def _concerns_us(item: pytest.Item) -> bool:
    """Return whether a test is of metrics; among those of calibrated classifiers few are."""
    return item.path.name != "test_calibration.py" or any(
        word in item.name for word in ("calibration_curve", "calibration_display")
    )


def _is_a_part(config: pytest.Config) -> bool:
    """Return whether only some tests were asked for."""
    return bool(config.option.keyword or config.getoption("deselect")) or any(
        "::" in argument for argument in config.args
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Note which test is running."""
    TALLY.test = _place(item)
    return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count the outcomes of tests that called a function of ours."""
    if TALLY.test not in TALLY.tests:
        return
    if report.when == "call" or report.outcome == "failed":
        expected = hasattr(report, "wasxfail")
        OUTCOMES["failed as expected" if expected else report.outcome] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that scikit-learn, not lstmetrics, has passed."""
    if session.exitstatus == 0 and _complaints(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _complaints(config: pytest.Config) -> list[str]:
    found = [
        f"{function}: {TALLY.calls[function][IN_TRADE]} calls in our trade were passed on, "
        f"first in {min(tests)}"
        for function, tests in sorted(TALLY.unexplained.items())
        if function not in DELEGATED
    ]
    if not _is_a_part(config):
        stale = sorted(set(DELEGATED) - set(TALLY.unexplained))
        found += [f"{name}: listed as passing on calls, and does not" for name in stale]
        silent = [name for name in PATCH.functions if not TALLY.calls[name][ANSWERED]]
        found += [f"{name}: answered no call at all" for name in silent]
    return found


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print who answered, function by function, and the outcomes."""
    say = terminalreporter.write_line
    terminalreporter.section(f"scikit-learn {sklearn.__version__} on lstmetrics")
    say(f"{'function':34}" + "".join(f"{kind:>14}" for kind in KINDS))
    rows = {name: TALLY.calls[name] for name in sorted(PATCH.functions)}
    for name, calls in rows.items():
        say(f"{name:34}" + "".join(f"{calls[kind] or '':>14}" for kind in KINDS))
    total = sum(rows.values(), Counter())
    say(f"{'all':34}" + "".join(f"{total[kind]:>14}" for kind in KINDS))
    say("")
    say(f"of the tests that called them: {_outcomes()}")
    for complaint in _complaints(config):
        say(f"ERROR {complaint}", red=True)


def _outcomes() -> str:
    ran = sum(OUTCOMES.values()) - OUTCOMES["skipped"]
    failed = OUTCOMES["failed"] + OUTCOMES["failed as expected"]
    counts = ", ".join(f"{count} {name}" for name, count in sorted(OUTCOMES.items()))
    return f"{counts or 'none'} ({failed / max(ran, 1):.2%} of {ran} failed)"
