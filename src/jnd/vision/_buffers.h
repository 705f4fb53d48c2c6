/* Memory that Python hands to the kernels: asked for, checked, and given back together.
 *
 * Included by each of them after Python.h. No memory is copied; what a call may write to has to be writable.
 */
#define FLOATS(n) ((Py_ssize_t)(n) * (Py_ssize_t)sizeof(float))

/* The buffers of one call. */
typedef struct {
    Py_buffer views[24]; /* more than any call asks for */
    int used;
} Buffers;

/* Contiguous memory of `object`, exactly `bytes` of it; NULL with an exception if it is not. */
static void *memory(Buffers *buffers, PyObject *object, Py_ssize_t bytes, int writable)
{
    Py_buffer *view = &buffers->views[buffers->used];
    if (PyObject_GetBuffer(object, view, writable ? PyBUF_WRITABLE : PyBUF_SIMPLE))
        return NULL;
    buffers->used++;
    if (view->len != bytes) {
        PyErr_Format(PyExc_ValueError, "buffer of %zd bytes, %zd needed", view->len, bytes);
        return NULL;
    }
    return view->buf;
}

/* 1, or 0 with an exception where the sides are not those of a picture of `least` pixels or more a side. */
static inline int sensible(Py_ssize_t height, Py_ssize_t width, Py_ssize_t least)
{
    if (height >= least && width >= least && height <= 1 << 20 && width <= 1 << 20)
        return 1;
    PyErr_SetString(PyExc_ValueError, "not a picture");
    return 0;
}

/* What a call returns: its buffers are given back; `failed` without an exception is a lack of memory. */
static PyObject *finish(Buffers *buffers, int failed)
{
    for (int i = 0; i < buffers->used; i++)
        PyBuffer_Release(&buffers->views[i]);
    buffers->used = 0;
    if (failed)
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    Py_RETURN_NONE;
}
