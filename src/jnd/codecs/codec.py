"""What every codec offers, and what is the same for all: limits, the level axis, the form of the pixels.

A codec's own file names its limits and an encoding function, which gets pixels in a form that the codec can store.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from jnd.errors import CodecError, UnreadablePictureError, UnsupportedPictureError
from jnd.picture import Picture, read_picture, seen
from jnd.picture.colour import in_8_bits


@dataclass(frozen=True, slots=True)
class CodecLimits:
    """What a codec can hold."""

    max_side: int
    """Pixels of width and of height."""
    alpha: bool
    bit_depths: tuple[int, ...]
    """Of what is stored; deeper pictures are rounded to the largest."""
    grey: bool
    """Whether grey is stored as such; otherwise as RGB of three equal channels."""
    chroma_subsampling: tuple[str, ...]
    """The choices, the usual one first."""
    metadata: frozenset[str]
    """Of "icc", "exif" and "xmp"."""
    max_pixels: int | None = None
    """Of the whole picture, where sides alone do not say it."""


@dataclass(frozen=True, slots=True)
class QualityAxis:
    """The encoder's own parameter from best to worst; the place in it is the distortion level."""

    parameter: str
    values: tuple[int, ...]


EncodeFunction = Callable[[Picture, int, str | None], bytes]
"""Picture (in a form that the codec stores), parameter value, chroma subsampling (None if grey) → a file."""


@dataclass(frozen=True, slots=True)
class Codec:
    """One encoder of one format. Encoding is deterministic and works in any process."""

    name: str
    """In the registry: "jpeg", "jpeg:turbo", "webp", "avif"."""
    file_format: str
    """As in ``Picture.file_format``; several codecs may share it."""
    extension: str
    """Of file names, with the dot."""
    encoder: str
    """Library and version."""
    limits: CodecLimits
    axis: QualityAxis
    encode_function: EncodeFunction

    @property
    def levels(self) -> range:
        """All distortion levels; 0 is the best quality, larger is worse."""
        return range(len(self.axis.values))

    def setting(self, level: int) -> dict[str, int | float | str]:
        """What the encoder is told at ``level``.

        Raises
        ------
        ValueError
            ``level`` is not in ``levels``.
        """
        if level not in self.levels:
            raise ValueError(
                f"{self.name}: distortion level must be in 0..{self.levels[-1]}, which is {self.axis.parameter} "
                f"{self.axis.values[0]}..{self.axis.values[-1]}, got {level}"
            )
        return {self.axis.parameter: self.axis.values[level]}

    def level(self, **setting: float | str) -> int:
        """The distortion level of a setting, the inverse of :meth:`setting`: ``codec.level(quality=80)``.

        Raises
        ------
        ValueError
            No level has this setting.
        """
        value = setting.get(self.axis.parameter)
        if set(setting) != {self.axis.parameter} or value not in self.axis.values:
            given = ", ".join(f"{key}={value!r}" for key, value in setting.items()) or "nothing"
            raise ValueError(
                f"{self.name}: a setting is {self.axis.parameter}= one of "
                f"{', '.join(map(str, self.axis.values))}; got {given}"
            )
        return self.axis.values.index(value)

    def encode(self, picture: Picture, level: int, *, chroma_subsampling: str | None = None) -> bytes:
        """``picture`` as the bytes of a file.

        Parameters
        ----------
        picture : 16-bit pictures are rounded to the codec's depth, round(value · 255 / 65535). Colours stay in
            the picture's own space and the profile goes along; only a grey profile in a format without grey
            pixels cannot, so such pixels are converted to sRGB. Metadata go along as far as the format holds
            them.
        level : of ``levels``.
        chroma_subsampling : of ``limits.chroma_subsampling``, None for the usual one. Grey has no chroma.

        Raises
        ------
        UnsupportedPictureError
            The codec cannot hold the picture; see :meth:`check`.
        ValueError
            A level or chroma subsampling that the codec does not have.
        CodecError
            The encoder failed.
        """
        self.check(picture)
        self.setting(level)
        self._check_chroma(chroma_subsampling)
        stored = self._storable(picture)
        chroma = None if stored.pixels.ndim == 2 else chroma_subsampling or self.limits.chroma_subsampling[0]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Pillow's about damaged EXIF, which is stored as it is
                return self.encode_function(stored, self.axis.values[level], chroma)
        except (OSError, RuntimeError, SyntaxError, ValueError) as error:
            height, width = picture.pixels.shape[:2]
            raise CodecError(
                f"{self.encoder} failed on {width} x {height} pixels at {self.setting(level)}: {error}; "
                "try another format"
            ) from error

    def decode(self, data: bytes) -> Picture:
        """The picture in ``data``, decoded as browsers do.

        Raises
        ------
        UnreadablePictureError
            Not a readable file of this format.
        """
        picture = read_picture(data)
        if picture.file_format != self.file_format:
            raise UnreadablePictureError(
                f"is of the format {picture.file_format}, not {self.file_format}; use jnd.read_picture for any format"
            )
        return picture

    def check(self, picture: Picture) -> None:
        """Raise ``UnsupportedPictureError`` if the codec cannot hold the picture; 16 bits are no reason."""
        problem = self._problem(picture)
        if problem is not None:
            raise UnsupportedPictureError(f"{problem}; {self._others(lambda other: other.holds(picture))}")

    def holds(self, picture: Picture) -> bool:
        """Whether :meth:`check` passes."""
        return self._problem(picture) is None

    def _problem(self, picture: Picture) -> str | None:
        height, width = picture.pixels.shape[:2]
        limits = self.limits
        if max(height, width) > limits.max_side:
            return (
                f"{self.name} holds at most {limits.max_side} pixels a side, and this has {width} x {height}"
            )
        if limits.max_pixels is not None and height * width > limits.max_pixels:
            return f"{self.name} holds at most {limits.max_pixels} pixels, and this has {width} x {height}"
        if picture.alpha is not None and not limits.alpha:
            return f"{self.name} cannot hold transparency, and this picture has transparent pixels"
        return None

    def _check_chroma(self, chroma_subsampling: str | None) -> None:
        offered = self.limits.chroma_subsampling
        if chroma_subsampling is not None and chroma_subsampling not in offered:
            others = self._others(lambda other: chroma_subsampling in other.limits.chroma_subsampling)
            raise ValueError(
                f"{self.name} has chroma subsampling {' and '.join(offered)}, not {chroma_subsampling}; {others}"
            )

    def _storable(self, picture: Picture) -> Picture:
        alpha = None if picture.alpha is None else in_8_bits(picture.alpha)
        pixels, icc_profile = in_8_bits(picture.pixels), picture.icc_profile
        if pixels.ndim == 2 and not self.limits.grey:
            if icc_profile is not None and icc_profile[16:20] == b"GRAY":
                pixels, icc_profile = seen(Picture(pixels, icc_profile=icc_profile)), None
            else:
                pixels = np.repeat(pixels[:, :, np.newaxis], 3, axis=2)
        return replace(picture, pixels=np.ascontiguousarray(pixels), alpha=alpha, icc_profile=icc_profile)

    def _others(self, fits: Callable[["Codec"], bool]) -> str:
        """The way out: codecs that can."""
        from jnd.codecs import CODECS  # here, because the registry is made of codecs

        names = [name for name, other in CODECS.items() if other is not self and fits(other)]
        return f"{', '.join(names)} can: use --format {names[0]}" if names else "no other codec can"
