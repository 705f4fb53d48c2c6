"""The peer: pip package ``cvvdp`` 0.5.7, seen through one function.

Needs an environment of its own with ``torch==2.13.0 cvvdp==0.5.7`` and jnd. Where torchvision has no build
for that torch, the two operators that its import asks for are declared here; the package uses neither.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch

_operators = torch.library.Library("torchvision", "FRAGMENT")
for _schema in (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
):
    try:
        _operators.define(_schema)
    except RuntimeError:  # a torchvision that fits has declared it
        pass

from pycvvdp.cvvdp_metric import cvvdp  # noqa: E402 - the operators come first
from pycvvdp.display_model import vvdp_display_geometry  # noqa: E402

torch.set_num_threads(1)


def package_colorvideovdp(
    display: str, pixels_per_degree: float, *, heat_map: bool = False
) -> Callable[[npt.NDArray[np.uint8], npt.NDArray[np.uint8]], tuple[float, npt.NDArray[np.float64] | None]]:
    """``predict(reference, changed) -> (JOD, JOD lost per pixel or None)`` on one core."""
    geometry = vvdp_display_geometry((1920, 1080), ppd=pixels_per_degree)
    metric = cvvdp(
        display_name=display,
        display_geometry=geometry,
        heatmap="raw" if heat_map else None,
        quiet=True,
        device=torch.device("cpu"),
    )

    def predict(
        reference: npt.NDArray[np.uint8], changed: npt.NDArray[np.uint8]
    ) -> tuple[float, npt.NDArray[np.float64] | None]:
        jod, stats = metric.predict(changed, reference, dim_order="HWC")
        raw = stats["heatmap"].numpy().squeeze().astype(np.float64) * 10 if heat_map else None
        return float(jod), raw

    return predict
