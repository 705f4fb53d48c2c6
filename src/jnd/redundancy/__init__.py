"""What a picture holds that people cannot see: hide noise there, remove it, or quantise it away.

In: pixels and thresholds of ``jnd.models``. Out: changed pixels, or JPEG bytes.
"""

from jnd.redundancy.noise_injection import inject_noise
from jnd.redundancy.quantisation import QuantisationTables, encode_jpeg, quantisation_tables
from jnd.redundancy.removal import (
    REMOVALS,
    remove_from_frames,
    remove_redundancy,
    toward_block_mean,
    without_small_coefficients,
)

__all__ = [
    "REMOVALS",
    "QuantisationTables",
    "encode_jpeg",
    "inject_noise",
    "quantisation_tables",
    "remove_from_frames",
    "remove_redundancy",
    "toward_block_mean",
    "without_small_coefficients",
]
