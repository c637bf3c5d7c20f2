"""A chain of layers that can be run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.models._inputs import (
    Inputs,
    as_array,
    optional_int,
    positive_int,
    take_inputs,
    take_state,
    take_targets,
)
from lstmetrics.models.chain import Chain
from lstmetrics.models.layers import Bidirectional, Embedding, Layer, Stack
from lstmetrics.models.text import Vocabulary

if TYPE_CHECKING:
    from lstmetrics.models.loading import PathLike

__all__ = ["Sequential", "State"]

FloatArray = npt.NDArray[np.float32]
# One (hidden, cell) pair of shape (batch, units) for each of Sequential.state_names.
State = list[tuple[FloatArray, FloatArray]]


class Sequential:
    """A model that is one chain of layers, as Keras's ``Sequential``.

    Parameters
    ----------
    layers : iterable of Layer
        First to last. The first may be an :class:`~lstmetrics.models.Input`.
    name : str, optional
        The model's name.
    text : Vocabulary, optional
        Turns raw strings into the ids that the model takes; saved with it.
    labels : sequence of str or int, optional
        What the outputs of a classifier stand for; saved with it.

    Raises
    ------
    lstmetrics.errors.ShapeError
        A layer cannot take what the one before it gives.

    Notes
    -----
    A model without weights has shapes but cannot run. The engine is made when it is first needed,
    and again after weights have changed by :meth:`set_weights`. Running is safe from many threads.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics.models import LSTM, Dense, Embedding, Sequential
    >>> model = Sequential([Embedding(4, 2), LSTM(3), Dense(1, activation="sigmoid")])
    >>> model.set_weights([np.zeros(shape, np.float32) for shape in
    ...     [(4, 2), (2, 12), (3, 12), (12,), (3, 1), (1,)]])
    >>> model.predict([[1, 2, 3], [3]])
    array([[0.5],
           [0.5]], dtype=float32)
    """

    def __init__(
        self,
        layers: Iterable[Layer],
        *,
        name: str | None = None,
        text: Vocabulary | None = None,
        labels: Sequence[str | int] | None = None,
    ) -> None:
        if name is not None and not isinstance(name, str):
            raise InvalidTypeError(f"name must be a string, got {name!r}")
        self.name = name or "sequential"
        if text is not None and not isinstance(text, Vocabulary):
            raise InvalidTypeError(f"text must be a Vocabulary, got {type(text).__name__}")
        self.text = text
        self.labels = None if labels is None else [_label(label) for label in labels]
        self._chain = Chain(
            Stack(layer.layers) if isinstance(layer, Sequential) else layer for layer in layers
        )
        self._engine: tuple[_core.Graph, _core.Session] | None = None
        self._check()

    @property
    def layers(self) -> list[Layer]:
        """The layers, first to last; those of nested models and stacks one by one."""
        return self._chain.layers

    # ---- shapes -----------------------------------------------------------------------------

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """The shape of what the model gives; None stands for any size.

        Raises
        ------
        lstmetrics.errors.ShapeError
            The first layer's input shape is not known yet.
        """
        return tuple(self._chain.spec(with_weights=False).shapes()[-1])

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """The shape of what the model takes; None stands for any size."""
        return tuple(self._chain.spec(with_weights=False).shapes()[0])

    @property
    def state_names(self) -> list[str]:
        """The recurrent directions, in the order of their states."""
        return [name for name, _ in self._built()[0].state_slots]

    @property
    def is_language_model(self) -> bool:
        """Whether the model gives one distribution per step, so that tokens have losses."""
        return self._built()[0].is_language_model

    @property
    def takes_ids(self) -> bool:
        """Whether the model takes token ids rather than features."""
        return isinstance(self._chain.first, Embedding)

    @property
    def vocabulary_size(self) -> int | None:
        """How many token ids the model takes; None when it takes features."""
        first = self._chain.first
        return first.input_dim if isinstance(first, Embedding) else None

    # ---- weights ----------------------------------------------------------------------------

    def get_weights(self) -> list[FloatArray]:
        """Return the weights of all layers, in Keras's order."""
        return [weight for layer in self.layers for weight in layer.get_weights()]

    def set_weights(self, weights: Sequence[npt.ArrayLike]) -> None:
        """Set the weights of all layers, in Keras's order.

        Parameters
        ----------
        weights : sequence of array_like of float
            For each layer: an embedding's table; an LSTM's kernel, recurrent kernel and bias; a
            Dense layer's kernel and bias.

        Raises
        ------
        lstmetrics.errors.ShapeError
            There are too many or too few arrays, or one has another shape; no weight is changed.
        """
        before = [layer.state() for layer in self.layers]
        try:
            left = list(weights)
            for layer in self.layers:
                count = layer.weight_count()
                layer.set_weights(left[:count])
                left = left[count:]
            if left:
                raise ShapeError(
                    f"set_weights got {len(weights)} arrays, the model takes "
                    f"{len(weights) - len(left)}"
                )
            self._engine = self._make_engine()
        except Exception:
            for layer, state in zip(self.layers, before, strict=True):
                layer.restore(state)
            raise

    def build(self) -> None:
        """Make the engine now rather than at first use; ShapeError when weights are missing."""
        self._built()

    def count_params(self) -> int:
        """Return the number of weights, all arrays together."""
        return sum(weight.size for weight in self.get_weights())

    # ---- running ----------------------------------------------------------------------------

    def predict(
        self,
        inputs: Inputs,
        batch_size: int = 32,
        *,
        lengths: npt.ArrayLike | None = None,
        mask: npt.ArrayLike | None = None,
        initial_state: State | None = None,
        return_state: bool = False,
    ) -> Any:
        """Run the model.

        Parameters
        ----------
        inputs : array_like, list of sequences of int, or list of str
            Ids (batch, timesteps), features (batch, timesteps, features) or (batch, features);
            sequences of ids of uneven length, which are padded and masked; or raw strings, when the
            model has a vocabulary.
        batch_size : int, default=32
            The most rows that run together. It bounds memory and changes no bit of the result.
        lengths : array_like of int, shape (batch,), optional
            Steps from there on do not count.
        mask : array_like of bool, shape (batch, timesteps), optional
            Steps that count.
        initial_state : list of (hidden, cell), optional
            Arrays (batch, units) for each of :attr:`state_names`; zeros by default.
        return_state : bool, default=False
            Also return the final states, in the same form.

        Returns
        -------
        ndarray of float32
            (batch, units) or (batch, timesteps, units). With ``return_state=True`` a pair of it and
            the states. Where the last layer was made with ``return_state=True``, a list of it and
            that layer's states, as Keras gives.

        Raises
        ------
        lstmetrics.errors.ShapeError
            The inputs, lengths, mask or states have another shape than the model takes.
        lstmetrics.errors.InvalidValueError
            An id is outside the vocabulary, or a length outside the timesteps.
        """
        batch = take_inputs(self, inputs, lengths=lengths, mask=mask)
        values, states = self._built()[1].run(
            **batch.arguments(),
            batch_size=positive_int("batch_size", batch_size),
            initial_state=take_state(initial_state),
        )
        if return_state:
            return values, states
        if getattr(self.layers[-1], "return_state", False):
            own = 2 if isinstance(self.layers[-1], Bidirectional) else 1
            return [values, *(array for pair in states[-own:] for array in pair)]
        return values

    def token_losses(
        self,
        inputs: Inputs,
        targets: npt.ArrayLike,
        *,
        lengths: npt.ArrayLike | None = None,
        mask: npt.ArrayLike | None = None,
        ignore_index: int | None = -100,
        batch_size: int = 32,
        initial_state: State | None = None,
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_], npt.NDArray[np.bool_], State]:
        """Return losses, what counted, what was predicted right, and the final states.

        :meth:`nll` with all that the engine knows about each token.

        Parameters
        ----------
        inputs, targets, lengths, mask, ignore_index, batch_size, initial_state
            As :meth:`nll` takes them, with two dimensions.

        Returns
        -------
        loss : ndarray of float64, shape (batch, timesteps)
            Nats; 0 where not counted.
        counted : ndarray of bool, shape (batch, timesteps)
            False where masked, padded, or the target is ``ignore_index``.
        correct : ndarray of bool, shape (batch, timesteps)
            The most likely token, the lowest id on ties, is the target.
        states : list of (hidden, cell)
            The final states.
        """
        batch = take_inputs(self, inputs, lengths=lengths, mask=mask)
        loss, counted, correct, states = self._built()[1].token_losses(
            **batch.arguments(),
            targets=take_targets(targets),
            ignore_index=optional_int("ignore_index", ignore_index),
            batch_size=positive_int("batch_size", batch_size),
            initial_state=take_state(initial_state),
        )
        return loss, counted.view(np.bool_), correct.view(np.bool_), states

    def nll(
        self,
        ids: npt.ArrayLike,
        targets: npt.ArrayLike,
        *,
        lengths: npt.ArrayLike | None = None,
        mask: npt.ArrayLike | None = None,
        ignore_index: int | None = -100,
        batch_size: int = 32,
        initial_state: State | None = None,
        return_state: bool = False,
    ) -> Any:
        r"""Return the negative log-likelihood of each target token.

        .. math:: -\log \mathrm{softmax}(z)_y = (\max z - z_y) + \log \sum_j e^{z_j - \max z}

        from the logits z, with the sum in double precision over tiles of 256 logits.

        Parameters
        ----------
        ids : array_like of int, shape (batch, timesteps) or (timesteps,)
            What the model reads.
        targets : array_like of int, of the same shape
            What comes next at each step.
        lengths, mask, batch_size, initial_state
            As :meth:`predict` takes them.
        ignore_index : int or None, default=-100
            Targets of this value are not counted (PyTorch's convention).
        return_state : bool, default=False
            Also return the final states, so that a text can go on in the next call.

        Returns
        -------
        ndarray of float64, of the shape of ids
            Nats per token; 0 where masked, padded or ignored.

        Raises
        ------
        lstmetrics.errors.ShapeError
            The model gives no distribution per step, or shapes do not fit.
        lstmetrics.errors.InvalidValueError
            An id or a target is outside the vocabulary.
        """
        ids, targets = as_array("ids", ids), as_array("targets", targets)
        one = ids.ndim == 1
        if one:
            ids, targets = ids[None], targets[None]
        loss, _, _, states = self.token_losses(
            ids,
            targets,
            lengths=lengths,
            mask=mask,
            ignore_index=ignore_index,
            batch_size=batch_size,
            initial_state=initial_state,
        )
        result = loss[0] if one else loss
        return (result, states) if return_state else result

    def perplexity(
        self,
        ids: Inputs,
        *,
        lengths: npt.ArrayLike | None = None,
        batch_size: int = 32,
    ) -> float:
        """Return exp of the mean loss of each token given those before it.

        Parameters
        ----------
        ids : array_like of int, list of sequences of int, str or list of str
            One text (timesteps,) or several; every token but the first is predicted.
        lengths : array_like of int, shape (batch,), optional
            Where padded texts end.
        batch_size : int, default=32
            The most rows that run together.

        Returns
        -------
        float
            The perplexity; NaN when no token is predicted.
        """
        from lstmetrics.evaluation.language_model import tokens_of

        return tokens_of(self, ids, lengths=lengths, batch_size=batch_size).perplexity()

    # ---- saving -----------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """Return name, layers, vocabulary and labels, JSON-ready."""
        return {
            "name": self.name,
            "layers": [
                {
                    "class_name": type(layer).__name__,
                    "config": layer.get_config() | {"name": name},
                }
                for layer, name in zip(self.layers, self._chain.names, strict=True)
            ],
            "text": None
            if self.text is None
            else {"kind": self.text.kind, "config": self.text.get_config()},
            "labels": self.labels,
        }

    def save(self, path: PathLike) -> None:
        """Write the model to a native ``.safetensors`` file.

        Parameters
        ----------
        path : str or path-like
            Where to; must end in ``.safetensors``. The file is written beside and then renamed, so
            that a reader never sees half of it.

        Raises
        ------
        lstmetrics.errors.InvalidValueError
            The path has another ending.
        lstmetrics.errors.ShapeError
            The model has no weights yet.
        """
        from lstmetrics.models.formats.native import write_model

        self._built()
        write_model(self, os.fspath(path))

    def summary(self) -> str:
        """Return a table of the layers: name, class, output shape, number of weights."""
        shapes = self._chain.spec(with_weights=False).shapes()[1:]
        layers = self._chain.running
        rows = [("Layer", "Output shape", "Weights")]
        for (name, layer), shape in zip(layers, shapes, strict=True):
            size = sum(weight.size for weight in layer.get_weights())
            rows.append((f"{name} ({type(layer).__name__})", str(tuple(shape)), f"{size:,}"))
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = [
            f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]:>{widths[2]}}" for row in rows
        ]
        return "\n".join(
            [f'Model "{self.name}"', *lines, f"Total weights: {self.count_params():,}"]
        )

    def __repr__(self) -> str:
        names = ", ".join(type(layer).__name__ for layer in self.layers)
        return f"<Sequential {self.name!r}: {names}>"

    # ---- inside -----------------------------------------------------------------------------

    def weight_items(self) -> Mapping[str, FloatArray]:
        """Return all weights by a name that is unique in the model."""
        return self._chain.weight_items()

    def _check(self) -> None:
        if self._chain.input_sizes() is not None:
            self._chain.spec(with_weights=False).shapes()
        size = self.vocabulary_size
        if self.text is not None and size is not None and len(self.text) > size:
            raise InvalidValueError(
                f"text has {len(self.text)} ids, the Embedding's input_dim is {size}"
            )

    def _built(self) -> tuple[_core.Graph, _core.Session]:
        engine = self._engine
        if engine is None:
            engine = self._engine = self._make_engine()
        return engine

    def _make_engine(self) -> tuple[_core.Graph, _core.Session]:
        graph = _core.Graph(self._chain.spec(with_weights=True))
        if self.labels is not None and graph.output_shape[-1] not in (1, len(self.labels)):
            raise ShapeError(
                f"the model has {graph.output_shape[-1]} outputs and {len(self.labels)} labels"
            )
        return graph, _core.Session(graph)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_engine": None}


def _label(value: Any) -> str | int:
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, bool) or not isinstance(plain, str | int):
        raise InvalidTypeError(f"labels must be strings or integers, got {value!r}")
    return plain
