"""Patching and unpatching: which versions, how often, and back to exactly what was there."""

from __future__ import annotations

import threading
from types import TracebackType

from lstmetrics._sklearn_patch._places import exchange
from lstmetrics._sklearn_patch._replacements import Calls, replaceable, replacement
from lstmetrics.errors import UnsupportedError
from lstmetrics.metrics import _delegation as delegation

__all__ = ["TESTED_VERSIONS", "SklearnPatch", "patch_sklearn", "unpatch_sklearn"]

TESTED_VERSIONS = ("1.9",)

_lock = threading.RLock()
_active: list[SklearnPatch] = []


class SklearnPatch:
    """One use of :func:`patch_sklearn`: a context manager, and what was called meanwhile.

    Attributes
    ----------
    functions : tuple of str
        The functions that are replaced.
    """

    def __init__(self) -> None:
        """Made by :func:`patch_sklearn`."""
        self.functions = replaceable()
        self._replacements = [replacement(name) for name in self.functions]
        self._start = self._calls()
        self._end: list[Calls] | None = None

    @property
    def active(self) -> bool:
        """Whether this use of the patch is still in force."""
        return self in _active

    def counts(self) -> dict[str, Calls]:
        """Return the calls of each replaced function in this process since this patch was made.

        Returns
        -------
        dict of str to Calls
            ``answered`` by lstmetrics, errors it raised included, and ``delegated`` to
            scikit-learn. Functions that nobody called are left out, and so are calls from inside a
            delegated one. After the patch is undone the counts stay as they were then.
        """
        now = self._calls() if self._end is None else self._end
        found = {}
        for name, start, end in zip(self.functions, self._start, now, strict=True):
            if start != end:
                found[name] = Calls(end.answered - start.answered, end.delegated - start.delegated)
        return found

    def _calls(self) -> list[Calls]:
        return [one.calls for one in self._replacements]

    def _put_in(self) -> None:
        exchange((getattr(one, delegation.REPLACES), one) for one in self._replacements)

    def _take_out(self) -> None:
        exchange((one, getattr(one, delegation.REPLACES)) for one in self._replacements)

    def undo(self) -> None:
        """Take this patch back; the last one in force puts scikit-learn's own functions back."""
        with _lock:
            if self not in _active:
                return
            self._end = self._calls()
            _active.remove(self)
            if not _active:
                self._take_out()

    def __enter__(self) -> SklearnPatch:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.undo()

    def __repr__(self) -> str:
        state = "in force" if self.active else "undone"
        calls = self.counts().values()
        answered = sum(one.answered for one in calls)
        delegated = sum(one.delegated for one in calls)
        return (
            f"<SklearnPatch of {len(self.functions)} functions, {state}: "
            f"{answered} calls answered, {delegated} delegated>"
        )


def patch_sklearn() -> SklearnPatch:
    """Make scikit-learn run on the functions of :mod:`lstmetrics.metrics`.

    From here on ``sklearn.metrics.f1_score`` and its kin, every name for them in scikit-learn's
    own modules, and the scorers (``scoring="f1_macro"``) are ours: existing code,
    ``cross_validate`` and ``GridSearchCV`` need no change. Names that a program's own modules
    imported before are left as they are. What is outside our trade, such as sparse multilabel
    targets and arrays of other libraries with array-API dispatch on, is answered by scikit-learn
    itself, and counted.

    Patches nest: scikit-learn is as it was when each has been undone, by leaving the ``with``
    block, by :meth:`SklearnPatch.undo` or by :func:`unpatch_sklearn`.

    Scorers that joblib sends to other processes run ours there too. An estimator's own ``score``
    is scikit-learn's in those processes, for they are not patched.

    Returns
    -------
    SklearnPatch
        Usable as a context manager; its ``counts()`` tells the calls answered and delegated.

    Raises
    ------
    MissingExtraError
        If scikit-learn is not installed.
    UnsupportedError
        If this version of scikit-learn is not one that lstmetrics was tested with.

    Examples
    --------
    >>> import lstmetrics, sklearn.metrics
    >>> with lstmetrics.patch_sklearn() as patch:
    ...     sklearn.metrics.accuracy_score([0, 1, 1], [0, 1, 0])
    0.6666666666666666
    >>> patch.counts()
    {'accuracy_score': Calls(answered=1, delegated=0)}
    """
    version = delegation.scikit_learn("sklearn", "patch_sklearn").__version__
    if not version.startswith(tuple(f"{tested}." for tested in TESTED_VERSIONS)):
        tested = ", ".join(f"{one}.x" for one in TESTED_VERSIONS)
        raise UnsupportedError(
            f"patch_sklearn is tested with scikit-learn {tested}, and this is {version}: install "
            f"one of those, or import the functions from lstmetrics.metrics"
        )
    with _lock:
        patch = SklearnPatch()
        if not _active:
            patch._put_in()
        _active.append(patch)
        return patch


def unpatch_sklearn() -> None:
    """Undo the latest :func:`patch_sklearn` still in force; without one, do nothing.

    Examples
    --------
    >>> import lstmetrics, sklearn.metrics
    >>> original = sklearn.metrics.f1_score
    >>> patch = lstmetrics.patch_sklearn()
    >>> sklearn.metrics.f1_score is original
    False
    >>> lstmetrics.unpatch_sklearn()
    >>> sklearn.metrics.f1_score is original
    True
    """
    with _lock:
        if _active:
            _active[-1].undo()
