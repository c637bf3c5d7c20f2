"""What differs between the versions of Keras that wrote a file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lstmetrics.errors import InvalidValueError, UnsupportedError

__all__ = ["Dialect"]

_HARD_SIGMOIDS = ("hard_sigmoid", "hard_sigmoid_02")


@dataclass(frozen=True)
class Dialect:
    """How a version of Keras means what its files say.

    Attributes
    ----------
    version : str
        As the file states it: ``"2.2.4-tf"``, ``"3.9.0"``.
    hard_sigmoid : str
        The activation that the name ``hard_sigmoid`` stands for.
    keras3 : bool
        Whether it is Keras 3.
    masks : str
        How layers that merge join masks: steps count that count in ``"any"`` input or in
        ``"all"``; ``"none"`` gives no mask.
    repeats_state : bool
        Whether masked steps of an LSTM give its state, as in Keras before 2.2.5, and not what it
        gave at the step before.
    carries_both_ways : bool
        Whether a stateful Bidirectional carries its states from batch to batch; that Keras loses
        the updates of layers inside others, so that each batch begins from zeros.
    """

    version: str
    hard_sigmoid: str
    keras3: bool
    masks: str
    repeats_state: bool
    carries_both_ways: bool

    def starts_from_zeros(self, class_name: str) -> bool:
        """Whether masked first steps of a Bidirectional give zeros and later ones do not.

        As in Keras 2.2.5 to 2.3.1; before, they give the states, and since, all of them zeros.
        """
        return class_name == "Bidirectional" and not (self.carries_both_ways or self.repeats_state)

    @classmethod
    def of(cls, version: str, hard_sigmoid: str | None = None) -> Dialect:
        """Return the dialect of a version; UnsupportedError for Keras 1 and for what is no version.

        Parameters
        ----------
        version : str
            The version.
        hard_sigmoid : str, optional
            Overrides what the name stands for.
        """
        if hard_sigmoid is not None and hard_sigmoid not in _HARD_SIGMOIDS:
            raise InvalidValueError(
                f"hard_sigmoid must be one of {', '.join(map(repr, _HARD_SIGMOIDS))}, got "
                f"{hard_sigmoid!r}"
            )
        found = re.match(r"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?", version)
        if found is None:
            raise UnsupportedError(f"{version!r} is no version of Keras")
        numbers = (int(found[1]), int(found[2]))
        if numbers[0] not in (2, 3):
            raise UnsupportedError(
                f"files of Keras {version} are not supported; supported are 2.2 to 3.x: save the "
                "model again with one of these"
            )
        masks = "any" if numbers >= (3, 4) else "none" if numbers >= (3, 0) else "all"
        before_tensorflow = numbers < (2, 4) and "tf" not in version
        by_version = "hard_sigmoid" if numbers >= (3, 0) else "hard_sigmoid_02"
        return cls(
            version,
            hard_sigmoid or by_version,
            keras3=numbers >= (3, 0),
            masks=masks,
            repeats_state=before_tensorflow and (*numbers, int(found[3] or 0)) < (2, 2, 5),
            carries_both_ways=not before_tensorflow,
        )
