"""Modules of PyTorch as people write text models, exported by both of its exporters."""

from __future__ import annotations

import contextlib
import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from support.pairwise import Options, Pairwise

MODULES = Pairwise(
    {
        "exporter": ["torchscript", "dynamo"],
        "opset": [11, 13, 17],  # dynamo: 18
        "free": [True, False],  # sizes of batch and time
        "input": ["ids", "features"],
        "batch_first": [True, False],
        "rows": [1, 3],
        "steps": [2, 5, 8],
        "layers": [1, 2],
        "bidirectional": [True, False],
        "bias": [True, False],
        "before": ["nothing", "dropout", "linear", "convolution"],
        "given": ["nothing", "states", "lengths"],
        "pool": ["last state", "last step", "first step", "largest", "mean", "adaptive", "none"],
        "behind": ["nothing", "linear and relu", "layer norm", "batch norm"],
        "head": ["nothing", "linear", "softmax", "log softmax", "sigmoid", "two heads"],
    }
)
VOCABULARY, SIZE, UNITS = 23, 5, 6


class Reader(nn.Module):
    """Embedding, LSTM, pooling, head."""

    def __init__(self, options: Options) -> None:
        super().__init__()
        self.options = options
        self.embedding = nn.Embedding(VOCABULARY, SIZE)
        self.dropout = nn.Dropout(0.3)
        self.linear = nn.Linear(SIZE, SIZE)
        self.convolution = nn.Conv1d(SIZE, SIZE, 3, padding=1)
        self.lstm = nn.LSTM(
            SIZE,
            UNITS,
            num_layers=options["layers"],
            bidirectional=options["bidirectional"],
            bias=options["bias"],
            batch_first=options["batch_first"],
        )
        width = UNITS * (2 if options["bidirectional"] else 1)
        self.hidden = nn.Linear(width, width)
        self.layer_norm = nn.LayerNorm(width)
        self.batch_norm = nn.BatchNorm1d(width)
        self.head = nn.Linear(width, 4)
        self.other_head = nn.Linear(width, 3)
        for buffer in (self.batch_norm.running_mean, self.batch_norm.running_var):
            buffer.uniform_(0.5, 1.5)

    def forward(self, x: Any, *given: Any) -> Any:
        options = self.options
        if options["input"] == "ids":
            x = self.embedding(x)
        x = self._before(x)
        if options["given"] == "lengths":
            packed = nn.utils.rnn.pack_padded_sequence(
                x, given[0], batch_first=options["batch_first"], enforce_sorted=True
            )
            slots = self.lstm.num_layers * (2 if options["bidirectional"] else 1)
            # Those that the LSTM would make itself the exporter cannot write.
            zeros = x.new_zeros(slots, given[0].shape[0], UNITS)
            out, (hidden, _) = self.lstm(packed, (zeros, zeros))
            out, _ = nn.utils.rnn.pad_packed_sequence(out, batch_first=options["batch_first"])
        elif options["given"] == "states":
            out, (hidden, _) = self.lstm(x, given)
        else:
            out, (hidden, _) = self.lstm(x)
        return self._head(self._behind(self._pool(out, hidden)))

    def _before(self, x: Any) -> Any:
        kind = self.options["before"]
        if kind == "convolution":
            x = x if self.options["batch_first"] else x.transpose(0, 1)
            x = torch.relu(self.convolution(x.transpose(1, 2))).transpose(1, 2)
            return x if self.options["batch_first"] else x.transpose(0, 1)
        return {"nothing": lambda y: y, "dropout": self.dropout, "linear": self.linear}[kind](x)

    def _pool(self, out: Any, hidden: Any) -> Any:
        axis = 1 if self.options["batch_first"] else 0
        match self.options["pool"]:
            case "last state" if self.options["bidirectional"]:
                return torch.cat((hidden[-2], hidden[-1]), dim=1)
            case "last state":
                return hidden[-1]
            case "last step":
                return out[:, -1] if axis else out[-1]
            case "first step":
                return out[:, 0, :] if axis else out[0]
            case "largest":
                return out.max(dim=axis).values
            case "mean":
                return out.mean(dim=axis)
            case "adaptive":
                order = (0, 2, 1) if axis else (1, 2, 0)
                return nn.functional.adaptive_max_pool1d(out.permute(order), 1).squeeze(2)
        return out

    def _behind(self, x: Any) -> Any:
        match self.options["behind"]:
            case "linear and relu":
                return torch.relu(self.hidden(x))
            case "layer norm":
                return self.layer_norm(x)
            case "batch norm" if self.options["pool"] != "none":
                return self.batch_norm(x)
        return x

    def _head(self, x: Any) -> Any:
        match self.options["head"]:
            case "linear":
                return self.head(x)
            case "softmax":
                return torch.softmax(self.head(x), dim=-1)
            case "log softmax":
                return torch.log_softmax(self.head(x), dim=-1)
            case "sigmoid":
                return torch.sigmoid(self.head(x))
            case "two heads":
                return torch.cat((self.head(x), self.other_head(x)), dim=-1)
        return x


