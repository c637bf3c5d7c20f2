"""One engine's way to do a job of ``bench.lstm``: each returns a call that takes a batch of ids.

Each runs in a process of its own, so libraries are imported where they are used.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench.lstm_jobs import Job, sorted_batches
from bench.lstm_tensorflow import litert, tensorflow
from bench.workload import Array, tensor

__all__ = ["EIGHT_BITS", "ENGINES", "LIBRARIES", "SIXTEEN_BITS", "Run"]

Run = Callable[[Array], Any]
# What ends the name of an engine whose arithmetic, or whose weights, are not float32.
SIXTEEN_BITS, EIGHT_BITS = "_bf16", "_int8"


def lstmetrics(job: Job, threads: int, precision: Any = "float32") -> Run:
    """Ours."""
    import lstmetrics as library
    from lstmetrics.models import LSTM, Dense, Embedding, Sequential

    library.set_num_threads(threads)
    each = job.kind == "losses"
    model = Sequential(
        [
            Embedding.from_torch(job.weights, "embedding"),
            LSTM.from_torch(
                job.weights,
                "lstm",
                num_layers=job.layers,
                bidirectional=job.bidirectional,
                return_sequences=each,
            ),
            Dense.from_torch(job.weights, "fc", activation="softmax"),
        ]
    ).with_precision(precision)
    if job.kind == "losses":
        return lambda ids: model.nll(ids[:, :-1], ids[:, 1:], batch_size=job.batch)
    if job.kind == "stream":
        stream = model.stream()
        return lambda ids: stream.step(ids[:, 0])
    if job.kind == "reviews":
        return lambda _: np.stack(list(model.predict_each(job.texts)))
    return lambda ids: model.predict(ids, job.batch)


def torch(job: Job, threads: int) -> Run:
    """PyTorch's modules, in inference mode.

    Reviews are sorted and padded per batch, and a row's state is taken where it ends: packing them
    gives the same in more time.
    """
    import torch as library

    library.set_num_threads(threads)
    embedding = library.nn.Embedding(job.vocabulary, job.embedding)
    lstm = library.nn.LSTM(
        job.embedding,
        job.units,
        job.layers,
        batch_first=True,
        bidirectional=job.bidirectional,
    )
    linear = library.nn.Linear(job.units * job.directions, job.outputs)
    modules = library.nn.ModuleDict({"embedding": embedding, "lstm": lstm, "fc": linear})
    modules.load_state_dict({name: tensor(array) for name, array in job.weights.items()})

    def classify(ids: Any) -> Any:
        hidden = lstm(embedding(ids))[1][0][-job.directions :]
        return library.softmax(linear(hidden.transpose(0, 1).flatten(1)), -1)

    def losses(ids: Any) -> Any:
        logits = linear(lstm(embedding(ids[:, :-1]))[0]).flatten(0, 1)
        loss = library.nn.functional.cross_entropy(logits, ids[:, 1:].flatten(), reduction="none")
        return loss.view(len(ids), -1)

    state: list[Any] = [None]

    def step(ids: Any) -> Any:
        hidden, state[0] = lstm(embedding(ids), state[0])
        return library.softmax(linear(hidden[:, -1]), -1)

    def reviews(_: Any) -> Any:
        result = library.empty(job.batch, job.outputs)
        for rows, ids, lengths in sorted_batches(job):
            every = lstm(embedding(tensor(ids)))[0]
            last = every[library.arange(len(rows)), tensor(lengths) - 1]
            result[tensor(rows)] = library.softmax(linear(last), -1)
        return result

    work = {"classify": classify, "losses": losses, "stream": step, "reviews": reviews}[job.kind]

    def run(ids: Array) -> Any:
        with library.inference_mode():
            return work(tensor(ids)).numpy()

    return run


def onnx_model(job: Job, *, knows_lengths: bool = True) -> bytes:
    """Return the model as ONNX's operators say it: Gather, LSTM, Gemm or MatMul, Softmax.

    Where reviews end the LSTM is told, or each row's last step is gathered of all.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    nodes: list[Any] = []
    arrays: dict[str, Array] = {"table": job.weights["embedding.weight"]}

    def add(operator: str, inputs: list[str], outputs: list[str], **options: Any) -> None:
        nodes.append(helper.make_node(operator, inputs, outputs, **options))

    order = np.array([0, 3, 1, 2])  # i, f, g, o to i, o, f, g

    def gates(name: str) -> Array:
        array = job.weights[name]
        return array.reshape(4, job.units, -1)[order].reshape(array.shape)

    add("Gather", ["table", "ids"], ["x"])
    add("Transpose", ["x"], ["x0"], perm=[1, 0, 2])
    sides = ("", "_reverse")[: job.directions]
    states = ["h0", "c0"] if job.kind == "stream" else []
    for layer in range(job.layers):
        for new, old in (("w", "weight_ih"), ("r", "weight_hh")):
            arrays[f"{new}{layer}"] = np.stack([gates(f"lstm.{old}_l{layer}{s}") for s in sides])
        parts = [[gates(f"lstm.bias_{k}_l{layer}{s}") for k in ("ih", "hh")] for s in sides]
        arrays[f"b{layer}"] = np.stack([np.concatenate(part) for part in parts])
        weights = [f"{name}{layer}" for name in "wrb"]
        lengths = "lengths" if job.kind == "reviews" and knows_lengths else ""
        add(
            "LSTM",
            [f"x{layer}", *weights, lengths, *states],
            [f"y{layer}", "h", "c"] if layer == job.layers - 1 else [f"y{layer}"],
            hidden_size=job.units,
            direction="bidirectional" if job.bidirectional else "forward",
        )
        arrays["joined"] = np.array([0, 0, -1])
        add("Transpose", [f"y{layer}"], [f"t{layer}"], perm=[0, 2, 1, 3])
        add("Reshape", [f"t{layer}", "joined"], [f"x{layer + 1}"])
    arrays["fc"], arrays["fc_bias"] = job.weights["fc.weight"].T.copy(), job.weights["fc.bias"]
    if job.kind == "losses":
        add("MatMul", [f"x{job.layers}", "fc"], ["product"])
        add("Add", ["product", "fc_bias"], ["logits"])
        add("LogSoftmax", ["logits"], ["logs"], axis=-1)
        add("Transpose", ["targets"], ["turned"], perm=[1, 0])
        arrays["last"] = np.array([2])
        add("Unsqueeze", ["turned", "last"], ["places"])
        add("GatherElements", ["logs", "places"], ["found"], axis=2)
        add("Squeeze", ["found", "last"], ["flat"])
        add("Neg", ["flat"], ["loss"])
        add("Transpose", ["loss"], ["result"], perm=[1, 0])
    else:
        if job.kind == "reviews" and not knows_lengths:
            add("Transpose", [f"x{job.layers}"], ["rows"], perm=[1, 0, 2])
            add("GatherND", ["rows", "last"], ["gathered"], batch_dims=1)
            arrays["flat_shape"] = np.array([-1, job.units])
            add("Reshape", ["gathered", "flat_shape"], ["flat"])
        else:
            add("Transpose", ["h"], ["hidden"], perm=[1, 0, 2])
            arrays["flat_shape"] = np.array([0, -1])
            add("Reshape", ["hidden", "flat_shape"], ["flat"])
        add("Gemm", ["flat", "fc", "fc_bias"], ["logits"])
        add("Softmax", ["logits"], ["result"], axis=-1)

    def value(name: str, kind: int, rank: int) -> Any:
        return helper.make_tensor_value_info(name, kind, [None] * rank)

    inputs = [value("ids", TensorProto.INT64, 2)]
    outputs = [value("result", TensorProto.FLOAT, 2)]
    if job.kind == "losses":
        inputs.append(value("targets", TensorProto.INT64, 2))
    if job.kind == "reviews" and knows_lengths:
        inputs.append(value("lengths", TensorProto.INT32, 1))
    elif job.kind == "reviews":
        inputs.append(helper.make_tensor_value_info("last", TensorProto.INT64, [None, 1]))
    if job.kind == "stream":
        inputs += [value(name, TensorProto.FLOAT, 3) for name in states]
        outputs += [value(name, TensorProto.FLOAT, 3) for name in ("h", "c")]
    constants = [numpy_helper.from_array(array, name) for name, array in arrays.items()]
    graph = helper.make_graph(nodes, "job", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def over_onnx(job: Job, infer: Callable[[dict[str, Array]], Any]) -> Run:
    """A job by something that takes a mapping of arrays and returns a list of them."""
    shape = (job.layers * job.directions, job.batch, job.units)
    state = [np.zeros(shape, np.float32)] * 2

    def step(ids: Array) -> Any:
        result, state[0], state[1] = infer({"ids": ids, "h0": state[0], "c0": state[1]})
        return result

    def reviews(_: Array) -> Any:
        result = np.empty((job.batch, job.outputs), np.float32)
        for rows, ids, lengths in sorted_batches(job):
            result[rows] = infer({"ids": ids, "lengths": lengths.astype(np.int32)})[0]
        return result

    def losses(ids: Array) -> Any:
        given, targets = (np.ascontiguousarray(part) for part in (ids[:, :-1], ids[:, 1:]))
        return infer({"ids": given, "targets": targets})[0]

    if job.kind == "classify":
        return lambda ids: infer({"ids": ids})[0]
    return {"losses": losses, "stream": step, "reviews": reviews}[job.kind]


def onnxruntime(job: Job, threads: int) -> Run:
    """ONNX Runtime on its CPU provider."""
    return over_onnxruntime(job, onnx_model(job), threads)


def onnxruntime_int8(job: Job, threads: int) -> Run:
    """ONNX Runtime with weights of 8 bits and activations scaled as they come.

    The most memory is that of making the model too.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "job.onnx")
        quantize_dynamic(onnx.load_from_string(onnx_model(job)), path, weight_type=QuantType.QInt8)
        return over_onnxruntime(job, path.read_bytes(), threads)


def over_onnxruntime(job: Job, model: bytes, threads: int) -> Run:
    """A job by ONNX Runtime, for a model in its bytes."""
    import onnxruntime as library

    options = library.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = library.InferenceSession(model, options, ["CPUExecutionProvider"])
    return over_onnx(job, lambda given: session.run(None, given))


def openvino(job: Job, threads: int) -> Run:
    """OpenVINO, asked for float32 and low latency."""
    import openvino as library

    core = library.Core()
    settings = {
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": "f32",
        "PERFORMANCE_HINT": "LATENCY",
    }
    model = core.read_model(onnx_model(job, knows_lengths=False))
    compiled = core.compile_model(model, "CPU", settings)
    request = compiled.create_infer_request()

    def infer(given: dict[str, Array]) -> list[Array]:
        if "lengths" in given:  # its LSTM gives other results for rows that end early
            given["last"] = given.pop("lengths").astype(np.int64)[:, None] - 1
        found = request.infer(given)
        return [np.array(found[port]) for port in compiled.outputs]

    return over_onnx(job, infer)


# The package and the module of an engine that is not called as they are.
LIBRARIES = {
    "lstmetrics_bf16": ("lstmetrics", "lstmetrics"),
    "lstmetrics_int8": ("lstmetrics", "lstmetrics"),
    "onnxruntime_int8": ("onnxruntime", "onnxruntime"),
    "litert": ("ai-edge-litert", "ai_edge_litert.interpreter"),
}
ENGINES = {
    "lstmetrics": lstmetrics,
    "lstmetrics_bf16": partial(lstmetrics, precision="bf16"),
    "lstmetrics_int8": partial(lstmetrics, precision="int8"),
    "torch": torch,
    "onnxruntime": onnxruntime,
    "onnxruntime_int8": onnxruntime_int8,
    "openvino": openvino,
    "tensorflow": tensorflow,
    "litert": litert,
}
