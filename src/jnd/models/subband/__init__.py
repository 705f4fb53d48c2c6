"""JND models in the domain of a transform: thresholds per coefficient, and the pixel maps that they give."""

from jnd.models.model_entry import ModelEntry

SUBBAND_MODELS: dict[str, ModelEntry] = {}
