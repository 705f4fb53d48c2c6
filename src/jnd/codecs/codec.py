"""What every codec offers, and what is the same for all: limits, the level axis, the form of the pixels.

A codec's own file names its limits and an encoding function, which gets pixels in a form that the codec can store.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from jnd.errors import CodecError, UnavailableChoiceError, UnreadablePictureError, UnsupportedPictureError
from jnd.picture import MAX_PIXELS, Picture, read_picture, seen
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
    values: tuple[float, ...]


EFFORTS = ("low", "medium", "high")
"""Names of efforts that mean much the same for every encoder that has a choice; "medium" is the usual one."""


@dataclass(frozen=True, slots=True)
class EffortAxis:
    """How hard the encoder tries, in its own words: more time, fewer bytes for the same quality."""

    parameter: str
    values: tuple[int | str, ...]
    """All of them, from fast to slow."""
    low: int | str
    medium: int | str
    """What is used where nobody asks for another."""
    high: int | str

    def own(self, effort: str) -> int | str | None:
        """The encoder's own value for one of :data:`EFFORTS` or for that value as text; None if it has none."""
        if effort in EFFORTS:
            named: int | str = {"low": self.low, "medium": self.medium, "high": self.high}[effort]
            return named
        return next((value for value in self.values if str(value) == effort), None)


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """What an encoding function is told."""

    value: float
    """Of the quality axis."""
    chroma_subsampling: str | None
    """None for grey pictures."""
    effort: int | str | None
    """In the encoder's own words; None if it has no choice."""


EncodeFunction = Callable[[Picture, EncoderSettings], bytes]
"""Picture (in a form that the codec stores) and settings → a file."""


