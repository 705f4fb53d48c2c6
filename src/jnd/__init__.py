"""jnd: which changes of a picture people can see."""
