"""The native kernels: built when a C compiler is there, left out when not (the numpy paths give the same)."""

import sys

from setuptools import Extension, setup

STABLE_ABI = "0x030B0000"  # one binary for every CPython from 3.11 on

# -ffp-contract=off forbids fused multiply-add: every machine then rounds alike, and so does numpy.
COMPILE_ARGUMENTS = (
    ["/O2", "/fp:precise"]
    if sys.platform == "win32"
    else ["-O3", "-std=c11", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"]
)


def kernel(module: str, *headers: str) -> Extension:
    """The extension ``module``, from the C file of its name and headers beside it."""
    folder, _, name = f"src/{module.replace('.', '/')}".rpartition("/")
    return Extension(
        module,
        sources=[f"{folder}/{name}.c"],
        depends=[f"{folder}/{header}" for header in headers],
        define_macros=[("Py_LIMITED_API", STABLE_ABI)],
        extra_compile_args=COMPILE_ARGUMENTS,
        py_limited_api=True,
        optional=True,
    )


setup(
    ext_modules=[
        kernel(
            "jnd.metrics.colorvideovdp._bands_native",
            "_bands_kernel.h",
            "../../vision/_instruction_sets.h",
            "../../vision/_buffers.h",
        ),
        kernel(
            "jnd.metrics._scores_native",
            "_score_kernels.h",
            "_ssimulacra2_kernel.h",
            "_flip_kernel.h",
            "_gmsd_kernel.h",
            "../vision/_instruction_sets.h",
            "../vision/_buffers.h",
        ),
        kernel(
            "jnd.vision._vision_native",
            "_instruction_sets.h",
            "_buffers.h",
            "_vision_kernels.h",
            "_free_energy_kernel.h",
            "_total_variation_kernel.h",
        ),
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
