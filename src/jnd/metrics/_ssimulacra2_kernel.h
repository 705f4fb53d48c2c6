/* One scale of SSIMULACRA 2 in 64 bits: linear RGB planes in, sums of the error maps out; the same in numpy in
 * ssimulacra2.py.
 *
 * Rows wait in rings until the five rows below have been blurred sideways, so that no plane of the picture is kept.
 */

/* Cube root of 1e-3 < x < 8, relative error 2e-14: a third of the exponent is within 4 %, each Halley step takes that to
 * the third power; the first of them in 32 bits. */
static inline double NAME(cube_root)(double x)
{
    const float single = (float)x;
    const float guess = bits_float((int32_t)((float)float_bits(single) * (1.0f / 3.0f)) + 709921077);
    const float rough = guess * guess * guess;
    const double r = (double)(guess * (rough + 2.0f * single) / (2.0f * rough + single));
    const double cube = r * r * r;
    return r * (cube + 2.0 * x) / (2.0 * cube + x);
}

/* One row of linear RGB to the positive XYB of the metric. */
static void NAME(xyb_row)(const Ssimulacra2 *restrict p, const double *restrict red, const double *restrict green,
                          const double *restrict blue, double *restrict x, double *restrict y, double *restrict b)
{
    const double *restrict m = p->absorbance;
    const double bias = m[9], root = m[10];
    for (ptrdiff_t i = 0; i < p->width; i++) {
        const double l = NAME(cube_root)(m[0] * red[i] + m[1] * green[i] + m[2] * blue[i] + bias) - root;
        const double c = NAME(cube_root)(m[3] * red[i] + m[4] * green[i] + m[5] * blue[i] + bias) - root;
        const double s = NAME(cube_root)(m[6] * red[i] + m[7] * green[i] + m[8] * blue[i] + bias) - root;
        const double middle = 0.5 * (l + c);
        x[i] = 0.5 * (l - c) * 14.0 + 0.42;
        y[i] = middle + 0.01;
        b[i] = (s - middle) + 0.55;
    }
}

/* Eleven taps sideways; `in` has five values before and after the row. */
static void NAME(blur_row)(const double *restrict taps, const double *restrict in, double *restrict out, ptrdiff_t width)
{
    for (ptrdiff_t i = 0; i < width; i++)
        out[i] = taps[5] * in[i + 5] + taps[4] * (in[i + 4] + in[i + 6]) + taps[3] * (in[i + 3] + in[i + 7]) +
                 taps[2] * (in[i + 2] + in[i + 8]) + taps[1] * (in[i + 1] + in[i + 9]) + taps[0] * (in[i] + in[i + 10]);
}

static inline double *NAME(blurred)(const Ssimulacra2 *p, int channel, int kind, ptrdiff_t row)
{
    return p->ring + (((row & (RING - 1)) * 3 + channel) * 5 + kind) * p->width;
}

static inline double *NAME(xyb)(const Ssimulacra2 *p, int picture, int channel, ptrdiff_t row)
{
    return p->rows + (((row & (RING - 1)) * 2 + picture) * 3 + channel) * p->width;
}

/* Read one row of both pictures: XYB, and its five blurred products for each channel. */
static void NAME(take_row)(const Ssimulacra2 *p, ptrdiff_t row)
{
    const ptrdiff_t plane = p->height * p->width, at = row * p->width;
    for (int picture = 0; picture < 2; picture++) {
        const double *linear = picture ? p->changed : p->reference;
        NAME(xyb_row)(p, linear + at, linear + plane + at, linear + 2 * plane + at, NAME(xyb)(p, picture, 0, row),
                      NAME(xyb)(p, picture, 1, row), NAME(xyb)(p, picture, 2, row));
    }
    for (int channel = 0; channel < 3; channel++) {
        const double *restrict one = NAME(xyb)(p, 0, channel, row);
        const double *restrict two = NAME(xyb)(p, 1, channel, row);
        double *restrict product = p->padded + 5;
        for (int kind = 0; kind < 5; kind++) {
            if (kind < 2)
                memcpy(product, kind ? two : one, (size_t)p->width * sizeof(double));
            else {
                const double *restrict left = kind == 3 ? two : one;
                const double *restrict right = kind == 2 ? one : two;
                for (ptrdiff_t i = 0; i < p->width; i++)
                    product[i] = left[i] * right[i];
            }
            NAME(blur_row)(p->taps, p->padded, NAME(blurred)(p, channel, kind, row), p->width);
        }
    }
}

