"""A bundle of ``jnd study export`` to a study again, without loss.

In goes the bundle's folder, out comes a study's folder whose export is the bundle.
"""
