"""Subjective tests: a study as a folder, a server that draws trials and keeps answers, pages, export and analysis.

In go a ``study.toml`` and pictures, out come answers of people and what they say: thresholds, scales, scores.
"""
