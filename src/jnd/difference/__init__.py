"""Two pictures: which way the change went.

In: a reference and a changed picture. Out: which artifacts became weaker or stronger, and better or worse overall.
"""
