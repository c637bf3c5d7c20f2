"""The vocabularies of a Keras file: TextVectorization layers, rebuilt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lstmetrics.errors import FormatError, UnsupportedError
from lstmetrics.models.formats.archive import Archive
from lstmetrics.models.formats.keras.parts import Part
from lstmetrics.models.formats.keras.weights import snake_case
from lstmetrics.models.text import Vocabulary
from lstmetrics.models.text_keras import TextVectorization

__all__ = ["Assets", "vocabularies"]


class Assets:
    """The text files that an archive keeps beside its weights."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def vocabulary(self, place: str) -> list[str] | None:
        """Return the lines of a layer's vocabulary; None where there is none."""
        name = f"assets/{place}_lookup_layer/vocabulary.txt"
        if name not in self._archive:
            return None
        try:
            return self._archive.read(name).decode("utf-8").split("\n")
        except UnicodeDecodeError as error:
            raise FormatError(f"{self._archive.path}: {name} is not UTF-8: {error}") from None


def vocabularies(
    owner: str, model: Part, wanted: Mapping[str, Part], assets: Assets | None
) -> dict[str, Vocabulary]:
    """Return a vocabulary for each of the inputs whose strings a TextVectorization takes."""
    places = {part: place for place, part in _places(model, "")}
    return {
        name: _vocabulary(owner, part, places.get(part, ""), assets)
        for name, part in wanted.items()
    }


def _places(model: Part, prefix: str) -> Iterator[tuple[str, Part]]:
    counts: dict[str, int] = {}
    for part in model.parts:
        kind = snake_case(part.class_name)
        count = counts[kind] = counts.get(kind, -1) + 1
        place = f"{prefix}layers/{kind}{f'_{count}' if count else ''}/"
        yield place, part
        yield from _places(part, place)


def _vocabulary(owner: str, part: Part, place: str, assets: Assets | None) -> TextVectorization:
    config = part.config
    label = f"{owner}: TextVectorization {part.name!r}"
    expected = {"output_mode": ("int",), "ragged": (None, False), "sparse": (None, False)}
    for key, allowed in expected.items():
        if config.get(key, allowed[0]) not in allowed:
            raise UnsupportedError(f"{label}: {key}={config[key]!r} is not supported")
    for key in ("standardize", "split"):
        if not isinstance(config.get(key), str | None):
            raise UnsupportedError(
                f"{label}: {key} is a function of the user's; nothing that a file names is run"
            )
    given = config.get("vocabulary")
    words = given if isinstance(given, list) else None
    if words is None and assets is not None:
        words = assets.vocabulary(place)
    if words is None:
        raise UnsupportedError(
            f"{label}: the file does not hold its vocabulary; save the model as .keras"
        )
    return TextVectorization(
        words,
        standardize=config.get("standardize", "lower_and_strip_punctuation"),
        split=config.get("split", "whitespace"),
        ngrams=config.get("ngrams"),
        output_sequence_length=config.get("output_sequence_length"),
    )
