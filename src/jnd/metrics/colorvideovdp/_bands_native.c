/* The native path of one band of ColorVideoVDP: Python's door, the scratch memory and the choice of
 * instruction set. The arithmetic is in _bands_kernel.h; the same arithmetic in numpy in _bands_numpy.py.
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
    HALO = 6,                      /* rows that the 13-tap blur needs on either side */
    RING_ROWS = 16,                /* power of two, at least 2 * HALO + 1 */
    TABLE_SHIFT = 17,              /* 64 segments for each octave of luminance */
    TABLE_FIRST_BITS = 0x3c000000, /* 2^-7 cd/m2, as a float's bits */
    TABLE_LENGTH = 21 * 64         /* up to 2^14 cd/m2 */
};

#define LOWEST_LUMINANCE 0.01f
#define LARGEST_CONTRAST 1000.0f
#define EPSILON 1e-5f

/* log2(1 + m) = m (LOG2_0 + LOG2_1 m + ...), Chebyshev fit on [sqrt(1/2) - 1, sqrt(2) - 1], error 6e-7. */
#define LOG2_0 1.442696432220575f
#define LOG2_1 -0.7213640398472605f
#define LOG2_2 0.48062914692436903f
#define LOG2_3 -0.3593506528381761f
#define LOG2_4 0.2956336002602944f
#define LOG2_5 -0.2695062744404627f
#define LOG2_6 0.17212873067503112f
/* One level of one picture: planes of DKL values, or (finest level) code values and how they shine. */
typedef struct {
    const float *planes; /* (3, height, width) or NULL */
    const void *pixels;  /* (height, width, channels) */
    ptrdiff_t height, width, channels;
    int depth;           /* bytes of a code value: 1 or 2 */
    const float *light;  /* code value -> cd/m2 */
    const float *matrix; /* (3, 3) RGB light -> DKL */
} Source;

typedef struct {
    const float *blur_across, *blur_down; /* 7 weights from the centre outwards; blur_down holds the gain */
    const float *q;                       /* 3 exponents of the mask */
    const float *cross;                   /* (3, 4): weights of the three masks, and the constant */
    float gain, p, floor_power, largest;
} Masking;

typedef struct {
    const int64_t *row_edges, *column_edges;
    ptrdiff_t rows, columns;
    double *sums; /* (3, rows, columns) */
} Cells;

typedef struct {
    float *memory, *light, *padded, *expanded[3], *contrast[3], *luminance;
    float *normalised[3], *sensitivity[3], *mask[3], *sums, *blur_padded, *mask_ring, *difference_ring;
} Scratch;

static int scratch_allocate(Scratch *t, ptrdiff_t width, int with_rings)
{
    const ptrdiff_t row = (width + 15) / 16 * 16 + 16;
    const ptrdiff_t rows = 3 + 1 + 3 + 3 + 1 + 3 + 3 + 3 + 3 + 1;
    const size_t rings = with_rings ? (size_t)(2 * 3 * RING_ROWS) * (size_t)width : 0;
    t->memory = malloc(((size_t)(rows * row) + rings) * sizeof(float));
    if (!t->memory)
        return -1;
    float *next = t->memory;
#define TAKE(n) (next += (n) * row, next - (n) * row)
    t->light = TAKE(3);
    t->padded = TAKE(1);
    for (int k = 0; k < 3; k++) {
        t->expanded[k] = TAKE(1);
        t->contrast[k] = TAKE(1);
        t->normalised[k] = TAKE(1);
        t->sensitivity[k] = TAKE(1);
        t->mask[k] = TAKE(1);
    }
    t->luminance = TAKE(1);
    t->sums = TAKE(3);
    t->blur_padded = TAKE(1);
#undef TAKE
    t->mask_ring = next;
    t->difference_ring = next + (with_rings ? 3 * RING_ROWS * width : 0);
    return 0;
}

static void scratch_free(Scratch *t)
{
    free(t->memory);
}

/* ---- the kernel, once per instruction set ------------------------------------------------------------ */

#define KERNEL "../metrics/colorvideovdp/_bands_kernel.h"
#include "../../vision/_instruction_sets.h"
#include "../../vision/_buffers.h"

