/* One band of ColorVideoVDP, row by row. Included once per instruction set; NAME(f) adds its suffix.
 *
 * Only + - * / and comparisons on float, in one fixed order: every machine, every vector width and the
 * numpy path (_bands_numpy.py) give the same bits. A change here is a change there.
 *
 * Rows stream through a ring buffer, so that nothing between the pyramid and the pooled sums is ever
 * written to memory: the blurred mask needs 6 rows above and below (HALO).
 */

/* ---- light: code values -> DKL, one row ------------------------------------------------------------- */

static void NAME(light_row)(const Source *s, ptrdiff_t y, float *RESTRICT a, float *RESTRICT b, float *RESTRICT c)
{
    const ptrdiff_t width = s->width;
    const float *light = s->light;
    if (s->depth == 1) {
        const uint8_t *p = (const uint8_t *)s->pixels + y * width * s->channels;
        if (s->channels == 3)
            for (ptrdiff_t x = 0; x < width; x++) {
                a[x] = light[p[3 * x]];
                b[x] = light[p[3 * x + 1]];
                c[x] = light[p[3 * x + 2]];
            }
        else
            for (ptrdiff_t x = 0; x < width; x++)
                a[x] = b[x] = c[x] = light[p[x]];
    } else {
        const uint16_t *p = (const uint16_t *)s->pixels + y * width * s->channels;
        if (s->channels == 3)
            for (ptrdiff_t x = 0; x < width; x++) {
                a[x] = light[p[3 * x]];
                b[x] = light[p[3 * x + 1]];
                c[x] = light[p[3 * x + 2]];
            }
        else
            for (ptrdiff_t x = 0; x < width; x++)
                a[x] = b[x] = c[x] = light[p[x]];
    }
    const float *m = s->matrix;
    const float m0 = m[0], m1 = m[1], m2 = m[2], m3 = m[3], m4 = m[4], m5 = m[5], m6 = m[6], m7 = m[7], m8 = m[8];
    for (ptrdiff_t x = 0; x < width; x++) {
        const float r = a[x], g = b[x], v = c[x];
        a[x] = (m0 * r + m1 * g) + m2 * v;
        b[x] = (m3 * r + m4 * g) + m5 * v;
        c[x] = (m6 * r + m7 * g) + m8 * v;
    }
}

/* The three rows of a source: its planes, or its pixels turned to light in `scratch`. */
static void NAME(source_rows)(const Source *s, ptrdiff_t y, float *scratch, const float *rows[3])
{
    if (s->planes) {
        for (int k = 0; k < 3; k++)
            rows[k] = s->planes + (k * s->height + y) * s->width;
    } else {
        NAME(light_row)(s, y, scratch, scratch + s->width, scratch + 2 * s->width);
        for (int k = 0; k < 3; k++)
            rows[k] = scratch + k * s->width;
    }
}

/* ---- Gaussian pyramid: the next level ---------------------------------------------------------------- */

static void NAME(reduce_row)(const float *RESTRICT a, const float *RESTRICT b, const float *RESTRICT c,
                             const float *RESTRICT d, const float *RESTRICT e, float *RESTRICT padded,
                             float *RESTRICT out, ptrdiff_t width, int odd_rows)
{
    float *RESTRICT t = padded + 2;
    for (ptrdiff_t x = 0; x < width; x++)
        t[x] = ((a[x] + e[x]) * 0.05f + (b[x] + d[x]) * 0.25f) + c[x] * 0.4f;
    padded[0] = t[1];
    padded[1] = t[0];
    /* The package corrects the right edge by the parity of the rows, not of the columns; so do we. */
    if (width % 2 == 0) {
        t[width] = odd_rows ? t[width - 2] : t[width - 1];
        if (odd_rows)
            t[width - 1] = t[width - 1] + t[width - 1];
    } else {
        t[width] = odd_rows ? t[width - 1] : 0.0f;
        t[width + 1] = odd_rows ? t[width - 2] : t[width - 1];
    }
    const ptrdiff_t half = (width + 1) / 2;
    for (ptrdiff_t x = 0; x < half; x++)
        out[x] = ((padded[2 * x] + padded[2 * x + 4]) * 0.05f + (padded[2 * x + 1] + padded[2 * x + 3]) * 0.25f)
                 + padded[2 * x + 2] * 0.4f;
}

