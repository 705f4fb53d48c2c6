"""The kinds of change that are told apart, and which distortions each stands for.

Distortions that are physically the same are one kind: all blurs, all white noise, everything that bends a picture.
A kind's level is on the axis of its representative, which its other distortions share.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChangeClass:
    """One kind of change."""

    title: str
    distortions: tuple[str, ...]
    """Keys of ``jnd.distortions.DISTORTIONS``, the representative first."""

    @property
    def representative(self) -> str:
        """The distortion whose level axis is the kind's."""
        return self.distortions[0]


CHANGE_CLASSES: dict[str, ChangeClass] = {
    "jpeg": ChangeClass("JPEG blocking", ("jpeg",)),
    "ringing": ChangeClass("ringing", ("ringing",)),
    "blur": ChangeClass("blur", ("gaussian_blur", "motion_blur", "lens_blur")),
    "smoothing": ChangeClass("smoothing that spares edges", ("bilateral",)),
    "sharpening": ChangeClass("sharpening", ("sharpening",)),
    "noise_white": ChangeClass("white noise", ("noise_gaussian", "noise_uniform")),
    "noise_low": ChangeClass("coloured noise, coarse (pink, brown)", ("noise_pink", "noise_brown")),
    "noise_high": ChangeClass("coloured noise, fine (blue, violet)", ("noise_blue", "noise_violet")),
    "noise_impulse": ChangeClass("impulse noise", ("noise_impulse",)),
    "checkerboard": ChangeClass("checkerboard", ("checkerboard",)),
    "banding": ChangeClass("banding", ("banding",)),
    "brightness": ChangeClass("brightness", ("brightness",)),
    "contrast": ChangeClass("contrast", ("contrast",)),
    "colour_shift": ChangeClass("colour shift", ("colour_shift",)),
    "saturation": ChangeClass("saturation", ("saturation",)),
    "chroma_subsampling": ChangeClass("chroma subsampling", ("chroma_subsampling",)),
    "resampling": ChangeClass("resampling", ("resampling",)),
    "shift": ChangeClass("geometric shift", ("shift",)),
    "warp": ChangeClass("geometric distortion", ("affine", "homography", "linear_warp", "cubic_warp")),
    "ghosting": ChangeClass("ghost", ("ghosting",)),
    "chromatic_aberration": ChangeClass("chromatic aberration", ("chromatic_aberration",)),
    "paste": ChangeClass("local edit: pasted", ("paste",)),
    "removal": ChangeClass("local edit: removed and filled", ("removal",)),
}
