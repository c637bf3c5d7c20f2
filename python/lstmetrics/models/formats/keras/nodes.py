"""The calls that a functional config lists, as Keras 2 and Keras 3 write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lstmetrics.errors import FormatError, UnsupportedError
from lstmetrics.models.formats.keras.parts import Part
from lstmetrics.models.values import Value

__all__ = ["Mask", "Nodes", "Use", "references"]

# Which steps of which values count: those where the value is not the number.
Mask = frozenset[tuple[Value, float]]
Reference = tuple[str, int, int]  # layer, use, output


@dataclass(eq=False)
class Use:
    """One call of a part."""

    part: Part
    index: int
    arguments: list[Reference]
    keywords: dict[str, list[Reference]]
    constants: list[Any]


class Nodes:
    """The calls that a functional config lists, and their results so far."""

    def __init__(self, owner: str, model: Part) -> None:
        self._owner = owner
        self._parts = {part.name: part for part in model.parts}
        if len(self._parts) != len(model.parts):
            raise FormatError(f"{owner}: two layers of {model.name!r} have one name")
        self._uses = [use for part in model.parts for use in self._uses_of(part)]
        self._wanted = [one for use in self._uses for one in self._taken_by(use)]
        self._wanted += references(model.config.get("output_layers"))
        self.results: dict[tuple[str, int], list[Value] | Mask] = {}
        # The first use of a nested model that Keras counts is often its own making.
        self._offsets = {
            part.name: min((k for name, k, _ in self._wanted if name == part.name), default=0)
            for part in model.parts
            if part.is_model
        }

    def uses(self) -> Iterator[Use]:
        """Each call, in the order of the layers."""
        yield from self._uses

    def ready(self, use: Use) -> bool:
        """Whether all that a call takes is there."""
        return all(self._key(one) in self.results for one in self._taken_by(use))

    def value(self, reference: Reference) -> Value:
        """Return a value that a layer has given."""
        found = self.results.get(self._key(reference))
        if isinstance(found, frozenset):
            kind = self._parts[reference[0]].class_name
            raise UnsupportedError(
                f"{self._owner}: the {kind} {reference[0]!r} is not supported; layers are"
            )
        if found is None or not 0 <= reference[2] < len(found):
            raise FormatError(
                f"{self._owner}: there is no output {reference[2]} of {reference[0]!r}"
            )
        return found[reference[2]]

    def mask(self, reference: Reference) -> Mask | None:
        """Return a mask that operations have given; None for a value of a layer."""
        found = self.results.get(self._key(reference))
        return found if isinstance(found, frozenset) else None

    def _key(self, reference: Reference) -> tuple[str, int]:
        name, index, _ = reference
        return name, index - self._offsets.get(name, 0)

    @staticmethod
    def _taken_by(use: Use) -> list[Reference]:
        return use.arguments + [one for refs in use.keywords.values() for one in refs]

    def _uses_of(self, part: Part) -> Iterator[Use]:
        nodes = part.entry.get("inbound_nodes") or []
        if not isinstance(nodes, list):
            raise FormatError(f"{self._owner}: {part.name!r}: inbound_nodes must be a list")
        for index, node in enumerate(nodes):
            if isinstance(node, Mapping):
                arguments, keywords = node.get("args", []), node.get("kwargs") or {}
            else:
                arguments, keywords = node, _keywords_of(node)
            yield Use(
                part,
                index,
                list(references(arguments)),
                dict(self._keywords(part, keywords)),
                [x for x in arguments if not isinstance(x, list | Mapping)],
            )

    def _keywords(
        self, part: Part, keywords: Mapping[str, Any]
    ) -> Iterator[tuple[str, list[Reference]]]:
        for name, given in keywords.items():
            found = list(references(given))
            if name in ("initial_state", "mask") and found:
                yield name, found
            elif given not in (None, [], {}, False) and name != "training":
                if part.is_operation:
                    yield name, found
                    continue
                raise UnsupportedError(
                    f"{self._owner}: {part.name!r} is called with {name}=, which is not supported"
                )


def _keywords_of(node: Any) -> Mapping[str, Any]:
    """Return the keyword arguments of a call as Keras 2 writes it: behind each tensor."""
    if isinstance(node, list):
        if len(node) == 4 and isinstance(node[0], str) and isinstance(node[3], Mapping):
            return node[3]
        for one in node:
            found = _keywords_of(one)
            if found:
                return found
    return {}


def references(given: Any) -> Iterator[Reference]:
    """Find the values that a part of a config refers to, in order."""
    if isinstance(given, Mapping):
        if given.get("class_name") == "__keras_tensor__":
            yield from references((given.get("config") or {}).get("keras_history"))
        else:
            for one in given.values():
                yield from references(one)
    elif isinstance(given, list):
        if (
            len(given) in (3, 4)
            and isinstance(given[0], str)
            and all(type(index) is int and index >= 0 for index in given[1:3])
        ):
            yield given[0], given[1], given[2]
        else:
            for one in given:
                yield from references(one)
