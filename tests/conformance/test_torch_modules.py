"""Live modules of PyTorch are taken apart into our layers, which give what the modules give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstmetrics
from lstmetrics.errors import FormatError, InvalidValueError, UnsupportedError
from lstmetrics.models import LSTM, Dense, Embedding, Sequential, read_state_dict
from support.differences import TOLERANCE, difference, to_definition
from support.pairwise import Options, Pairwise

torch = pytest.importorskip("torch", reason="compares with PyTorch: nox -s conformance")
nn = torch.nn

MODULES = Pairwise(
    {
        "input": ["ids", "features"],
        "form": ["attributes", "nested", "list"],
        "batch_first": [True, False],
        "layers": [1, 2, "two modules"],
        "bidirectional": [True, False],
        "bias": [True, False],
        "projection": [0, 3],
        "pooling": ["last_state", "last_step", "first_step", "max", "mean", "none"],
        "before": ["nothing", "Dropout", "Linear", "LayerNorm"],
        "behind": ["nothing", "ReLU", "LeakyReLU", "GELU", "LayerNorm", "BatchNorm1d", "Tanh"],
        "head": ["none", "softmax", "sigmoid", "Softmax module"],
        "dtype": ["float32", "float64"],
        "steps": [1, 6],
        "rows": [1, 4],
    }
)
VOCABULARY, SIZE, UNITS = 19, 5, 6


class Reader(nn.Module):  # type: ignore[misc, name-defined]
    """Parts in the order in which they are used, and a pooling that they do not say."""

    def __init__(self, options: Options) -> None:
        super().__init__()
        self.options = options
        if options["input"] == "ids":
            self.embedding = nn.Embedding(VOCABULARY, SIZE, padding_idx=0)
        self.before = {
            "nothing": nn.Identity,
            "Dropout": nn.Dropout,
            "Linear": lambda: nn.Linear(SIZE, SIZE),
            "LayerNorm": lambda: nn.LayerNorm(SIZE),
        }[options["before"]]()
        directions = 1 + options["bidirectional"]
        given = options["projection"] or UNITS
        common = {key: options[key] for key in ("bidirectional", "bias", "batch_first")}
        common["proj_size"] = options["projection"]
        two = options["layers"] == "two modules"
        count = 1 if two else options["layers"]
        self.lstm = nn.LSTM(SIZE, UNITS, count, dropout=0.1 if count > 1 else 0.0, **common)
        self.second = nn.LSTM(directions * given, UNITS, **common) if two else nn.Identity()
        width = directions * given
        behind = {
            "nothing": nn.Identity,
            "LayerNorm": lambda: nn.LayerNorm(width),
            "BatchNorm1d": lambda: nn.BatchNorm1d(width),
        }.get(options["behind"], getattr(nn, options["behind"], None))()
        if isinstance(behind, nn.BatchNorm1d):
            behind.running_mean.uniform_(-1, 1)
            behind.running_var.uniform_(0.5, 2)
        tail = [behind, nn.Dropout(0.5), nn.Linear(width, 4, bias=options["bias"])]
        tail += [nn.Softmax(dim=-1)] if options["head"] == "Softmax module" else []
        self.tail: Any = {
            "attributes": lambda: nn.Sequential(*tail),
            "nested": lambda: nn.Sequential(nn.Sequential(*tail[:1]), nn.Sequential(*tail[1:])),
            "list": lambda: nn.ModuleList(tail),
        }[options["form"]]()

    def forward(self, x: Any) -> Any:
        options = self.options
        x = self.embedding(x) if options["input"] == "ids" else x
        output, (hidden, _) = self.lstm(self.before(x))
        if options["layers"] == "two modules":
            output, (hidden, _) = self.second(output)
        axis = 1 if options["batch_first"] else 0
        x = {
            "last_state": lambda: torch.cat([*hidden[-1 - options["bidirectional"] :]], dim=-1),
            "last_step": lambda: output.select(axis, -1),
            "first_step": lambda: output.select(axis, 0),
            "max": lambda: output.amax(axis),
            "mean": lambda: output.mean(axis),
            "none": lambda: output,
        }[options["pooling"]]()
        for part in self.tail if options["form"] == "list" else [self.tail]:
            x = part(x)
        head = options["head"]
        return {"softmax": lambda y: y.softmax(-1), "sigmoid": torch.sigmoid}.get(
            head, lambda y: y
        )(x)


@pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning")
def test_modules_in_all_their_options() -> None:
    drawn = MODULES.draw(120, 7)
    assert MODULES.uncovered(drawn) == 0
    largest, defined = 0.0, 0.0
    for options in drawn:
        if options["behind"] == "BatchNorm1d" and options["pooling"] == "none":
            options["behind"] = "Tanh"
        torch.manual_seed(options["seed"])
        module = Reader(options).to(getattr(torch, options["dtype"]))
        activation = options["head"] if options["head"] in ("softmax", "sigmoid") else None
        model = lstmetrics.from_torch(module, pooling=options["pooling"], activation=activation)
        assert module.training
        module.eval()
        shape = (options["rows"], options["steps"])
        rng = np.random.default_rng(options["seed"])
        x: Any = rng.integers(0, VOCABULARY, shape)
        if options["input"] == "features":
            x = rng.standard_normal((*shape, SIZE)).astype(options["dtype"])
        turned = x if options["batch_first"] else np.swapaxes(x, 0, 1).copy()
        with torch.no_grad():
            expected = module(torch.from_numpy(turned)).numpy()
        if not options["batch_first"] and options["pooling"] == "none":
            expected = np.swapaxes(expected, 0, 1)
        found = model.predict(x)
        largest = max(largest, difference(found, expected))
        defined = max(
            defined, *to_definition(model, [np.float32(x) if x.ndim == 3 else x], [found])
        )
        assert largest <= TOLERANCE, options
        assert defined <= 1e-6, options
    print(
        f"\n{len(drawn)} live modules: {largest:.1e} from torch, {defined:.1e} from the definition"
    )


def small(**change: Any) -> Any:
    options = {name: values[0] for name, values in MODULES._choices.items()} | change
    torch.manual_seed(3)
    return Reader(options)


def test_another_pooling_is_found_out() -> None:
    with pytest.raises(InvalidValueError, match=r"numbers that are .* apart; is it another"):
        lstmetrics.from_torch(small(pooling="mean"), pooling="max")
    with pytest.raises(InvalidValueError, match="shapes"):
        lstmetrics.from_torch(small(pooling="none"), pooling="max")
    with pytest.raises(InvalidValueError, match="pooling must be one of"):
        lstmetrics.from_torch(small(), pooling="average")
    assert lstmetrics.from_torch(small(pooling="mean"), pooling="max", check=False)


def test_parts_without_a_layer_of_ours_are_named() -> None:
    gru = nn.Sequential(nn.Embedding(9, 4), nn.GRU(4, 3))
    with pytest.raises(UnsupportedError, match=r"'1' is a GRU, .* supported are .*LSTM"):
        lstmetrics.from_torch(gru, pooling="last_state")
    module = small()
    module.scale = nn.Parameter(torch.ones(3))
    with pytest.raises(UnsupportedError, match=r"has weights of its own \(scale\)"):
        lstmetrics.from_torch(module, pooling="last_state")


def test_a_module_that_wants_more_arguments() -> None:
    class Wants(Reader):
        def forward(self, x: Any, lengths: Any) -> Any:
            del lengths
            return super().forward(x)

    module = Wants(small().options)
    with pytest.raises(InvalidValueError, match=r"cannot be run on .*give example="):
        lstmetrics.from_torch(module, pooling="last_state")
    example = (torch.zeros(2, 3, dtype=torch.long), torch.tensor([3, 3]))
    model = lstmetrics.from_torch(module, pooling="last_state", example=example)
    assert model.output_shape == (None, 4)


def test_a_module_that_packs_rows_of_uneven_length() -> None:
    class Packs(Reader):
        def forward(self, x: Any, lengths: Any) -> Any:
            packed = nn.utils.rnn.pack_padded_sequence(
                self.embedding(x), lengths, batch_first=True, enforce_sorted=False
            )
            _, (hidden, _) = self.lstm(packed)
            return self.tail(torch.cat([*hidden[-2:]], dim=-1))

    module = Packs(small().options)
    x, lengths = torch.randint(0, VOCABULARY, (4, 6)), torch.tensor([6, 2, 1, 5])
    model = lstmetrics.from_torch(module, pooling="last_state", example=(x, lengths))
    with torch.no_grad():
        expected = module.eval()(x, lengths).numpy()
    assert difference(model.predict(x, lengths=lengths), expected) <= TOLERANCE


def test_a_module_wrapped_for_several_devices() -> None:
    module = nn.DataParallel(small())
    assert lstmetrics.from_torch(module, pooling="last_state").output_shape == (None, 4)


@pytest.mark.parametrize("nested", [None, "state_dict", "model"])
def test_checkpoints(tmp_path: Path, nested: str | None) -> None:
    module = small(bidirectional=True).to(torch.bfloat16 if nested else torch.float32)
    path = tmp_path / "model.pt"
    weights = module.state_dict()
    torch.save({nested: weights, "epoch": 3} if nested else weights, path)
    found = read_state_dict(path)
    assert set(found) == set(weights)
    for name, array in found.items():
        assert np.array_equal(array, weights[name].float().numpy() if nested else weights[name])
    model = Sequential(
        [
            Embedding.from_torch(found, "embedding"),
            LSTM.from_torch(found, "lstm", bidirectional=True),
            Dense.from_torch(found, "tail.2"),
        ]
    )
    assert model.output_shape == (None, 4)


def test_checkpoints_that_hold_more_than_weights(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    torch.save(small(), path)
    with pytest.raises(FormatError, match="holds more than weights"):
        read_state_dict(path)
    with pytest.warns(DeprecationWarning, match=r"torch\.jit"):
        torch.jit.script(nn.Linear(2, 2)).save(str(path))
    with pytest.raises(UnsupportedError, match="TorchScript archive"):
        read_state_dict(path)
    torch.save(small().state_dict(), path, _use_new_zipfile_serialization=False)
    with pytest.raises(UnsupportedError, match="not a zip archive"):
        read_state_dict(path)
    torch.save({"epoch": 3}, path)
    with pytest.raises(FormatError, match="holds no weights; its keys are epoch"):
        read_state_dict(path)
