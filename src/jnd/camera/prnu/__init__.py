"""The fingerprint of a sensor by its photo-response non-uniformity (PRNU), and what carries it.

In go pictures straight from a camera, out come its fingerprint and how well another picture goes with it. In the order
of the work: ``noise_residual`` (with ``daubechies``, ``usable_pixels``) → ``fingerprint`` (``linear_pattern``,
``fingerprint_file``) → ``correlation`` (``shift_search``, ``scale_search``, ``peak``) → ``match``.
"""
