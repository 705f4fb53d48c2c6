"""Deep learning for the picture-wise JND: observer labels, models, training, prediction.

In go pictures and labels (of the observer or of people), out come models, and from them the level at which
people begin to notice.
"""
