"""Which camera took a picture: the fingerprint of its sensor, networks that learned models, and the weight of evidence.

In go pictures and their claimed cameras, out come fingerprints, scores and calibrated likelihood ratios.
Device by device the fingerprint decides; networks tell brands and models apart.
"""
