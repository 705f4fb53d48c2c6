"""Our cells against PyTorch's own, with the same weights."""

import numpy as np
import pytest
import torch

from jnd.learned.lstm import LstmCell
from jnd.learned.recurrence import unroll
from jnd.learned.rnn import RnnCell

FEATURES, HIDDEN, STEPS = 4, 5, 7


def sequence():
    return torch.randn(STEPS, 3, FEATURES, generator=torch.Generator().manual_seed(1))


def torchs_rnn(cell):
    theirs = torch.nn.RNN(FEATURES, HIDDEN)
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(cell.from_input)
        theirs.weight_hh_l0.copy_(cell.from_state)
        theirs.bias_ih_l0.copy_(cell.bias)
        theirs.bias_hh_l0.zero_()
    return theirs


def torchs_lstm(cell):
    theirs = torch.nn.LSTM(FEATURES, HIDDEN)
    gates = (cell.input_gate, cell.forget_gate, cell.candidate, cell.output_gate)  # torch's order
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(torch.cat([gate.from_input for gate in gates]))
        theirs.weight_hh_l0.copy_(torch.cat([gate.from_state for gate in gates]))
        theirs.bias_ih_l0.copy_(torch.cat([gate.bias for gate in gates]))
        theirs.bias_hh_l0.zero_()
    return theirs


CELLS = [(RnnCell, torchs_rnn), (LstmCell, torchs_lstm)]


@pytest.mark.parametrize(("cell_type", "torchs"), CELLS)
class TestEveryCell:
    def test_states_are_those_of_torch(self, cell_type, torchs):
        cell = cell_type(FEATURES, HIDDEN)
        expected, _ = torchs(cell)(sequence())
        torch.testing.assert_close(unroll(cell, sequence()), expected, rtol=1e-5, atol=1e-6)

    def test_gradients_are_those_of_torch(self, cell_type, torchs):
        cell = cell_type(FEATURES, HIDDEN)
        ours, theirs = sequence().requires_grad_(), sequence().requires_grad_()
        unroll(cell, ours)[-1].square().sum().backward()
        torchs(cell)(theirs)[0][-1].square().sum().backward()
        torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-4, atol=1e-7)

    def test_truncation_changes_no_state_and_stops_gradients(self, cell_type, torchs):
        cell = cell_type(FEATURES, HIDDEN)
        given = sequence().requires_grad_()
        truncated = unroll(cell, given, truncation=3)
        torch.testing.assert_close(truncated, unroll(cell, given))
        truncated[-1].sum().backward()  # step 6 begins a window of its own
        assert (given.grad[:6] == 0).all()
        assert (given.grad[6] != 0).any()

    def test_onnx_gives_the_same(self, cell_type, torchs, tmp_path):
        from jnd.learned.export_onnx import export_onnx
        from jnd.learned.model_file import read_model
        from jnd.learned.task import ExportedGraph

        cell = cell_type(FEATURES, HIDDEN)

        class Unrolled(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.cell = cell

            def forward(self, given):
                return unroll(self.cell, given)

        graph = ExportedGraph(Unrolled(), (sequence(),), ("given",), ("states",), {})
        export_onnx(graph, tmp_path / "cell.onnx", {"model": "cell"})
        (found,) = read_model(tmp_path / "cell.onnx").session.run(None, {"given": sequence().numpy()})
        np.testing.assert_allclose(found, torchs(cell)(sequence())[0].detach().numpy(), rtol=1e-4, atol=1e-6)


def test_the_forget_gate_begins_open():
    assert (LstmCell(2, 3).forget_gate.bias == 1).all()