def adjusted(options: Options) -> Options:
    """Return the options with what the exporters themselves cannot write put right."""
    found = dict(options)
    if found["given"] == "lengths":
        found["exporter"] = "torchscript"  # dynamo does not export packed sequences
        found["free"] = True
        if found["before"] == "convolution":  # sees padding, ours rows alone
            found["before"] = "linear"
        if found["pool"] not in ("last state", "none"):
            found["pool"] = "last state"  # the others look at padding, ours at rows alone
    if found["exporter"] == "torchscript" and found["pool"] == "adaptive" and not found["free"]:
        found["free"] = True
    if found["exporter"] == "dynamo" and found["free"]:
        found["rows"], found["steps"] = 3, max(found["steps"], 2)  # it specialises on ones
    return found


def export(options: Options, path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """Export a module; return what to feed it, by the names of its inputs."""
    torch.manual_seed(options["seed"])
    module = Reader(options).eval()
    rows, steps = options["rows"], options["steps"]
    ids = torch.randint(0, VOCABULARY, (rows, steps))
    x: Any = ids if options["input"] == "ids" else torch.randn(rows, steps, SIZE)
    x = x if options["batch_first"] else x.transpose(0, 1)
    arguments, names = [x], ["x"]
    slots = options["layers"] * (2 if options["bidirectional"] else 1)
    if options["given"] == "states":
        arguments += [torch.randn(slots, rows, UNITS), torch.randn(slots, rows, UNITS)]
        names += ["h", "c"]
    if options["given"] == "lengths":
        lengths = torch.randint(1, steps + 1, (rows,))
        lengths[0] = steps
        lengths = lengths.sort(descending=True).values  # the exporter wants them sorted
        arguments.append(lengths)
        names.append("lengths")
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        _export(options, module, arguments, names, path)
    return dict(zip(names, (one.numpy() for one in arguments), strict=True))


def _export(options: Options, module: nn.Module, arguments: Any, names: Any, path: Path) -> None:
    batch, time = (0, 1) if options["batch_first"] else (1, 0)
    axes: dict[str, Any] = {"x": {batch: "batch", time: "time"}}
    axes |= {name: {1: "batch"} for name in ("h", "c") if name in names}
    axes |= {"lengths": {0: "batch"}} if "lengths" in names else {}
    common = {"input_names": names, "output_names": ["y"], "external_data": False}
    if options["exporter"] == "torchscript":
        del common["external_data"]
        torch.onnx.export(
            module,
            tuple(arguments),
            str(path),
            dynamo=False,
            opset_version=options["opset"],
            dynamic_axes=axes if options["free"] else None,
            **common,
        )
        return
    shapes = tuple(
        {axis: torch.export.Dim(label) for axis, label in axes[name].items()} for name in names
    )
    if len(names) > 1:  # forward(x, *given)
        shapes = (shapes[0], tuple(shapes[1:]))  # type: ignore[assignment]
    torch.onnx.export(
        module,
        tuple(arguments),
        str(path),
        dynamo=True,
        verbose=False,
        dynamic_shapes=shapes if options["free"] else None,
        **common,
    )