static int NAME(reduce)(const Source *s, float *out)
{
    const ptrdiff_t h = s->height, w = s->width, half_h = (h + 1) / 2, half_w = (w + 1) / 2;
    enum { RING = 8 };
    float *ring = malloc((size_t)(RING * 3 * w + w + 4) * sizeof(float));
    if (!ring)
        return -1;
    float *padded = ring + RING * 3 * w;
    ptrdiff_t in_ring[RING];
    for (int i = 0; i < RING; i++)
        in_ring[i] = -1;
    for (ptrdiff_t j = 0; j < half_h; j++) {
        const float *rows[5][3];
        for (int i = 0; i < 5; i++) {
            ptrdiff_t y = 2 * j - 2 + i;
            y = y < 0 ? -1 - y : y >= h ? 2 * h - 1 - y : y;
            if (s->planes) {
                NAME(source_rows)(s, y, NULL, rows[i]);
            } else {
                float *slot = ring + (y % RING) * 3 * w;
                if (in_ring[y % RING] != y) {
                    NAME(source_rows)(s, y, slot, rows[i]);
                    in_ring[y % RING] = y;
                }
                for (int k = 0; k < 3; k++)
                    rows[i][k] = slot + k * w;
            }
        }
        for (int k = 0; k < 3; k++)
            NAME(reduce_row)(rows[0][k], rows[1][k], rows[2][k], rows[3][k], rows[4][k], padded,
                             out + (k * half_h + j) * half_w, w, (int)(h % 2));
    }
    free(ring);
    return 0;
}

/* One row of the coarser level at the finer level's size; `out` has room for 2 * half_w. */
static void NAME(expand_row)(const float *plane, ptrdiff_t half_h, ptrdiff_t half_w, ptrdiff_t y,
                             float *RESTRICT padded, float *RESTRICT out)
{
    const ptrdiff_t j = y >> 1, below = j + 1 < half_h ? j + 1 : half_h - 1, above = j > 0 ? j - 1 : 0;
    const float *RESTRICT a = plane + above * half_w, *RESTRICT b = plane + j * half_w,
                *RESTRICT c = plane + below * half_w;
    float *RESTRICT t = padded + 1;
    if (y & 1)
        for (ptrdiff_t x = 0; x < half_w; x++)
            t[x] = (b[x] + c[x]) * 0.5f;
    else
        for (ptrdiff_t x = 0; x < half_w; x++)
            t[x] = (a[x] + c[x]) * 0.1f + b[x] * 0.8f;
    padded[0] = t[0];
    t[half_w] = t[half_w - 1];
    for (ptrdiff_t x = 0; x < half_w; x++) {
        out[2 * x] = (padded[x] + padded[x + 2]) * 0.1f + padded[x + 1] * 0.8f;
        out[2 * x + 1] = (padded[x + 1] + padded[x + 2]) * 0.5f;
    }
}

/* ---- contrast and sensitivity ------------------------------------------------------------------------ */

/* Weber contrast of one row: rows[k] (fine) against expanded[k] (background); luminance of the background. */
static void NAME(contrast_row)(const float *RESTRICT a, const float *RESTRICT b, const float *RESTRICT c,
                               const float *RESTRICT ea, const float *RESTRICT eb, const float *RESTRICT ec,
                               float *RESTRICT oa, float *RESTRICT ob, float *RESTRICT oc,
                               float *RESTRICT luminance, ptrdiff_t width)
{
    for (ptrdiff_t x = 0; x < width; x++) {
        const float l = ea[x] > LOWEST_LUMINANCE ? ea[x] : LOWEST_LUMINANCE;
        const float inverse = 1.0f / l;
        float u = (a[x] - ea[x]) * inverse, v = (b[x] - eb[x]) * inverse, w = (c[x] - ec[x]) * inverse;
        oa[x] = u < LARGEST_CONTRAST ? u : LARGEST_CONTRAST;
        ob[x] = v < LARGEST_CONTRAST ? v : LARGEST_CONTRAST;
        oc[x] = w < LARGEST_CONTRAST ? w : LARGEST_CONTRAST;
        luminance[x] = l;
    }
}

