/* The native paths of ssimulacra2.py, flip.py and gmsd.py: Python's door, scratch memory, instruction sets.
 * The arithmetic is in the three headers; the same in numpy in the Python files.
 *
 * Limited API of CPython 3.11: one binary for every later version.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    RING = 16,        /* rows kept by SSIMULACRA 2: at least the 11 that its blur sees, a power of two */
    FILTERED = 7,     /* rows that FLIP filters sideways per picture: 4 of colour, 3 of edges and points */
    MOST_RADIUS = 256 /* of FLIP's filters: over 1700 pixels per degree */
};

typedef struct {
    const double *reference, *changed; /* (3, height, width) linear RGB */
    const double *taps;                /* (11,) */
    const double *absorbance;          /* 3x3 matrix, bias, cube root of the bias */
    double *ring, *rows, *padded, *five, *columns, *sums;
    ptrdiff_t height, width;
} Ssimulacra2;

typedef struct {
    const float *reference, *changed; /* (3, height, width) linear RGB */
    const float *weights[FILTERED];
    ptrdiff_t radii[FILTERED];
    const float *to_white, *from_white; /* 3x3: linear RGB to XYZ over the white point's, and back */
    float *ring, *padded, *scratch, *out;
    float largest; /* the colour difference of green and blue */
    ptrdiff_t height, width, margin, mask;
} Flip;

typedef struct {
    const uint8_t *one, *other; /* (height, width, channels) */
    const uint8_t *zeros;       /* a row */
    int32_t *sums;              /* (width + 1,) */
    float *rows;                /* 3 reduced rows of each picture, a zero at both ends */
    float *out;                 /* (reduced height, reduced width) */
    ptrdiff_t height, width, channels, reduced_height, reduced_width;
} Gmsd;

#define KERNEL "../metrics/_score_kernels.h"
#include "../vision/_instruction_sets.h"
#include "../vision/_buffers.h"

/* ---- Python's door ----------------------------------------------------------------------------------- */

static PyObject *py_ssimulacra2_scale(PyObject *self, PyObject *args)
{
    (void)self;
    PyObject *reference, *changed, *taps, *absorbance, *sums;
    Py_ssize_t height, width;
    Buffers buffers = {.used = 0};
    Ssimulacra2 p;
    if (!PyArg_ParseTuple(args, "OOOOnnO", &reference, &changed, &taps, &absorbance, &height, &width, &sums) ||
        !sensible(height, width, 8))
        return NULL;
    const Py_ssize_t real = sizeof(double);
    p.height = height;
    p.width = width;
    p.reference = memory(&buffers, reference, 3 * height * width * real, 0);
    p.changed = p.reference ? memory(&buffers, changed, 3 * height * width * real, 0) : NULL;
    p.taps = p.changed ? memory(&buffers, taps, 11 * real, 0) : NULL;
    p.absorbance = p.taps ? memory(&buffers, absorbance, 11 * real, 0) : NULL;
    p.sums = p.absorbance ? memory(&buffers, sums, 18 * real, 1) : NULL;
    if (!p.sums)
        return finish(&buffers, 1);
    /* rings of 15 blurred and 6 XYB rows, 5 rows of products, 18 of sums, one padded row; zeros beyond its ends */
    double *scratch = calloc((size_t)(RING * 21 + 5 + 18 + 1) * (size_t)width + 10, sizeof(double));
    if (scratch) {
        p.ring = scratch;
        p.rows = p.ring + RING * 15 * width;
        p.five = p.rows + RING * 6 * width;
        p.columns = p.five + 5 * width;
        p.padded = p.columns + 18 * width;
        Py_BEGIN_ALLOW_THREADS
        CALL(ssimulacra2_scale, &p);
        Py_END_ALLOW_THREADS
    }
    free(scratch);
    return finish(&buffers, !scratch);
}

