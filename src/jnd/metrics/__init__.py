"""Scores of how far apart two pictures look.

In: arrays of code values. Out: a number (and a map where one is defined).
"""