/* Sensitivity by the bits of the luminance: `table` holds value and step for 64 segments of each octave. */
static void NAME(sensitivity_row)(const float *RESTRICT luminance, const float *RESTRICT table, float *RESTRICT out,
                                  ptrdiff_t width)
{
    for (ptrdiff_t x = 0; x < width; x++) {
        int32_t bits = float_bits(luminance[x]) - TABLE_FIRST_BITS;
        int32_t i = bits >> TABLE_SHIFT;
        i = i < 0 ? 0 : i < TABLE_LENGTH ? i : TABLE_LENGTH - 1;
        const float fraction = (float)(bits & ((1 << TABLE_SHIFT) - 1)) * (1.0f / (1 << TABLE_SHIFT));
        out[x] = table[2 * i] + fraction * table[2 * i + 1];
    }
}

/* ---- masking ----------------------------------------------------------------------------------------- */

/* (x + ε)^p for x >= 0, as 2^(p log2(x + ε)); polynomials of _bands_native.c, same in _bands_numpy.py. */
static inline float NAME(power)(float x, float p)
{
    const float v = x + EPSILON;
    const int32_t bits = float_bits(v) - 0x3f3504f3; /* sqrt(1/2): the mantissa lands in [sqrt(1/2), sqrt(2)) */
    const int32_t exponent = bits >> 23;
    const float m = bits_float((bits & 0x007fffff) + 0x3f3504f3) - 1.0f;
    float l = LOG2_6;
    l = l * m + LOG2_5;
    l = l * m + LOG2_4;
    l = l * m + LOG2_3;
    l = l * m + LOG2_2;
    l = l * m + LOG2_1;
    l = l * m + LOG2_0;
    const float t = (l * m + (float)exponent) * p;
    const float whole = (t + ROUND) - ROUND;
    const float f = t - whole;
    float e = EXP2_5;
    e = e * f + EXP2_4;
    e = e * f + EXP2_3;
    e = e * f + EXP2_2;
    e = e * f + EXP2_1;
    e = e * f + 1.0f;
    return bits_float(float_bits(e) + ((int32_t)whole << 23));
}

static void NAME(power_row)(float *RESTRICT row, float p, ptrdiff_t width)
{
    for (ptrdiff_t x = 0; x < width; x++)
        row[x] = NAME(power)(row[x], p);
}

static void NAME(mutual_row)(const float *RESTRICT contrast, const float *RESTRICT sensitivity,
                             const float *RESTRICT reference, float *RESTRICT mask, float *RESTRICT difference,
                             ptrdiff_t width)
{
    for (ptrdiff_t x = 0; x < width; x++) {
        const float t = contrast[x] * sensitivity[x], r = reference[x];
        const float at = fabsf(t), ar = fabsf(r);
        mask[x] = at < ar ? at : ar;
        difference[x] = fabsf(t - r);
    }
}

static void NAME(blur_across)(float *RESTRICT padded, const float *RESTRICT w, float *RESTRICT out, ptrdiff_t width)
{
    float *g = padded + HALO;
    for (ptrdiff_t i = 1; i <= HALO; i++) {
        g[-i] = g[i];
        g[width - 1 + i] = g[width - 1 - i];
    }
    const float w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3], w4 = w[4], w5 = w[5], w6 = w[6];
    for (ptrdiff_t x = 0; x < width; x++) {
        const float *RESTRICT p = padded + x;
        float s = p[6] * w0;
        s = s + (p[5] + p[7]) * w1;
        s = s + (p[4] + p[8]) * w2;
        s = s + (p[3] + p[9]) * w3;
        s = s + (p[2] + p[10]) * w4;
        s = s + (p[1] + p[11]) * w5;
        s = s + (p[0] + p[12]) * w6;
        out[x] = s;
    }
}

