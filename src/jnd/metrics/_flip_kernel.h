/* LDR-FLIP of linear RGB planes in 32 bits; the same in numpy in flip.py.
 *
 * Rows wait in rings until those below have been filtered sideways. A weight's table holds radius + 1 values, from the
 * centre outwards; odd filters change their sign.
 */

/* log2 of x > 0: exponent, and 2 atanh((m - 1) / (m + 1)) / ln 2 of the mantissa from sqrt(1/2) on, to 2e-8. */
static inline float NAME(log2_of)(float x)
{
    const int32_t bits = float_bits(x) - 0x3f3504f3;
    const int32_t exponent = bits >> 23;
    const float m = bits_float((bits & 0x007fffff) + 0x3f3504f3);
    const float s = (m - 1.0f) / (m + 1.0f), q = s * s;
    return (float)exponent + s * (2.885390082f + q * (0.961796694f + q * (0.577078016f + q * (0.412198583f + q * 0.320598898f))));
}

static inline float NAME(exp2_of)(float x)
{
    const float bounded = x < -126.0f ? -126.0f : x;
    const float whole = (bounded + ROUND) - ROUND, f = bounded - whole;
    const float power = 1.0f + f * (EXP2_1 + f * (EXP2_2 + f * (EXP2_3 + f * (EXP2_4 + f * EXP2_5))));
    return bits_float(float_bits(power) + ((int32_t)whole << 23));
}

static inline float NAME(power_of)(float x, float exponent)
{
    const float value = NAME(exp2_of)(exponent * NAME(log2_of)(x < 1e-30f ? 1e-30f : x));
    return x < 1e-30f ? 0.0f : value;
}

static inline float NAME(lab_curve)(float t)
{
    const float safe = t > 0.008856452f ? t : 0.008856452f;
    float r = bits_float((int32_t)((float)float_bits(safe) * (1.0f / 3.0f)) + 709921077);
    for (int step = 0; step < 2; step++) {
        const float cube = r * r * r;
        r = r * (cube + 2.0f * safe) / (2.0f * cube + safe);
    }
    return t > 0.008856452f ? r : 7.787037037f * t + 0.137931034f;
}

static inline float NAME(clamped)(float x) { return x < 0.0f ? 0.0f : x > 1.0f ? 1.0f : x; }
static inline float NAME(magnitude)(float x) { return x < 0.0f ? -x : x; }

static inline float *NAME(flip_ring)(const Flip *p, int picture, int kind, ptrdiff_t row)
{
    return p->ring + (((row & p->mask) * 2 + picture) * FILTERED + kind) * p->width;
}

static inline float *NAME(at_margin)(const Flip *p, int kind) { return p->padded + kind * (p->width + 2 * p->margin); }

/* Sideways: even (sign 1) or odd (sign -1) weights. */
static void NAME(across)(const Flip *p, const float *restrict weights, ptrdiff_t radius, float sign, int from,
                         float *restrict out)
{
    const float *restrict in = NAME(at_margin)(p, from) + p->margin;
    const ptrdiff_t width = p->width;
    for (ptrdiff_t i = 0; i < width; i++)
        out[i] = weights[0] * in[i];
    for (ptrdiff_t k = 1; k <= radius; k++) {
        const float w = weights[k];
        for (ptrdiff_t i = 0; i < width; i++)
            out[i] += w * (in[i + k] + sign * in[i - k]);
    }
}

/* Opponent colours of one row, from Hunt's white; then the seven filters sideways. */
static void NAME(flip_take_row)(const Flip *p, ptrdiff_t row)
{
    const ptrdiff_t plane = p->height * p->width, at = row * p->width, width = p->width, margin = p->margin;
    const float *restrict m = p->to_white;
    for (int picture = 0; picture < 2; picture++) {
        const float *restrict red = (picture ? p->changed : p->reference) + at;
        const float *restrict green = red + plane, *restrict blue = green + plane;
        float *restrict light = NAME(at_margin)(p, 0) + margin;
        float *restrict redgreen = NAME(at_margin)(p, 1) + margin;
        float *restrict blueyellow = NAME(at_margin)(p, 2) + margin;
        for (ptrdiff_t i = 0; i < width; i++) {
            const float x = m[0] * red[i] + m[1] * green[i] + m[2] * blue[i];
            const float y = m[3] * red[i] + m[4] * green[i] + m[5] * blue[i];
            const float z = m[6] * red[i] + m[7] * green[i] + m[8] * blue[i];
            light[i] = y;
            redgreen[i] = x - y;
            blueyellow[i] = y - z;
        }
        for (int kind = 0; kind < 3; kind++) {
            float *restrict in = NAME(at_margin)(p, kind) + margin;
            for (ptrdiff_t k = 1; k <= margin; k++) {
                in[-k] = in[0];
                in[width - 1 + k] = in[width - 1];
            }
        }
        for (int kind = 0; kind < 4; kind++)
            NAME(across)(p, p->weights[kind], p->radii[kind], 1.0f, kind < 2 ? kind : 2, NAME(flip_ring)(p, picture, kind, row));
        for (int kind = 4; kind < FILTERED; kind++)
            NAME(across)(p, p->weights[kind], p->radii[kind], kind == 5 ? -1.0f : 1.0f, 0,
                         NAME(flip_ring)(p, picture, kind, row));
    }
}

