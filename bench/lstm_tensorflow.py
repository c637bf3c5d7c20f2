"""TensorFlow's and LiteRT's ways to do a job of ``bench.lstm``, from one description in Keras."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.lstm_jobs import TOGETHER, Job, sorted_batches
from bench.workload import Array

__all__ = ["keras_model", "litert", "tensorflow"]

Run = Callable[[Array], Any]


def keras_model(job: Job, keras: Any, tf: Any, batch: int | None, steps: int | None) -> Any:
    """Return the job's model: of ids; and of targets, the last steps of rows, or states.

    ``keras`` is Keras 3, or Keras 2 for LiteRT's converter, which knows that one's LSTM.
    """

    def given(name: str, shape: tuple[int | None, ...], dtype: str) -> Any:
        return keras.Input(shape, batch_size=batch, name=name, dtype=dtype)

    inputs = [given("ids", (steps,), "int64")]
    x = keras.layers.Embedding(job.vocabulary, job.embedding)(inputs[0])
    if job.kind == "stream" and batch is None:
        inputs += [given(name, (job.units,), "float32") for name in ("h", "c")]
    states: list[Any] = []
    for layer in range(job.layers):
        every = layer < job.layers - 1 or job.kind in ("losses", "reviews")
        lstm = keras.layers.LSTM(job.units, return_sequences=every, return_state=len(inputs) == 3)
        x = (keras.layers.Bidirectional(lstm) if job.bidirectional else lstm)(
            x, **({"initial_state": inputs[1:]} if len(inputs) == 3 else {})
        )
        if len(inputs) == 3:
            x, *states = x
    if job.kind == "reviews":  # padded: the state after a row's own last step
        inputs.append(given("last", (), "int64"))
        x = _call(
            keras,
            lambda given: tf.gather(given[0], given[1], batch_dims=1),
            [x, inputs[1]],
            (job.units,),
        )
    dense = keras.layers.Dense(job.outputs, activation=None if job.kind == "losses" else "softmax")
    result = dense(x)
    if job.kind == "losses":
        inputs.append(given("targets", (steps,), "int64"))
        result = _call(
            keras,
            lambda given: -tf.gather(tf.nn.log_softmax(given[0]), given[1], batch_dims=2),
            [result, inputs[1]],
            (steps,),
        )
    model = keras.Model(inputs, [result, *states] if states else result)
    model.set_weights(_weights(job))
    return model


def _call(keras: Any, function: Callable[[Any], Any], values: list[Any], shape: Any) -> Any:
    return keras.layers.Lambda(function, output_shape=shape)(values)


def _weights(job: Job) -> list[Array]:
    """The weights in Keras's order; gates are i, f, g, o in both, and biases one."""
    named = job.weights
    found = [named["embedding.weight"]]
    for layer in range(job.layers):
        for side in ("", "_reverse")[: job.directions]:
            found += [named[f"lstm.weight_{k}_l{layer}{side}"].T for k in ("ih", "hh")]
            found.append(
                named[f"lstm.bias_ih_l{layer}{side}"] + named[f"lstm.bias_hh_l{layer}{side}"]
            )
    return [*found, named["fc.weight"].T, named["fc.bias"]]


def over_keras(job: Job, infer: Callable[..., Any]) -> Run:
    """A job by something that takes arrays in the order of the model's inputs."""

    def reviews(_: Any) -> Any:
        result = np.empty((job.batch, job.outputs), np.float32)
        for rows, ids, lengths in sorted_batches(job):
            result[rows] = infer(ids, lengths - 1)
        return result

    if job.kind == "reviews":
        return reviews
    if job.kind == "losses":
        return lambda ids: infer(ids[:, :-1], ids[:, 1:])
    return infer


def tensorflow(job: Job, threads: int) -> Run:
    """TensorFlow: Keras's layers in one function."""
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    model = keras_model(job, keras, tf, None, None)
    call = tf.function(
        lambda *given: model(list(given), training=False),
        input_signature=[tf.TensorSpec(one.shape, one.dtype) for one in model.inputs],
    )
    if job.kind != "stream":
        return over_keras(job, lambda *given: call(*map(tf.constant, given)).numpy())
    state = [tf.zeros((job.batch, job.units))] * 2

    def step(ids: Array) -> Any:
        result, *state[:] = call(tf.constant(ids), *state)
        return result.numpy()

    return step


def litert(job: Job, threads: int) -> Run:
    """LiteRT on a file of TensorFlow's converter, which makes its LSTM operator of Keras 2's layer.

    The operator keeps its state from call to call: it is reset before each, but in a stream.
    """
    from ai_edge_litert.interpreter import Interpreter

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "job.tflite")
        command = [sys.executable, "-m", "bench.lstm_tflite", job.to_json(), str(path)]
        subprocess.run(command, check=True, capture_output=True)
        interpreter = Interpreter(model_content=path.read_bytes(), num_threads=threads)
    interpreter.allocate_tensors()
    known = {one["name"]: one["index"] for one in interpreter.get_input_details()}
    names = [f"serving_default_{name}:0" for name in ("ids", "last", "targets")]
    places = [known[name] for name in names if name in known]
    (output,) = (one["index"] for one in interpreter.get_output_details())

    def infer(*given: Array) -> Any:
        if job.kind != "stream":
            interpreter.reset_all_variables()
        for place, array in zip(places, given, strict=True):
            interpreter.set_tensor(place, array)
        interpreter.invoke()
        return interpreter.get_tensor(output)

    def resized(ids: Array, last: Array) -> Any:
        interpreter.resize_tensor_input(places[0], (TOGETHER, ids.shape[1]))
        interpreter.allocate_tensors()
        rows = np.arange(TOGETHER) % len(ids)  # the operator's batch is fixed
        return infer(ids[rows], last[rows])[: len(ids)]

    return over_keras(job, resized if job.kind == "reviews" else infer)