static void NAME(blur_down)(const float *const rows[13], const float *RESTRICT w, float *RESTRICT out, ptrdiff_t width)
{
    const float *RESTRICT r0 = rows[0], *RESTRICT r1 = rows[1], *RESTRICT r2 = rows[2], *RESTRICT r3 = rows[3],
                *RESTRICT r4 = rows[4], *RESTRICT r5 = rows[5], *RESTRICT r6 = rows[6], *RESTRICT r7 = rows[7],
                *RESTRICT r8 = rows[8], *RESTRICT r9 = rows[9], *RESTRICT r10 = rows[10],
                *RESTRICT r11 = rows[11], *RESTRICT r12 = rows[12];
    const float w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3], w4 = w[4], w5 = w[5], w6 = w[6];
    for (ptrdiff_t x = 0; x < width; x++) {
        float s = r6[x] * w0;
        s = s + (r5[x] + r7[x]) * w1;
        s = s + (r4[x] + r8[x]) * w2;
        s = s + (r3[x] + r9[x]) * w3;
        s = s + (r2[x] + r10[x]) * w4;
        s = s + (r1[x] + r11[x]) * w5;
        s = s + (r0[x] + r12[x]) * w6;
        out[x] = s;
    }
}

/* Difference of one channel after masking by all three, softly clamped; added to the column sums. */
static void NAME(masked_row)(const float *RESTRICT difference, const float *RESTRICT m0, const float *RESTRICT m1,
                             const float *RESTRICT m2, const float *RESTRICT w, float p, float floor_power,
                             float largest, float *RESTRICT sums, float *RESTRICT map, ptrdiff_t width)
{
    const float w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3];
    for (ptrdiff_t x = 0; x < width; x++) {
        const float n = NAME(power)(difference[x], p) - floor_power;
        const float mask = ((m0[x] * w0 + m1[x] * w1) + m2[x] * w2) + w3;
        const float d = (n * largest) / (mask + n);
        sums[x] = sums[x] + d * (d + 2.0f * EPSILON);
        if (map)
            map[x] = d;
    }
}

/* ---- one band ---------------------------------------------------------------------------------------- */

/* Row y of a picture: contrast in scratch.contrast, background luminance in scratch.luminance. */
static void NAME(picture_row)(const Source *s, const float *coarse, ptrdiff_t half_h, ptrdiff_t half_w, ptrdiff_t y,
                              Scratch *t)
{
    const float *rows[3];
    NAME(source_rows)(s, y, t->light, rows);
    for (int k = 0; k < 3; k++)
        NAME(expand_row)(coarse + k * half_h * half_w, half_h, half_w, y, t->padded, t->expanded[k]);
    NAME(contrast_row)(rows[0], rows[1], rows[2], t->expanded[0], t->expanded[1], t->expanded[2], t->contrast[0],
                       t->contrast[1], t->contrast[2], t->luminance, s->width);
}

/* What the reference contributes to row y: its contrast in units of threshold, and the sensitivities. */
static void NAME(reference_row)(const Source *s, const float *coarse, ptrdiff_t half_h, ptrdiff_t half_w,
                                const float *tables, ptrdiff_t y, Scratch *t, float *const normalised[3],
                                float *const sensitivity[3])
{
    NAME(picture_row)(s, coarse, half_h, half_w, y, t);
    for (int k = 0; k < 3; k++) {
        NAME(sensitivity_row)(t->luminance, tables + 2 * TABLE_LENGTH * k, sensitivity[k], s->width);
        const float *RESTRICT c = t->contrast[k], *RESTRICT g = sensitivity[k];
        float *RESTRICT r = normalised[k];
        for (ptrdiff_t x = 0; x < s->width; x++)
            r[x] = c[x] * g[x];
    }
}

static int NAME(state)(const Source *reference, const float *coarse, const float *tables, float *state)
{
    const ptrdiff_t h = reference->height, w = reference->width, half_h = (h + 1) / 2, half_w = (w + 1) / 2;
    Scratch t;
    if (scratch_allocate(&t, w, 0))
        return -1;
    for (ptrdiff_t y = 0; y < h; y++) {
        float *normalised[3], *sensitivity[3];
        for (int k = 0; k < 3; k++) {
            normalised[k] = state + (k * h + y) * w;
            sensitivity[k] = state + ((k + 3) * h + y) * w;
        }
        NAME(reference_row)(reference, coarse, half_h, half_w, tables, y, &t, normalised, sensitivity);
    }
    scratch_free(&t);
    return 0;
}

