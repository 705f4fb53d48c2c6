"""The native kernel: built when a C compiler is there, left out when not (the numpy path gives the same bits)."""

import sys

from setuptools import Extension, setup

STABLE_ABI = "0x030B0000"  # one binary for every CPython from 3.11 on

# -ffp-contract=off forbids fused multiply-add: every machine then rounds alike, and so does numpy.
COMPILE_ARGUMENTS = (
    ["/O2", "/fp:precise"]
    if sys.platform == "win32"
    else ["-O3", "-std=c11", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"]
)

setup(
    ext_modules=[
        Extension(
            "jnd.metrics.colorvideovdp._bands_native",
            sources=["src/jnd/metrics/colorvideovdp/_bands_native.c"],
            depends=["src/jnd/metrics/colorvideovdp/_bands_kernel.h"],
            define_macros=[("Py_LIMITED_API", STABLE_ABI)],
            extra_compile_args=COMPILE_ARGUMENTS,
            py_limited_api=True,
            optional=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
