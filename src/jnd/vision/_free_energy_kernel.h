/* Prediction of a pixel from its surround (free_energy.py), compiled once per instruction set. No include guard. */

/* 2^t for t <= 0; 0 below 2^-126. Relative error 2e-7: a polynomial on [-1/2, 1/2]. */
static inline float NAME(power_of_two)(float t)
{
    const float clipped = t > -126.0f ? t : -126.0f;
    const float whole = (clipped + ROUND) - ROUND;
    const float f = clipped - whole;
    const float p = 1.0f + f * (EXP2_1 + f * (EXP2_2 + f * (EXP2_3 + f * (EXP2_4 + f * EXP2_5))));
    const int32_t bits = float_bits(p) + (int32_t)((uint32_t)(int32_t)whole << 23);
    return t > -126.0f ? bits_float(bits) : 0.0f;
}

/* First pass: how far the most alike patch is. */
static void NAME(approach)(const float *RESTRICT distance, float *RESTRICT nearest, ptrdiff_t width)
{
    for (ptrdiff_t i = 0; i < width; i++)
        nearest[i] = nearest[i] < distance[i] ? nearest[i] : distance[i];
}

/* Second pass: adds to one row of pixels what its partners, one step away, contribute. The most alike weighs 1. */
static void NAME(contribute)(const float *RESTRICT distance, const float *RESTRICT nearest,
                             const float *RESTRICT sharpness, const float *RESTRICT partner,
                             const float *RESTRICT own, float *RESTRICT weighted, float *RESTRICT weights,
                             ptrdiff_t width)
{
    for (ptrdiff_t i = 0; i < width; i++) {
        const float w = NAME(power_of_two)(sharpness[i] * (distance[i] - nearest[i]));
        weighted[i] += w * (partner[i] - own[i]);
        weights[i] += w;
    }
}

/* Rows [first, last) of the picture. */
static void NAME(free_energy_tile)(const FreeEnergy *p, ptrdiff_t first, ptrdiff_t last, float *scratch)
{
    const ptrdiff_t width = p->width, stride = width + 2 * MARGIN, rows = last - first;
    float *weighted = scratch, *weights = weighted + rows * width, *nearest = weights + rows * width;
    float *ring = nearest + rows * width, *column = ring + WINDOW * stride, *pair = column + stride;
    float *distance = pair + stride;
    memset(weighted, 0, (size_t)(2 * rows * width) * sizeof(float));
    for (ptrdiff_t i = 0; i < rows * width; i++)
        nearest[i] = FARTHEST;
#define PADDED(row, col) (p->padded + ((row) + MARGIN) * stride + (col) + MARGIN)
    for (ptrdiff_t step = 0; step < 2 * (REACH + 1); step++) {
        const int second = step > REACH;
        const ptrdiff_t u = step % (REACH + 1);
        for (ptrdiff_t v = u ? -REACH : 1; v <= REACH; v++) {
            /* Patches at x and x + (u, v) are as far apart seen from either, so each distance serves twice. */
            const ptrdiff_t left = v > 0 ? -v : 0, right = v > 0 ? width : width - v;
            const ptrdiff_t across = right - left, windowed = across + 2 * RADIUS;
            memset(ring, 0, (size_t)(WINDOW * stride) * sizeof(float));
            memset(column, 0, (size_t)stride * sizeof(float));
            for (ptrdiff_t q = first - u - RADIUS; q < last + RADIUS; q++) {
                float *RESTRICT oldest = ring + ((q % WINDOW + WINDOW) % WINDOW) * stride;
                float *RESTRICT sum = column;
                const float *RESTRICT a = PADDED(q, left - RADIUS), *RESTRICT b = PADDED(q + u, left - RADIUS + v);
                for (ptrdiff_t i = 0; i < windowed; i++) {
                    const float d = a[i] - b[i];
                    const float square = d * d;
                    sum[i] = (sum[i] - oldest[i]) + square;
                    oldest[i] = square;
                }
                const ptrdiff_t row = q - RADIUS; /* whose window is now complete */
                if (row < first - u)
                    continue;
                float *RESTRICT pairs = pair, *RESTRICT far = distance;
                for (ptrdiff_t i = 0; i < windowed - 1; i++)
                    pairs[i] = sum[i] + sum[i + 1];
                for (ptrdiff_t i = 0; i < across; i++) {
                    const float d = ((pairs[i] + pairs[i + 2]) + pairs[i + 4]) + sum[i + 6];
                    far[i] = d > 0.0f ? d : 0.0f;
                }
                if (row >= first) {
                    const ptrdiff_t k = (row - first) * width;
                    if (second)
                        NAME(contribute)(distance - left, nearest + k, p->sharpness + row * width, PADDED(row + u, v),
                                         PADDED(row, 0), weighted + k, weights + k, width);
                    else
                        NAME(approach)(distance - left, nearest + k, width);
                }
                if (row + u >= first && row + u < last) {
                    const ptrdiff_t k = (row + u - first) * width;
                    if (second)
                        NAME(contribute)(distance - left - v, nearest + k, p->sharpness + (row + u) * width,
                                         PADDED(row, -v), PADDED(row + u, 0), weighted + k, weights + k, width);
                    else
                        NAME(approach)(distance - left - v, nearest + k, width);
                }
            }
        }
    }
#undef PADDED
    float *RESTRICT out = p->out + first * width;
    for (ptrdiff_t i = 0; i < rows * width; i++)
        out[i] = weighted[i] / (weights[i] + 1.0f); /* the pixel itself weighs as much as the most alike */
}
