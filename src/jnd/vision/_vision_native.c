/* The native paths of free_energy.py and total_variation.py: Python's door, scratch memory, instruction sets.
 * The arithmetic is in the two headers; the same in numpy and OpenCV in the Python files.
 *
 * Limited API of CPython 3.11: one binary for every later version.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    REACH = 10,                /* pixels are compared with those up to 10 rows and columns away */
    RADIUS = 3,                /* by their patches of 7 by 7 */
    WINDOW = 2 * RADIUS + 1,
    MARGIN = REACH + RADIUS,   /* of the padded picture */
    TILE_ROWS = 48,            /* their sums fit the second cache up to 1000 columns */
    ABREAST = 8                /* iterations that share rows in the cache */
};

#define FARTHEST 1e30f     /* more than any distance of patches */

typedef struct {
    const float *padded;    /* (height + 2 MARGIN, width + 2 MARGIN) grey levels */
    const float *sharpness; /* (height, width) -log2(e) / (49 sigma^2) */
    float *out;             /* (height, width) prediction less the pixel */
    ptrdiff_t height, width;
} FreeEnergy;

typedef struct {
    const float *picture;            /* (height, width) */
    float *structure, *across, *down; /* (height, width), start and result */
    const float *zeros;              /* (width,) */
    float tau, sigma, step;
    ptrdiff_t height, width, iterations;
} TotalVariation;

#define KERNEL "_vision_kernels.h"
#include "_instruction_sets.h"

/* ---- Python's door ----------------------------------------------------------------------------------- */

enum { MOST_BUFFERS = 4 };

typedef struct {
    Py_buffer views[MOST_BUFFERS];
    int used;
} Buffers;

static void release(Buffers *buffers)
{
    for (int i = 0; i < buffers->used; i++)
        PyBuffer_Release(&buffers->views[i]);
    buffers->used = 0;
}

/* Contiguous memory of `object`, exactly `count` floats; NULL with an exception if it is not. */
static float *floats(Buffers *buffers, PyObject *object, Py_ssize_t count, int writable)
{
    Py_buffer *view = &buffers->views[buffers->used];
    if (PyObject_GetBuffer(object, view, writable ? PyBUF_WRITABLE : PyBUF_SIMPLE))
        return NULL;
    buffers->used++;
    if (view->len != count * (Py_ssize_t)sizeof(float)) {
        PyErr_Format(PyExc_ValueError, "buffer of %zd bytes, %zd needed", view->len, count * (Py_ssize_t)sizeof(float));
        return NULL;
    }
    return view->buf;
}

static int sensible(Py_ssize_t height, Py_ssize_t width)
{
    if (height >= 1 && width >= 1 && height <= 1 << 20 && width <= 1 << 20)
        return 1;
    PyErr_SetString(PyExc_ValueError, "not a picture");
    return 0;
}

static PyObject *finish(Buffers *buffers, int failed)
{
    release(buffers);
    if (failed)
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    Py_RETURN_NONE;
}

static PyObject *py_free_energy(PyObject *self, PyObject *args)
{
    (void)self;
    PyObject *padded, *sharpness, *out;
    Py_ssize_t height, width;
    Buffers buffers = {.used = 0};
    FreeEnergy p;
    if (!PyArg_ParseTuple(args, "OOnnO", &padded, &sharpness, &height, &width, &out) || !sensible(height, width))
        return NULL;
    p.height = height;
    p.width = width;
    p.padded = floats(&buffers, padded, (height + 2 * MARGIN) * (width + 2 * MARGIN), 0);
    p.sharpness = p.padded ? floats(&buffers, sharpness, height * width, 0) : NULL;
    p.out = p.sharpness ? floats(&buffers, out, height * width, 1) : NULL;
    if (!p.out)
        return finish(&buffers, 1);
    const size_t stride = (size_t)width + 2 * MARGIN;
    float *scratch = malloc(((size_t)(3 * TILE_ROWS) * (size_t)width + (WINDOW + 3) * stride) * sizeof(float));
    if (scratch) {
        Py_BEGIN_ALLOW_THREADS
        for (ptrdiff_t first = 0; first < height; first += TILE_ROWS)
            CALL(free_energy_tile, &p, first, first + TILE_ROWS < height ? first + TILE_ROWS : height, scratch);
        Py_END_ALLOW_THREADS
    }
    free(scratch);
    return finish(&buffers, !scratch);
}

static PyObject *py_total_variation(PyObject *self, PyObject *args)
{
    (void)self;
    PyObject *picture, *structure, *across, *down;
    Py_ssize_t height, width, iterations;
    Buffers buffers = {.used = 0};
    TotalVariation p;
    if (!PyArg_ParseTuple(args, "OOOOnnnfff", &picture, &structure, &across, &down, &height, &width, &iterations,
                          &p.tau, &p.sigma, &p.step) ||
        !sensible(height, width))
        return NULL;
    p.height = height;
    p.width = width;
    p.iterations = iterations;
    p.picture = floats(&buffers, picture, height * width, 0);
    p.structure = p.picture ? floats(&buffers, structure, height * width, 1) : NULL;
    p.across = p.structure ? floats(&buffers, across, height * width, 1) : NULL;
    p.down = p.across ? floats(&buffers, down, height * width, 1) : NULL;
    if (!p.down)
        return finish(&buffers, 1);
    float *rings = calloc((size_t)(2 * ABREAST + 1) * (size_t)width, sizeof(float));
    if (rings) {
        p.zeros = rings + 2 * ABREAST * width;
        Py_BEGIN_ALLOW_THREADS
        CALL(total_variation, &p, rings);
        Py_END_ALLOW_THREADS
    }
    free(rings);
    return finish(&buffers, !rings);
}

static PyMethodDef methods[] = {
    {"free_energy", py_free_energy, METH_VARARGS, "free_energy(padded, sharpness, height, width, out)"},
    {"total_variation", py_total_variation, METH_VARARGS,
     "total_variation(picture, structure, across, down, height, width, iterations, tau, sigma, step)"},
    {"instruction_set", py_instruction_set, METH_VARARGS, "instruction_set(wanted=None): 'avx512', 'avx2' or 'portable'."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_vision_native", "Native paths of jnd.vision.", -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__vision_native(void)
{
    use_the_fastest();
    return PyModule_Create(&module);
}