@dataclass(frozen=True, slots=True)
class Codec:
    """One encoder of one format. Encoding is deterministic and works in any process."""

    name: str
    """In the registry: "jpeg", "jpeg:turbo", "webp", "avif", …"""
    file_format: str
    """As in ``Picture.file_format``; several codecs may share it."""
    extension: str
    """Of file names, with the dot."""
    encoder: str
    """Library and version."""
    licence: str
    """Of the encoder."""
    limits: CodecLimits
    axis: QualityAxis
    encode_function: EncodeFunction
    efforts: EffortAxis | None = None
    """None where the encoder has no choice."""
    missing: str | None = None
    """How to get the encoder where it is not installed; None where it is."""

    @property
    def installed(self) -> bool:
        """Whether it can encode here."""
        return self.missing is None

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

    def effort_setting(self, effort: str | None) -> dict[str, int | float | str]:
        """What the encoder is told beside :meth:`setting` if ``effort`` is asked for; nothing for None.

        Raises
        ------
        UnavailableChoiceError
            See :meth:`check_choices`.
        """
        self.check_choices(effort=effort)
        own = self._effort(effort)
        return {} if effort is None or self.efforts is None or own is None else {self.efforts.parameter: own}

    def encode(
        self,
        picture: Picture,
        level: int,
        *,
        chroma_subsampling: str | None = None,
        effort: str | None = None,
    ) -> bytes:
        """``picture`` as the bytes of a file.

        Parameters
        ----------
        picture : 16-bit pictures are rounded where the codec has 8, round(value · 255 / 65535). Colours stay in
            the picture's own space and the profile goes along; only a grey profile in a format without grey
            pixels cannot, so such pixels are converted to sRGB. Metadata go along as far as the format holds
            them.
        level : of ``levels``.
        chroma_subsampling : of ``limits.chroma_subsampling``, None for the usual one. Grey has no chroma.
        effort : "low", "medium", "high", or one of ``efforts.values`` as text; None for "medium".

        Raises
        ------
        UnsupportedPictureError
            The codec cannot hold the picture; see :meth:`check`.
        ValueError
            A level that the codec does not have.
        UnavailableChoiceError
            A chroma subsampling or effort that it does not have; see :meth:`check_choices`.
        CodecError
            The encoder failed, or is not installed.
        """
        self.check_installed()
        self.check(picture)
        self.setting(level)
        self.check_choices(chroma_subsampling, effort)
        stored = self._storable(picture)
        chroma = None if stored.pixels.ndim == 2 else chroma_subsampling or self.limits.chroma_subsampling[0]
        settings = EncoderSettings(self.axis.values[level], chroma, self._effort(effort))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Pillow's about damaged EXIF, which is stored as it is
                return self.encode_function(stored, settings)
        except (OSError, RuntimeError, SyntaxError, ValueError) as error:
            height, width = picture.pixels.shape[:2]
            raise CodecError(
                f"{self.encoder} failed on {width} x {height} pixels at {self.setting(level)}: {error}; "
                "try another format"
            ) from error

    def decode(self, data: bytes, *, max_pixels: int = MAX_PIXELS) -> Picture:
        """The picture in ``data``, decoded as browsers do; larger ones than ``max_pixels`` are refused.

        Raises
        ------
        UnreadablePictureError
            Not a readable file of this format.
        """
        picture = read_picture(data, max_pixels=max_pixels)
        if picture.file_format != self.file_format:
            raise UnreadablePictureError(
                f"is of the format {picture.file_format}, not {self.file_format}; use jnd.read_picture for any format"
            )
        return picture

    def check_installed(self) -> None:
        """Raise ``CodecError``, which says how to get the encoder, if it is not installed."""
        if self.missing is not None:
            raise CodecError(f"{self.name} is not installed; to get it: {self.missing}")

    def check_choices(self, chroma_subsampling: str | None = None, effort: str | None = None) -> None:
        """Raise ``UnavailableChoiceError``, which names codecs that can, if it does not have one of these."""
        offered = self.limits.chroma_subsampling
        if chroma_subsampling is not None and chroma_subsampling not in offered:
            others = self._others(lambda other: chroma_subsampling in other.limits.chroma_subsampling)
            raise UnavailableChoiceError(
                f"{self.name} has chroma subsampling {' and '.join(offered)}, not {chroma_subsampling}; {others}"
            )
        # Without a choice every codec works at its medium effort.
        if effort in (None, "medium") or self._effort(effort) is not None:
            return
        others = self._others(lambda other: other.efforts is not None and effort in EFFORTS)
        if self.efforts is None:
            raise UnavailableChoiceError(f"{self.name} has no choice of effort; {others}")
        raise UnavailableChoiceError(
            f"{self.name} has effort {', '.join(EFFORTS)}, or {self.efforts.parameter} "
            f"{', '.join(map(str, self.efforts.values))}, not {effort}"
        )

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

    def _effort(self, effort: str | None) -> int | str | None:
        return None if self.efforts is None else self.efforts.own(effort or "medium")

    def _storable(self, picture: Picture) -> Picture:
        pixels, alpha, icc_profile = picture.pixels, picture.alpha, picture.icc_profile
        if 16 not in self.limits.bit_depths:
            pixels, alpha = in_8_bits(pixels), None if alpha is None else in_8_bits(alpha)
        if pixels.ndim == 2 and not self.limits.grey:
            if icc_profile is not None and icc_profile[16:20] == b"GRAY":
                pixels, icc_profile = seen(Picture(pixels, icc_profile=icc_profile)), None
            else:
                pixels = np.repeat(pixels[:, :, np.newaxis], 3, axis=2)
        return replace(picture, pixels=np.ascontiguousarray(pixels), alpha=alpha, icc_profile=icc_profile)

    def _others(self, fits: Callable[["Codec"], bool]) -> str:
        """The way out: codecs that can."""
        from jnd.codecs import CODECS  # here, because the registry is made of codecs

        names = [
            name for name, other in CODECS.items() if other is not self and other.installed and fits(other)
        ]
        return f"{', '.join(names)} can: use --format {names[0]}" if names else "no other codec can"
