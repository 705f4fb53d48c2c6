"""Synthetic observers who take part in a study through its real server, from consent to completion.

In go a study's folder and observers with known thresholds, out come answers in its database, marked as simulated.
"""
