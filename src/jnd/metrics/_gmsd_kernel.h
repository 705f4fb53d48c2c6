/* Gradient similarity of two 8-bit pictures; the same in OpenCV and numpy in gmsd.py.
 *
 * Luma is summed in thousandths as integers, so that the order of additions does not matter. Three reduced rows of each
 * picture are kept, with a zero at both ends.
 */

/* Two rows of code values (the second may be NULL: zeros) → the mean of 2 by 2 pixels, out[1 .. reduced]. */
static void NAME(gmsd_reduced_row)(const Gmsd *p, const uint8_t *RESTRICT above, const uint8_t *RESTRICT below,
                                   float *RESTRICT out)
{
    int32_t *RESTRICT sums = p->sums;
    const ptrdiff_t width = p->width;
    if (p->channels == 3)
        for (ptrdiff_t x = 0; x < width; x++)
            sums[x] = 299 * (above[3 * x] + below[3 * x]) + 587 * (above[3 * x + 1] + below[3 * x + 1]) +
                      114 * (above[3 * x + 2] + below[3 * x + 2]);
    else
        for (ptrdiff_t x = 0; x < width; x++)
            sums[x] = 1000 * (above[x] + below[x]);
    sums[width] = 0; /* beyond an odd width */
    for (ptrdiff_t x = 0; x < p->reduced_width; x++)
        out[x + 1] = (float)(sums[2 * x] + sums[2 * x + 1]) * (1.0f / 4000.0f);
    out[0] = out[p->reduced_width + 1] = 0.0f;
}

static void NAME(gmsd_load)(const Gmsd *p, ptrdiff_t row, float *RESTRICT one, float *RESTRICT other)
{
    const ptrdiff_t stride = p->width * p->channels, y = 2 * row;
    if (row < 0 || row >= p->reduced_height || y >= p->height) {
        memset(one, 0, (size_t)(p->reduced_width + 2) * sizeof(float));
        memset(other, 0, (size_t)(p->reduced_width + 2) * sizeof(float));
        return;
    }
    const int last = y + 1 >= p->height;
    NAME(gmsd_reduced_row)(p, p->one + y * stride, last ? p->zeros : p->one + (y + 1) * stride, one);
    NAME(gmsd_reduced_row)(p, p->other + y * stride, last ? p->zeros : p->other + (y + 1) * stride, other);
}

static void NAME(gmsd)(const Gmsd *p)
{
    const ptrdiff_t width = p->reduced_width, row = width + 2;
    const float third = 1.0f / 3.0f, constant = 170.0f;
    NAME(gmsd_load)(p, -1, p->rows, p->rows + 3 * row);
    NAME(gmsd_load)(p, 0, p->rows + row, p->rows + 4 * row);
    for (ptrdiff_t y = 0; y < p->reduced_height; y++) {
        const ptrdiff_t above = y % 3, here = (y + 1) % 3, below = (y + 2) % 3;
        NAME(gmsd_load)(p, y + 1, p->rows + below * row, p->rows + (3 + below) * row);
        const float *RESTRICT a0 = p->rows + above * row, *RESTRICT a1 = p->rows + here * row;
        const float *RESTRICT a2 = p->rows + below * row;
        const float *RESTRICT b0 = a0 + 3 * row, *RESTRICT b1 = a1 + 3 * row, *RESTRICT b2 = a2 + 3 * row;
        float *RESTRICT out = p->out + y * width;
        for (ptrdiff_t x = 0; x < width; x++) {
            const float ax = ((a0[x + 2] - a0[x]) + (a1[x + 2] - a1[x]) + (a2[x + 2] - a2[x])) * third;
            const float ay = ((a2[x] - a0[x]) + (a2[x + 1] - a0[x + 1]) + (a2[x + 2] - a0[x + 2])) * third;
            const float bx = ((b0[x + 2] - b0[x]) + (b1[x + 2] - b1[x]) + (b2[x + 2] - b2[x])) * third;
            const float by = ((b2[x] - b0[x]) + (b2[x + 1] - b0[x + 1]) + (b2[x + 2] - b0[x + 2])) * third;
            const float a = ax * ax + ay * ay, b = bx * bx + by * by;
            out[x] = (2.0f * sqrtf(a * b) + constant) / (a + b + constant);
        }
    }
}
