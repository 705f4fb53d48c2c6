"""A study's answers to files that other tools read: Psych-DS bundle, CSV, Parquet, SUREAL, codebook.

In goes a study's folder, out comes a folder that holds everything but the pictures, and from which
:mod:`jnd.study.importing` makes the study again.
"""