static int NAME(difference)(const Source *reference, const float *reference_coarse, const float *state,
                            const float *tables, const Source *changed, const float *changed_coarse,
                            const Masking *masking, const Cells *cells, float *map)
{
    const ptrdiff_t h = changed->height, w = changed->width, half_h = (h + 1) / 2, half_w = (w + 1) / 2;
    const int blurred = h > HALO && w > HALO;
    const ptrdiff_t delay = blurred ? HALO : 0;
    Scratch t;
    if (scratch_allocate(&t, w, 1))
        return -1;
    memset(t.sums, 0, (size_t)(3 * w) * sizeof(float));
    ptrdiff_t cell_row = 0;
    for (ptrdiff_t row = 0; row < h + delay; row++) {
        if (row < h) {
            const float *normalised[3], *sensitivity[3];
            if (state) {
                for (int k = 0; k < 3; k++) {
                    normalised[k] = state + (k * h + row) * w;
                    sensitivity[k] = state + ((k + 3) * h + row) * w;
                }
            } else {
                NAME(reference_row)(reference, reference_coarse, half_h, half_w, tables, row, &t, t.normalised,
                                    t.sensitivity);
                for (int k = 0; k < 3; k++) {
                    normalised[k] = t.normalised[k];
                    sensitivity[k] = t.sensitivity[k];
                }
            }
            NAME(picture_row)(changed, changed_coarse, half_h, half_w, row, &t);
            for (int k = 0; k < 3; k++) {
                float *blurred_slot = t.mask_ring + ((row % RING_ROWS) * 3 + k) * w;
                float *difference_slot = t.difference_ring + ((row % RING_ROWS) * 3 + k) * w;
                float *mask = blurred ? t.blur_padded + HALO : blurred_slot;
                NAME(mutual_row)(t.contrast[k], sensitivity[k], normalised[k], mask, difference_slot, w);
                if (blurred)
                    NAME(blur_across)(t.blur_padded, masking->blur_across, blurred_slot, w);
            }
        }
        const ptrdiff_t y = row - delay;
        if (y < 0)
            continue;
        for (int k = 0; k < 3; k++) {
            if (blurred) {
                const float *rows[2 * HALO + 1];
                for (int i = 0; i < 2 * HALO + 1; i++) {
                    ptrdiff_t from = y - HALO + i;
                    from = from < 0 ? -from : from >= h ? 2 * h - 2 - from : from;
                    rows[i] = t.mask_ring + ((from % RING_ROWS) * 3 + k) * w;
                }
                NAME(blur_down)(rows, masking->blur_down, t.mask[k], w);
            } else {
                const float *RESTRICT g = t.mask_ring + ((y % RING_ROWS) * 3 + k) * w;
                float *RESTRICT m = t.mask[k];
                for (ptrdiff_t x = 0; x < w; x++)
                    m[x] = g[x] * masking->gain;
            }
            NAME(power_row)(t.mask[k], masking->q[k], w);
        }
        for (int k = 0; k < 3; k++)
            NAME(masked_row)(t.difference_ring + ((y % RING_ROWS) * 3 + k) * w, t.mask[0], t.mask[1], t.mask[2],
                             masking->cross + 4 * k, masking->p, masking->floor_power, masking->largest,
                             t.sums + k * w, map ? map + (k * h + y) * w : NULL, w);
        if (y + 1 == cells->row_edges[cell_row + 1]) {
            for (int k = 0; k < 3; k++) {
                double *out = cells->sums + (k * cells->rows + cell_row) * cells->columns;
                ptrdiff_t x = 0;
                double running = 0.0, before = 0.0;
                for (ptrdiff_t column = 0; column < cells->columns; column++) {
                    for (; x < cells->column_edges[column + 1]; x++)
                        running += (double)t.sums[k * w + x];
                    out[column] = running - before;
                    before = running;
                }
            }
            memset(t.sums, 0, (size_t)(3 * w) * sizeof(float));
            cell_row++;
        }
    }
    scratch_free(&t);
    return 0;
}
