"""Models of PyTorch, rebuilt from their state_dict, give what PyTorch gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from lstmetrics.models import LSTM, Dense, Embedding, Sequential
from support.differences import REFERENCE_TOLERANCE, TOLERANCE, to_definition

torch = pytest.importorskip("torch", reason="compares with PyTorch: nox -s conformance")

torch.set_num_threads(1)  # the models are tiny

CONFIGURATIONS = 320
EVERY = 4  # so many are one that is compared with the definition too, which takes its time
VOCABULARY = 12


@dataclass(frozen=True)
class Configuration:
    """One model and one batch, drawn from a seed."""

    seed: int
    num_layers: int
    bidirectional: bool
    bias: bool
    return_sequences: bool
    packed: bool
    initial_state: bool
    takes_ids: bool
    proj_size: int
    inputs: int
    units: int
    rows: int
    steps: int
    outputs: int

    @classmethod
    def draw(cls, seed: int) -> Configuration:
        generator = np.random.default_rng(seed)
        flags = [bool(generator.integers(2)) for _ in range(5)]
        units = int(generator.integers(2, 49))
        projects = bool(generator.integers(3) == 0)
        return cls(
            seed,
            1 + seed % 3,
            *flags,
            takes_ids=bool(generator.integers(2)),
            proj_size=int(generator.integers(1, units)) if projects else 0,
            inputs=int(generator.integers(1, 25)),
            units=units,
            rows=int(generator.integers(1, 7)),
            steps=int(generator.integers(1, 13)),
            outputs=int(generator.integers(1, 20)),
        )


class Network(torch.nn.Module):
    """Embedding, LSTM and Linear, as text models are written in PyTorch."""

    def __init__(self, made: Configuration) -> None:
        super().__init__()
        self.made = made
        if made.takes_ids:
            self.embedding = torch.nn.Embedding(VOCABULARY, made.inputs, padding_idx=0)
        self.lstm = torch.nn.LSTM(
            made.inputs,
            made.units,
            made.num_layers,
            bias=made.bias,
            batch_first=True,
            bidirectional=made.bidirectional,
            proj_size=made.proj_size,
        )
        given = made.proj_size or made.units
        self.head = torch.nn.Linear(given * (1 + made.bidirectional), made.outputs)

    def forward(self, inputs: Any, lengths: Any, states: Any) -> dict[str, Any]:
        vectors = self.embedding(inputs) if self.made.takes_ids else inputs
        if self.made.packed:
            vectors = torch.nn.utils.rnn.pack_padded_sequence(
                vectors, lengths, batch_first=True, enforce_sorted=False
            )
        output, (hidden, cell) = self.lstm(vectors, states)
        if self.made.packed:
            output, _ = torch.nn.utils.rnn.pad_packed_sequence(
                output, batch_first=True, total_length=self.made.steps
            )
        last = torch.cat([*hidden[-1 - self.made.bidirectional :]], dim=-1)
        given = output if self.made.return_sequences else last
        return {
            "output": given,
            "hidden": hidden,
            "cell": cell,
            "logits": self.head(given),
            "probabilities": torch.softmax(self.head(given), dim=-1),
        }


def rebuilt(network: Network, *heads: Any) -> Sequential:
    """The same model from the arrays of the state_dict."""
    made = network.made
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    layers = [
        LSTM.from_torch(
            weights,
            "lstm",
            num_layers=made.num_layers,
            bidirectional=made.bidirectional,
            return_sequences=made.return_sequences,
        ),
        *(Dense.from_torch(weights, "head", activation=activation) for activation in heads),
    ]
    if made.takes_ids:
        layers.insert(0, Embedding.from_torch(weights, "embedding", mask_zero=False))
    return Sequential(layers)


def compare(made: Configuration) -> dict[str, float]:
    """The largest difference of each kind of output."""
    torch.manual_seed(made.seed)
    generator = np.random.default_rng(made.seed)
    network = Network(made).eval()
    lengths = generator.integers(1, made.steps + 1, made.rows)
    lengths[generator.integers(made.rows)] = made.steps  # some row is as long as the padding
    inputs = generator.normal(size=(made.rows, made.steps, made.inputs)).astype(np.float32)
    if made.takes_ids:
        inputs = generator.integers(0, VOCABULARY, (made.rows, made.steps))
    directions = made.num_layers * (1 + made.bidirectional)
    sizes = (made.proj_size or made.units, made.units)
    states = [
        generator.uniform(-1, 1, (directions, made.rows, size)).astype(np.float32) for size in sizes
    ]

    with torch.no_grad():
        expected = network(
            torch.from_numpy(inputs),
            torch.from_numpy(lengths),
            tuple(map(torch.from_numpy, states)) if made.initial_state else None,
        )
    options = {
        "lengths": lengths if made.packed else None,
        "initial_state": list(zip(*states, strict=True)) if made.initial_state else None,
    }
    output, finals = rebuilt(network).predict(inputs, return_state=True, **options)
    hidden, cell = (np.stack(arrays) for arrays in zip(*finals, strict=True))
    found = {
        "output": output,
        "hidden": hidden,
        "cell": cell,
        "logits": rebuilt(network, None).predict(inputs, **options),
        "probabilities": rebuilt(network, "softmax").predict(inputs, **options),
    }
    if made.packed and made.return_sequences:
        padded = np.arange(made.steps) >= lengths[:, None]
        assert not output[padded].any()
    for name, array in found.items():
        assert array.shape == tuple(expected[name].shape), name
    apart = {name: float(np.abs(found[name] - expected[name].numpy()).max()) for name in found}
    if made.seed % EVERY == 0:
        given = {"lengths": options["lengths"], "states": options["initial_state"]}
        model = rebuilt(network, None)
        apart["definition"] = max(to_definition(model, [inputs], [found["logits"]], **given))
    return apart


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
def test_random_configurations() -> None:
    drawn = [Configuration.draw(seed) for seed in range(CONFIGURATIONS)]
    differences = [compare(made) for made in drawn]
    largest = {name: max(one.get(name, 0.0) for one in differences) for name in differences[0]}
    kinds = ("bidirectional", "bias", "return_sequences", "packed", "initial_state", "takes_ids")
    kinds += ("proj_size",)
    print(f"\n{len(drawn)} configurations of torch {torch.__version__}, of which")
    for depth in (1, 2, 3):
        print(f"  {depth} layers: {sum(made.num_layers == depth for made in drawn)}")
    for kind in kinds:
        print(f"  {kind}: {sum(bool(getattr(made, kind)) for made in drawn)}")
    print("largest difference")
    for name, difference in largest.items():
        print(f"  {name:<14} {difference:.2g}")
    assert max(largest.values()) < TOLERANCE
    assert largest["definition"] < REFERENCE_TOLERANCE


def test_padding_ids_are_masked_where_the_model_packs() -> None:
    """``mask_zero`` finds the lengths that a PyTorch model is told."""
    torch.manual_seed(0)
    made = Configuration(0, 2, True, True, False, True, False, True, 0, 8, 21, 5, 9, 3)
    network = Network(made).eval()
    generator = np.random.default_rng(0)
    lengths = np.array([9, 1, 4, 8, 5])
    ids = generator.integers(1, VOCABULARY, (5, 9)) * (np.arange(9) < lengths[:, None])
    with torch.no_grad():
        expected = network(torch.from_numpy(ids), torch.from_numpy(lengths), None)["output"]
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    model = Sequential(
        [
            Embedding.from_torch(weights, "embedding", mask_zero=True),
            LSTM.from_torch(weights, "lstm", num_layers=2, bidirectional=True),
        ]
    )
    assert float(np.abs(model.predict(ids) - expected.numpy()).max()) < TOLERANCE


def test_losses_are_those_of_cross_entropy() -> None:
    torch.manual_seed(0)
    made = Configuration(0, 2, False, True, True, False, False, True, 0, 8, 21, 4, 9, VOCABULARY)
    network = Network(made).eval()
    generator = np.random.default_rng(0)
    ids, targets = generator.integers(0, VOCABULARY, (2, 4, 9))
    targets[1, 3] = -100
    with torch.no_grad():
        logits = network(torch.from_numpy(ids), None, None)["logits"]
        expected = torch.nn.functional.cross_entropy(
            logits.transpose(1, 2), torch.from_numpy(targets), reduction="none"
        )
    found = rebuilt(network, None).nll(ids, targets)
    assert float(np.abs(found - expected.numpy()).max()) < TOLERANCE
