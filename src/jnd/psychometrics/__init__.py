"""Psychometrics: from people's answers to thresholds, JND distributions and scales, each with an interval.

In: arrays of levels and answers, ratings or comparisons. Out: the records of :mod:`jnd.records`.
Everything is a pure function of the answers and, where it draws random numbers, of a seed.
"""
