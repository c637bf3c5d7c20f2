"""What a model does once it has weights: it runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import ShapeError, UnsupportedError
from lstmetrics.models._inputs import (
    Inputs,
    as_array,
    as_sequences,
    optional_int,
    positive_int,
    take_inputs,
    take_state,
    take_targets,
)
from lstmetrics.models.states import CarriedStates, State
from lstmetrics.models.stream import Stream

if TYPE_CHECKING:
    from lstmetrics.models.engine import Engine
    from lstmetrics.models.layers import Layer
    from lstmetrics.models.text import Vocabulary

__all__ = ["Runnable"]

WINDOW = 4096  # sequences of a data set that are held at once

FloatArray = npt.NDArray[np.float32]


class Runnable(ABC):
    """Layers with weights, and an engine made of them."""

    _engine: Engine | None
    _carried: CarriedStates

    @property
    @abstractmethod
    def layers(self) -> list[Layer]:
        """The layers, each behind those it takes values of."""

    @property
    @abstractmethod
    def text(self) -> Vocabulary | None:
        """What turns raw strings into ids."""

    @abstractmethod
    def _make_engine(self) -> Engine:
        """Return an engine with the weights as they are."""

    @abstractmethod
    def _batch_size(self, given: Any) -> int:
        """Return how many rows run together."""

    def _built(self) -> Engine:
        engine = self._engine
        if engine is None:
            engine = self._engine = self._make_engine()
        return engine

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
        batch_size: int | None = None,
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
            sequences of ids of uneven length, which are padded and given lengths; or raw strings,
            when the model has a vocabulary. For a model with several inputs, a list of one for
            each, or a mapping from their names.
        batch_size : int, default=32
            The most rows that run together. It bounds memory and changes no bit of the result,
            unless the model is stateful: there row i of a batch goes on where row i of the batch
            before ended, and the default is what its Input says.
        lengths : array_like of int, shape (batch,), optional
            Where rows end: each is what it would be alone, and what lies behind is padding.
        mask : array_like of bool, shape (batch, timesteps), optional
            Steps that count, for the layers that look at masks; as Keras's ``mask=``. For several
            inputs, masks and lengths come as the inputs do, None where an input has none.
        initial_state : list of (hidden, cell), optional
            Arrays (batch, units) for each of :attr:`state_names`; zeros by default.
        return_state : bool, default=False
            Also return the final states, in the same form.

        Returns
        -------
        ndarray of float32, or list of them
            (batch, units) or (batch, timesteps, units); a list where the model has several outputs.
            With ``return_state=True`` a pair of it and the states.

        Raises
        ------
        lstmetrics.errors.ShapeError
            The inputs, lengths, mask or states have another shape than the model takes.
        lstmetrics.errors.InvalidValueError
            An id is outside the vocabulary, or a length outside the timesteps.
        """
        engine = self._built()
        alone = lengths is None and mask is None and initial_state is None and not return_state
        if alone and engine.takes_at_once(inputs) and not self._carried.any:
            values = engine.session.run_ids(inputs, _rows_together(batch_size))
            return values[0] if len(values) == 1 else values
        if alone and engine.takes_sequences and not self._carried.any:
            sequences = as_sequences(engine.ports[0], inputs)
            if sequences is not None:
                from lstmetrics.models.data_sets import DataSet

                values = DataSet(engine, WINDOW, _rows_together(batch_size)).together(sequences)
                return values[0] if len(values) == 1 else values
        batches = take_inputs(engine.ports, inputs, lengths=lengths, mask=mask)
        if self._carried.any:
            values, states = self._carried.run(
                engine.session, batches, self._batch_size(batch_size), take_state(initial_state)
            )
        else:
            values, states = engine.session.run(
                inputs=[one.arrays() for one in batches],
                batch_size=self._batch_size(batch_size),
                initial_state=take_state(initial_state),
            )
        result = values[0] if len(values) == 1 else list(values)
        return (result, states) if return_state else result

    def predict_each(
        self, sequences: Iterable[Any], *, window: int = WINDOW, batch_size: int = 32
    ) -> Iterator[Any]:
        """Run the model over a data set, in bounded memory, and give results in its order.

        A window of sequences is held at a time. Those of like length run together, without padding,
        over all threads.

        Parameters
        ----------
        sequences : iterable
            Raw strings; ids (timesteps,); or features (timesteps, features): of any length, from a
            list, a generator, a file. It is read once, a window ahead of the results.
        window : int, default=4096
            The most sequences that are held; fewer where they are very long, or the model gives
            much for each step. It bounds memory and changes no bit of the result.
        batch_size : int, default=32
            The most rows that run together; no result depends on it.

        Yields
        ------
        ndarray of float32, or list of them
            What :meth:`predict` gives for each sequence alone: (units,) or (timesteps, units); a
            list where the model has several outputs.

        Raises
        ------
        lstmetrics.errors.InvalidTypeError, lstmetrics.errors.InvalidValueError
            A sequence is no such thing, or has an id outside the vocabulary; the message has its
            number. Results of the windows before it have been given.
        lstmetrics.errors.ShapeError
            The model has several inputs.
        lstmetrics.errors.UnsupportedError
            The model is stateful: its rows go on where those of the batch before ended.

        Notes
        -----
        What the iterable raises passes through, and nothing else happens: results that came before
        are valid, and the model is as it was.

        Examples
        --------
        >>> import lstmetrics, lstmetrics.demo
        >>> model = lstmetrics.load_model(lstmetrics.demo.path("classifier.safetensors"))
        >>> texts, _ = lstmetrics.demo.held_out_messages()
        >>> found = list(model.predict_each(text for text in texts))
        >>> bool((found == model.predict(texts)).all())
        True
        """
        from lstmetrics.models.data_sets import DataSet

        engine = self._built()
        if self._carried.any:
            raise UnsupportedError(
                "predict_each: rows of a stateful model go on where the batch before ended; use "
                "predict, batch by batch"
            )
        held = positive_int("window", window)
        return DataSet(engine, held, _rows_together(batch_size)).each(sequences)

    def reset_states(self) -> None:
        """Let the rows of a stateful model begin anew, from zeros."""
        self._carried.reset()

    def stream(self, batch_size: int = 1) -> Stream:
        """Return a stream, which runs the model step by step and carries its states.

        Parameters
        ----------
        batch_size : int, default=1
            How many rows run side by side.

        Returns
        -------
        Stream
            Its ``step(ids)`` gives what the model would give for all steps so far.

        Raises
        ------
        lstmetrics.errors.UnsupportedError
            A layer needs the whole sequence, such as a Bidirectional.
        """
        return Stream(self._built(), positive_int("batch_size", batch_size))

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
        engine = self._built()
        engine.graph.expect_language_model()
        (batch,) = take_inputs(engine.ports, inputs, lengths=lengths, mask=mask)
        loss, counted, correct, states = engine.session.token_losses(
            input=batch.arrays(),
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


def _rows_together(batch_size: int | None) -> int:
    return 32 if batch_size is None else positive_int("batch_size", batch_size)
