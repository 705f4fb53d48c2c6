"""From a trained network to a model file: ONNX with metadata and checksum."""

import contextlib
import io
import json
import logging
import warnings
from pathlib import Path
from typing import Any

import torch

from jnd.learned.model_file import METADATA_KEY, with_checksum
from jnd.learned.task import ExportedGraph
from jnd.picture import write_bytes_atomically

OPSET = 18


def export_onnx(graph: ExportedGraph, path: Path, metadata: dict[str, Any]) -> None:
    """Write ``graph`` to ``path``, with ``metadata`` beside the graph's own.

    The same weights and metadata give the same bytes.
    """
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")  # of the exporter, about itself
        for name in ("onnxscript", "torch.onnx"):
            logging.getLogger(name).setLevel(logging.ERROR)
        program = torch.onnx.export(
            graph.module.eval(),
            graph.example,
            input_names=graph.inputs,
            output_names=graph.outputs,
            dynamic_shapes=_dynamic_shapes(graph),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    # What the exporter notes per node (places in source files) is for people who debug it.
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*model.graph.input, *model.graph.output, *model.graph.value_info):
        del value.metadata_props[:]
    del model.metadata_props[:]
    entry = model.metadata_props.add()
    entry.key = METADATA_KEY
    entry.value = json.dumps(metadata | graph.metadata, sort_keys=True, allow_nan=False)
    model.doc_string = f"{metadata.get('model', '')}; licence: {metadata.get('licence', 'not stated')}"
    write_bytes_atomically(path, with_checksum(model.SerializeToString(deterministic=True)))


def _dynamic_shapes(graph: ExportedGraph) -> tuple[dict[int, Any] | None, ...] | None:
    if not graph.dynamic:
        return None
    return tuple(
        {axis: torch.export.Dim(name) for axis, name in graph.dynamic[entry].items()}
        if entry in graph.dynamic
        else None
        for entry in graph.inputs
    )