/* Eleven taps downwards, from rows that the compiler may take to be apart. */
static void NAME(weigh_rows)(const double *restrict t, ptrdiff_t width, const double *restrict a, const double *restrict b,
                             const double *restrict c, const double *restrict d, const double *restrict e,
                             const double *restrict f, const double *restrict g, const double *restrict h,
                             const double *restrict k, const double *restrict l, const double *restrict m,
                             double *restrict out)
{
    for (ptrdiff_t i = 0; i < width; i++)
        out[i] = t[5] * f[i] + t[4] * (e[i] + g[i]) + t[3] * (d[i] + h[i]) + t[2] * (c[i] + k[i]) +
                 t[1] * (b[i] + l[i]) + t[0] * (a[i] + m[i]);
}

static void NAME(blur_column)(const Ssimulacra2 *p, int channel, int kind, ptrdiff_t row, double *restrict out)
{
    const double *r[11];
    for (int k = 0; k < 11; k++) {
        ptrdiff_t from = row + k - 5;
        from = from < 0 ? -1 - from : from >= p->height ? 2 * p->height - 1 - from : from;
        r[k] = NAME(blurred)(p, channel, kind, from);
    }
    NAME(weigh_rows)(p->taps, p->width, r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], out);
}

static inline double NAME(larger)(double a, double b) { return a > b ? a : b; }

/* Error maps of one row, added to the sums of each column. */
static void NAME(add_errors)(ptrdiff_t width, const double *restrict one, const double *restrict two,
                             const double *restrict mean1, const double *restrict mean2, const double *restrict square1,
                             const double *restrict square2, const double *restrict product, double *restrict sum,
                             double *restrict sum4, double *restrict sum_more, double *restrict sum_more4,
                             double *restrict sum_less, double *restrict sum_less4)
{
    for (ptrdiff_t i = 0; i < width; i++) {
        const double a = mean1[i], b = mean2[i];
        const double luminance = 1.0 - (a - b) * (a - b);
        const double numerator = 2.0 * (product[i] - a * b) + 0.0009;
        const double denominator = (square1[i] - a * a) + (square2[i] - b * b) + 0.0009;
        const double error = NAME(larger)(1.0 - luminance * numerator / denominator, 0.0);
        const double edge1 = one[i] - a < 0 ? a - one[i] : one[i] - a;
        const double edge2 = two[i] - b < 0 ? b - two[i] : two[i] - b;
        const double ratio = (1.0 + edge2) / (1.0 + edge1) - 1.0;
        const double more = NAME(larger)(ratio, 0.0), less = NAME(larger)(-ratio, 0.0);
        const double error2 = error * error, more2 = more * more, less2 = less * less;
        sum[i] += error;
        sum4[i] += error2 * error2;
        sum_more[i] += more;
        sum_more4[i] += more2 * more2;
        sum_less[i] += less;
        sum_less4[i] += less2 * less2;
    }
}

static void NAME(compare_row)(const Ssimulacra2 *p, int channel, ptrdiff_t row)
{
    const ptrdiff_t width = p->width;
    double *const five = p->five, *const sums = p->columns + (ptrdiff_t)channel * 6 * width;
    for (int kind = 0; kind < 5; kind++)
        NAME(blur_column)(p, channel, kind, row, five + kind * width);
    NAME(add_errors)(width, NAME(xyb)(p, 0, channel, row), NAME(xyb)(p, 1, channel, row), five, five + width,
                     five + 2 * width, five + 3 * width, five + 4 * width, sums, sums + width, sums + 2 * width,
                     sums + 3 * width, sums + 4 * width, sums + 5 * width);
}

static void NAME(ssimulacra2_scale)(const Ssimulacra2 *p)
{
    ptrdiff_t taken = 0;
    for (ptrdiff_t row = 0; row < p->height; row++) {
        for (; taken < p->height && taken <= row + 5; taken++)
            NAME(take_row)(p, taken);
        for (int channel = 0; channel < 3; channel++)
            NAME(compare_row)(p, channel, row);
    }
    for (int k = 0; k < 18; k++) {
        double sum = 0;
        for (ptrdiff_t i = 0; i < p->width; i++)
            sum += p->columns[k * p->width + i];
        p->sums[k] = sum;
    }
}