/* Downwards, with the edge rows repeated; added to `out` if `add`. */
static void NAME(down)(const Flip *p, int picture, int kind, int weight, float sign, ptrdiff_t row, float *restrict out,
                       int add)
{
    const float *restrict weights = p->weights[weight];
    const ptrdiff_t width = p->width;
    const float *restrict centre = NAME(flip_ring)(p, picture, kind, row);
    if (add)
        for (ptrdiff_t i = 0; i < width; i++)
            out[i] += weights[0] * centre[i];
    else
        for (ptrdiff_t i = 0; i < width; i++)
            out[i] = weights[0] * centre[i];
    for (ptrdiff_t k = 1; k <= p->radii[weight]; k++) {
        const float *restrict above = NAME(flip_ring)(p, picture, kind, row < k ? 0 : row - k);
        const float *restrict below = NAME(flip_ring)(p, picture, kind, row + k < p->height ? row + k : p->height - 1);
        const float w = weights[k];
        for (ptrdiff_t i = 0; i < width; i++)
            out[i] += w * (below[i] + sign * above[i]);
    }
}

/* Filtered opponent colours of one row to Hunt-adjusted L*a*b*, in place. */
static void NAME(hunt_row)(const Flip *p, float *restrict first, float *restrict second, float *restrict third)
{
    const float *restrict m = p->to_white, *restrict w = p->from_white;
    for (ptrdiff_t i = 0; i < p->width; i++) {
        const float y = first[i], x = second[i] + y, z = y - third[i];
        const float red = NAME(clamped)(w[0] * x + w[1] * y + w[2] * z);
        const float green = NAME(clamped)(w[3] * x + w[4] * y + w[5] * z);
        const float blue = NAME(clamped)(w[6] * x + w[7] * y + w[8] * z);
        const float fx = NAME(lab_curve)(m[0] * red + m[1] * green + m[2] * blue);
        const float fy = NAME(lab_curve)(m[3] * red + m[4] * green + m[5] * blue);
        const float fz = NAME(lab_curve)(m[6] * red + m[7] * green + m[8] * blue);
        const float light = 116.0f * fy - 16.0f;
        first[i] = light;
        second[i] = 0.01f * light * 500.0f * (fx - fy);
        third[i] = 0.01f * light * 200.0f * (fy - fz);
    }
}

static void NAME(flip_row)(const Flip *p, ptrdiff_t row)
{
    const ptrdiff_t width = p->width;
    for (int picture = 0; picture < 2; picture++) {
        float *restrict out = p->scratch + picture * 7 * width;
        NAME(down)(p, picture, 0, 0, 1.0f, row, out, 0);
        NAME(down)(p, picture, 1, 1, 1.0f, row, out + width, 0);
        NAME(down)(p, picture, 2, 2, 1.0f, row, out + 2 * width, 0);
        NAME(down)(p, picture, 3, 3, 1.0f, row, out + 2 * width, 1);
        NAME(down)(p, picture, 5, 4, 1.0f, row, out + 3 * width, 0);  /* edge across */
        NAME(down)(p, picture, 4, 5, -1.0f, row, out + 4 * width, 0); /* edge down */
        NAME(down)(p, picture, 6, 4, 1.0f, row, out + 5 * width, 0);  /* point across */
        NAME(down)(p, picture, 4, 6, 1.0f, row, out + 6 * width, 0);  /* point down */
        NAME(hunt_row)(p, out, out + width, out + 2 * width);
    }
    const float *restrict a = p->scratch, *restrict b = a + 7 * width;
    float *restrict out = p->out + row * width;
    const float largest = p->largest, knee = 0.4f * largest;
    for (ptrdiff_t i = 0; i < width; i++) {
        const float da = a[width + i] - b[width + i], db = a[2 * width + i] - b[2 * width + i];
        const float distance = NAME(power_of)(NAME(magnitude)(a[i] - b[i]) + sqrtf(da * da + db * db), 0.7f);
        const float colour = distance < knee ? distance * (0.95f / knee) : 0.95f + (distance - knee) / (largest - knee) * 0.05f;
        const float *restrict e = a + 3 * width, *restrict f = b + 3 * width;
        const float edge = NAME(magnitude)(sqrtf(e[i] * e[i] + e[width + i] * e[width + i]) -
                                           sqrtf(f[i] * f[i] + f[width + i] * f[width + i]));
        const float point = NAME(magnitude)(sqrtf(e[2 * width + i] * e[2 * width + i] + e[3 * width + i] * e[3 * width + i]) -
                                            sqrtf(f[2 * width + i] * f[2 * width + i] + f[3 * width + i] * f[3 * width + i]));
        const float feature = sqrtf((edge > point ? edge : point) * 0.70710678f);
        out[i] = NAME(power_of)(colour, 1.0f - feature);
    }
}

static void NAME(flip)(const Flip *p)
{
    ptrdiff_t taken = 0;
    for (ptrdiff_t row = 0; row < p->height; row++) {
        for (; taken < p->height && taken <= row + p->margin; taken++)
            NAME(flip_take_row)(p, taken);
        NAME(flip_row)(p, row);
    }
}
