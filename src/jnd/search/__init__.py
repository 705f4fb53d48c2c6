"""Encodes pictures to the smallest file that meets a perceptual target.

In go pictures and a share of people who must see no difference; out come events, and in the end files.
``one_picture.encode`` searches one picture in memory, ``batch`` takes files and folders to a folder.
"""

from jnd.search.codec_search import Choices
from jnd.search.criterion import TARGETS, SatisfiedUsers, share_in_words
from jnd.search.lossless_picture import LOSSLESS_FORMATS, encode_lossless
from jnd.search.one_picture import FORMATS, encode
from jnd.search.prior import BroadPrior, FittedPrior, Prior, default_prior

__all__ = [
    "FORMATS",
    "LOSSLESS_FORMATS",
    "TARGETS",
    "BroadPrior",
    "Choices",
    "FittedPrior",
    "Prior",
    "SatisfiedUsers",
    "default_prior",
    "encode",
    "encode_lossless",
    "share_in_words",
]
