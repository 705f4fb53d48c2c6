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
#include "_buffers.h"

/* ---- Python's door ----------------------------------------------------------------------------------- */

static PyObject *py_free_energy(PyObject *self, PyObject *args)
{
    (void)self;
    PyObject *padded, *sharpness, *out;
    Py_ssize_t height, width;
    Buffers buffers = {.used = 0};
    FreeEnergy p;
    if (!PyArg_ParseTuple(args, "OOnnO", &padded, &sharpness, &height, &width, &out) || !sensible(height, width, 1))
        return NULL;
    p.height = height;
    p.width = width;
    p.padded = memory(&buffers, padded, FLOATS((height + 2 * MARGIN) * (width + 2 * MARGIN)), 0);
    p.sharpness = p.padded ? memory(&buffers, sharpness, FLOATS(height * width), 0) : NULL;
    p.out = p.sharpness ? memory(&buffers, out, FLOATS(height * width), 1) : NULL;
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
        !sensible(height, width, 1))
        return NULL;
    p.height = height;
    p.width = width;
    p.iterations = iterations;
    p.picture = memory(&buffers, picture, FLOATS(height * width), 0);
    p.structure = p.picture ? memory(&buffers, structure, FLOATS(height * width), 1) : NULL;
    p.across = p.structure ? memory(&buffers, across, FLOATS(height * width), 1) : NULL;
    p.down = p.across ? memory(&buffers, down, FLOATS(height * width), 1) : NULL;
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