/* ---- Python's door ----------------------------------------------------------------------------------- */

/* (data, is_planes, height, width, channels, depth, light, matrix) -> Source */
static int parse_source(Buffers *buffers, PyObject *tuple, Source *s)
{
    PyObject *data, *light, *matrix;
    int planes, depth;
    Py_ssize_t height, width, channels;
    memset(s, 0, sizeof *s);
    if (!PyArg_ParseTuple(tuple, "OpnnniOO", &data, &planes, &height, &width, &channels, &depth, &light, &matrix))
        return -1;
    if (height < 1 || width < 1 || (channels != 1 && channels != 3) || (depth != 1 && depth != 2)) {
        PyErr_SetString(PyExc_ValueError, "not a picture");
        return -1;
    }
    s->height = height;
    s->width = width;
    s->channels = channels;
    s->depth = depth;
    if (planes)
        return (s->planes = memory(buffers, data, FLOATS(3 * height * width), 0)) ? 0 : -1;
    s->pixels = memory(buffers, data, height * width * channels * depth, 0);
    s->light = s->pixels ? memory(buffers, light, FLOATS(depth == 1 ? 256 : 65536), 0) : NULL;
    s->matrix = s->light ? memory(buffers, matrix, FLOATS(9), 0) : NULL;
    return s->matrix ? 0 : -1;
}

static PyObject *py_reduce(PyObject *self, PyObject *args)
{
    (void)self;
    PyObject *source, *out;
    Buffers buffers = {.used = 0};
    Source s;
    if (!PyArg_ParseTuple(args, "OO", &source, &out))
        return NULL;
    if (parse_source(&buffers, source, &s))
        return finish(&buffers, 1);
    float *planes = memory(&buffers, out, FLOATS(3 * ((s.height + 1) / 2) * ((s.width + 1) / 2)), 1);
    if (!planes)
        return finish(&buffers, 1);
    if (s.height < 3 || s.width < 3) {
        PyErr_SetString(PyExc_ValueError, "a level of fewer than 3 pixels on a side has no coarser one");
        return finish(&buffers, 1);
    }
    int failed;
    Py_BEGIN_ALLOW_THREADS
    failed = CALL(reduce, &s, planes);
    Py_END_ALLOW_THREADS
    return finish(&buffers, failed);
}

static PyObject *py_state(PyObject *self, PyObject *args)
{
    (void)self;
    PyObject *source, *coarse, *tables, *out;
    Buffers buffers = {.used = 0};
    Source s;
    if (!PyArg_ParseTuple(args, "OOOO", &source, &coarse, &tables, &out))
        return NULL;
    if (parse_source(&buffers, source, &s))
        return finish(&buffers, 1);
    const float *c = memory(&buffers, coarse, FLOATS(3 * ((s.height + 1) / 2) * ((s.width + 1) / 2)), 0);
    const float *t = c ? memory(&buffers, tables, FLOATS(3 * 2 * TABLE_LENGTH), 0) : NULL;
    float *state = t ? memory(&buffers, out, FLOATS(6 * s.height * s.width), 1) : NULL;
    if (!state)
        return finish(&buffers, 1);
    int failed;
    Py_BEGIN_ALLOW_THREADS
    failed = CALL(state, &s, c, t, state);
    Py_END_ALLOW_THREADS
    return finish(&buffers, failed);
}