/* weights: FILTERED tables of radius + 1 values, one after the other, in the order of `radii`. */
static PyObject *py_flip(PyObject *self, PyObject *args)
{
    (void)self;
    PyObject *reference, *changed, *weights, *matrices, *out;
    Py_ssize_t height, width;
    int radii[FILTERED];
    Buffers buffers = {.used = 0};
    Flip p;
    if (!PyArg_ParseTuple(args, "OOO(iiiiiii)OfnnO", &reference, &changed, &weights, &radii[0], &radii[1], &radii[2],
                          &radii[3], &radii[4], &radii[5], &radii[6], &matrices, &p.largest, &height, &width, &out) ||
        !sensible(height, width, 1))
        return NULL;
    const Py_ssize_t real = sizeof(float);
    Py_ssize_t count = 0;
    p.margin = 0;
    for (int k = 0; k < FILTERED; k++) {
        if (radii[k] < 0 || radii[k] > MOST_RADIUS) {
            PyErr_SetString(PyExc_ValueError, "not a radius");
            return NULL;
        }
        p.radii[k] = radii[k];
        p.margin = radii[k] > p.margin ? radii[k] : p.margin;
        count += radii[k] + 1;
    }
    p.height = height;
    p.width = width;
    p.reference = memory(&buffers, reference, 3 * height * width * real, 0);
    p.changed = p.reference ? memory(&buffers, changed, 3 * height * width * real, 0) : NULL;
    const float *table = p.changed ? memory(&buffers, weights, count * real, 0) : NULL;
    p.to_white = table ? memory(&buffers, matrices, 18 * real, 0) : NULL;
    p.out = p.to_white ? memory(&buffers, out, height * width * real, 1) : NULL;
    if (!p.out)
        return finish(&buffers, 1);
    p.from_white = p.to_white + 9;
    for (int k = 0; k < FILTERED; k++) {
        p.weights[k] = table;
        table += radii[k] + 1;
    }
    ptrdiff_t rows = 1;
    while (rows < 2 * p.margin + 1)
        rows *= 2;
    p.mask = rows - 1;
    const size_t ring = (size_t)(rows * 2 * FILTERED) * (size_t)width;
    const size_t padded = 3 * ((size_t)width + 2 * (size_t)p.margin);
    float *scratch = malloc((ring + padded + 14 * (size_t)width) * sizeof(float));
    if (scratch) {
        p.ring = scratch;
        p.padded = p.ring + ring;
        p.scratch = p.padded + padded;
        Py_BEGIN_ALLOW_THREADS
        CALL(flip, &p);
        Py_END_ALLOW_THREADS
    }
    free(scratch);
    return finish(&buffers, !scratch);
}

static PyObject *py_gmsd(PyObject *self, PyObject *args)
{
    (void)self;
    PyObject *one, *other, *out;
    Py_ssize_t height, width, channels;
    Buffers buffers = {.used = 0};
    Gmsd p;
    if (!PyArg_ParseTuple(args, "OOnnnO", &one, &other, &height, &width, &channels, &out) ||
        !sensible(height, width, 2))
        return NULL;
    if (channels != 1 && channels != 3) {
        PyErr_SetString(PyExc_ValueError, "not a picture");
        return NULL;
    }
    const Py_ssize_t pad = height % 2 > width % 2 ? height % 2 : width % 2;
    p.height = height;
    p.width = width;
    p.channels = channels;
    p.reduced_height = (height + pad) / 2;
    p.reduced_width = (width + pad) / 2;
    p.one = memory(&buffers, one, height * width * channels, 0);
    p.other = p.one ? memory(&buffers, other, height * width * channels, 0) : NULL;
    p.out = p.other ? memory(&buffers, out, p.reduced_height * p.reduced_width * (Py_ssize_t)sizeof(float), 1) : NULL;
    if (!p.out)
        return finish(&buffers, 1);
    const size_t rows = 6 * ((size_t)p.reduced_width + 2) * sizeof(float);
    const size_t sums = ((size_t)width + 2) * sizeof(int32_t);
    char *scratch = calloc(1, rows + sums + (size_t)(width * channels));
    if (scratch) {
        p.rows = (float *)scratch;
        p.sums = (int32_t *)(scratch + rows);
        p.zeros = (const uint8_t *)(scratch + rows + sums);
        Py_BEGIN_ALLOW_THREADS
        CALL(gmsd, &p);
        Py_END_ALLOW_THREADS
    }
    free(scratch);
    return finish(&buffers, !scratch);
}

static PyMethodDef methods[] = {
    {"gmsd", py_gmsd, METH_VARARGS, "gmsd(one, other, height, width, channels, out)"},
    {"ssimulacra2_scale", py_ssimulacra2_scale, METH_VARARGS,
     "ssimulacra2_scale(reference, changed, taps, absorbance, height, width, sums)"},
    {"flip", py_flip, METH_VARARGS, "flip(reference, changed, weights, radii, matrices, largest, height, width, out)"},
    {"instruction_set", py_instruction_set, METH_VARARGS, "instruction_set(wanted=None): 'avx512', 'avx2' or 'portable'."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_scores_native", "Native paths of jnd.metrics.", -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__scores_native(void)
{
    use_the_fastest();
    return PyModule_Create(&module);
}
