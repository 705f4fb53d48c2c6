"""``jnd serve``: encode, compare and predict over HTTP, for people who want them behind their upload.

In go the bytes of pictures, out come files and JSON. Work is done in processes under limits, so many at once and so
many waiting; more are turned away at once, which a load balancer understands.
"""