static PyObject *py_difference(PyObject *self, PyObject *args)
{
    (void)self;
    PyObject *reference, *reference_coarse, *state, *tables, *changed, *changed_coarse;
    PyObject *blur_across, *blur_down, *q, *cross, *row_edges, *column_edges, *sums, *map;
    Masking masking;
    Cells cells;
    Buffers buffers = {.used = 0};
    Source r, c;
    memset(&r, 0, sizeof r);
    if (!PyArg_ParseTuple(args, "OOOOOOOOOOffffOOOO", &reference, &reference_coarse, &state, &tables, &changed,
                          &changed_coarse, &blur_across, &blur_down, &q, &cross, &masking.gain, &masking.p,
                          &masking.floor_power, &masking.largest, &row_edges, &column_edges, &sums, &map))
        return NULL;
    if (parse_source(&buffers, changed, &c))
        return finish(&buffers, 1);
    const ptrdiff_t coarse_pixels = ((c.height + 1) / 2) * ((c.width + 1) / 2);
    const float *cc = memory(&buffers, changed_coarse, FLOATS(3 * coarse_pixels), 0), *rc = NULL, *t = NULL, *st = NULL;
    if (!cc)
        return finish(&buffers, 1);
    if (state != Py_None) {
        st = memory(&buffers, state, FLOATS(6 * c.height * c.width), 0);
    } else if (!parse_source(&buffers, reference, &r)) {
        if (r.height != c.height || r.width != c.width) {
            PyErr_SetString(PyExc_ValueError, "pictures of different sizes");
            return finish(&buffers, 1);
        }
        rc = memory(&buffers, reference_coarse, FLOATS(3 * coarse_pixels), 0);
        t = rc ? memory(&buffers, tables, FLOATS(3 * 2 * TABLE_LENGTH), 0) : NULL;
    }
    if (!st && !t)
        return finish(&buffers, 1);
    masking.blur_across = memory(&buffers, blur_across, FLOATS(HALO + 1), 0);
    masking.blur_down = masking.blur_across ? memory(&buffers, blur_down, FLOATS(HALO + 1), 0) : NULL;
    masking.q = masking.blur_down ? memory(&buffers, q, FLOATS(3), 0) : NULL;
    masking.cross = masking.q ? memory(&buffers, cross, FLOATS(12), 0) : NULL;
    if (!masking.cross)
        return finish(&buffers, 1);
    cells.rows = PySequence_Size(row_edges) - 1;
    cells.columns = PySequence_Size(column_edges) - 1;
    if (cells.rows < 1 || cells.columns < 1) {
        PyErr_SetString(PyExc_ValueError, "at least one cell is needed");
        return finish(&buffers, 1);
    }
    cells.row_edges = memory(&buffers, row_edges, (cells.rows + 1) * (Py_ssize_t)sizeof(int64_t), 0);
    cells.column_edges = cells.row_edges
                             ? memory(&buffers, column_edges, (cells.columns + 1) * (Py_ssize_t)sizeof(int64_t), 0)
                             : NULL;
    cells.sums = cells.column_edges
                     ? memory(&buffers, sums, 3 * cells.rows * cells.columns * (Py_ssize_t)sizeof(double), 1)
                     : NULL;
    float *planes = cells.sums && map != Py_None ? memory(&buffers, map, FLOATS(3 * c.height * c.width), 1) : NULL;
    if (!cells.sums || (map != Py_None && !planes))
        return finish(&buffers, 1);
    int edges_fit = cells.row_edges[0] == 0 && cells.row_edges[cells.rows] == c.height && cells.column_edges[0] == 0 &&
                    cells.column_edges[cells.columns] == c.width;
    for (ptrdiff_t i = 0; i < cells.rows; i++)
        edges_fit &= cells.row_edges[i] < cells.row_edges[i + 1];
    for (ptrdiff_t i = 0; i < cells.columns; i++)
        edges_fit &= cells.column_edges[i] < cells.column_edges[i + 1];
    if (!edges_fit) {
        PyErr_SetString(PyExc_ValueError, "cell edges must rise from 0 to the size of the level");
        return finish(&buffers, 1);
    }
    int failed;
    Py_BEGIN_ALLOW_THREADS
    failed = CALL(difference, &r, rc, st, t, &c, cc, &masking, &cells, planes);
    Py_END_ALLOW_THREADS
    return finish(&buffers, failed);
}

static PyMethodDef methods[] = {
    {"reduce", py_reduce, METH_VARARGS, "reduce(source, out): the next coarser level of the Gaussian pyramid."},
    {"state", py_state, METH_VARARGS, "state(source, coarse, tables, out): what the reference contributes to a band."},
    {"difference", py_difference, METH_VARARGS, "difference(...): sums over cells of the masked difference."},
    {"instruction_set", py_instruction_set, METH_VARARGS, "instruction_set(wanted=None): 'avx512', 'avx2' or 'portable'."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_bands_native", "Native path of one band of ColorVideoVDP.", -1, methods,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__bands_native(void)
{
    use_the_fastest();
    return PyModule_Create(&module);
}
