"""The published constants of ColorVideoVDP 0.5.7 (``cvvdp_parameters.json``, calibrated 10/01/2024, MIT).

Names in the source are given beside each value. Everything temporal is left out: these are still pictures.
"""

import numpy as np

# RGB of a display with sRGB primaries → XYZ (color_spaces.json, "sRGB").
XYZ_FROM_RGB = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
# XYZ → LMS cone responses of the CIE 2006 observer (display_model.py, XYZ_to_LMS2006).
LMS_FROM_XYZ = np.array(
    [
        [0.187596268556126, 0.585168649077728, -0.026384263306304],
        [-0.133397430663221, 0.405505777260049, 0.034502127690364],
        [0.000244379021663, -0.000542995890619, 0.019406849066323],
    ]
)
# LMS → DKL around the D65 white: achromatic, red-green, violet-yellow (display_model.py, LMS2006_to_DKLd65).
DKL_FROM_LMS = np.array(
    [
        [1.0, 1.0, 0.0],
        [1.0, -2.311130179947035, 0.0],
        [-1.0, -1.0, 50.977571328718781],
    ]
)
DKL_FROM_RGB = DKL_FROM_LMS @ LMS_FROM_XYZ @ XYZ_FROM_RGB

PYRAMID_KERNEL = (0.05, 0.25, 0.4, 0.25, 0.05)  # lpyr_dec.py, kernel_a = 0.4
LOWEST_FREQUENCY_CPD = 0.2  # lpyr_dec.py, min_freq: no band below it but the base band
BAND_FREQUENCY = 0.3228  # lpyr_dec.py: peak of a band in cycles per pixel of its own level, times two
BASE_BAND_FREQUENCY_CPD = 0.1  # cvvdp_metric.py, process_block_of_frames
LOWEST_LUMINANCE = 0.01  # cd/m², lpyr_dec.py: background luminance is clamped from below
LARGEST_CONTRAST = 1000.0  # lpyr_dec.py

SENSITIVITY_CORRECTION = 10 ** (-0.2797423303127289 / 20)  # sensitivity_correction, dB
CHANNEL_GAIN = np.array(
    [1.0, 1.45, 1.0]
)  # ch_gain of apply_masking_model: achromatic, red-green, violet-yellow
MASK_P = 2.264355182647705  # mask_p: exponent of the difference
MASK_Q = np.array(
    [1.302622675895691, 2.8885908126831055, 3.6807713508605957]
)  # mask_q: exponents of the mask
MASK_C = 10**-0.7954971194267273  # mask_c: gain of the mask
PHASE_BLUR_SIGMA = 3.0  # pu_dilate, pixels of the band
PHASE_BLUR_TAPS = 13  # int(4 * pu_dilate) + 1
# xcm_weights, rows and columns of the three sustained channels: row masks column.
CROSS_MASKING = 2.0 ** np.array(
    [
        [-0.18950104713439941, -5.962151050567627, -4.31834602355957],
        [2.5655593872070312, 0.34406712651252747, -2.719646453857422],
        [3.8118371963500977, -1.0051705837249756, -0.5193376541137695],
    ]
)
LARGEST_DIFFERENCE = 10**2.5642454624176025  # d_max, soft clamp

BAND_EXPONENT = 4.0  # beta_sch
CHANNEL_EXPONENT = 4.0  # beta_tch
BASE_BAND_WEIGHT = np.array([0.0036334486212581396, 1.6627724170684814, 4.11874532699585])  # baseband_weight
STILL_PICTURE_WEIGHT = 0.577918291091919  # image_int
JOD_SCALE = 0.0439569391310215  # jod_a
JOD_EXPONENT = 0.9302042722702026  # jod_exp
JOD_LINEAR_BELOW = 0.1  # met2jod: straight line for smaller differences
SAFE_POWER_EPSILON = 1e-5  # safe_pow: (x + ε)^p − ε^p
