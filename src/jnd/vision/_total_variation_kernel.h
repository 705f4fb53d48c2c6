/* TV-L1 by the primal-dual method (total_variation.py), compiled once per instruction set. No include guard.
 *
 * ABREAST iterations run over the picture together, each two rows behind the one before it, so that the rows they
 * share stay in the cache. The order of the arithmetic is that of the numpy path: the same bits.
 */

static void NAME(structure_row)(const TotalVariation *p, ptrdiff_t row, float *RESTRICT ahead)
{
    const ptrdiff_t width = p->width;
    const float *RESTRICT f = p->picture + row * width, *RESTRICT px = p->across + row * width;
    const float *RESTRICT py = p->down + row * width, *RESTRICT above = row ? py - width : p->zeros;
    float *RESTRICT u = p->structure + row * width;
    const float tau = p->tau, step = p->step;
    for (ptrdiff_t i = 0; i < width; i++) {
        const float before = i ? px[i - 1] : 0.0f;
        const float v = u[i] + tau * (((px[i] + py[i]) - above[i]) - before);
        const float low = v - step, high = v + step;
        const float raised = f[i] > low ? f[i] : low;
        const float next = raised < high ? raised : high;
        ahead[i] = (next + next) - u[i];
        u[i] = next;
    }
}

static void NAME(dual_row)(const TotalVariation *p, ptrdiff_t row, const float *RESTRICT here,
                           const float *RESTRICT below)
{
    const ptrdiff_t width = p->width;
    float *RESTRICT px = p->across + row * width, *RESTRICT py = p->down + row * width;
    const float sigma = p->sigma;
    for (ptrdiff_t i = 0; i < width - 1; i++) {
        const float x = px[i] + sigma * (here[i + 1] - here[i]);
        const float raised = x > -1.0f ? x : -1.0f;
        px[i] = raised < 1.0f ? raised : 1.0f;
    }
    if (!below)
        return;
    for (ptrdiff_t i = 0; i < width; i++) {
        const float y = py[i] + sigma * (below[i] - here[i]);
        const float raised = y > -1.0f ? y : -1.0f;
        py[i] = raised < 1.0f ? raised : 1.0f;
    }
}

static void NAME(total_variation)(const TotalVariation *p, float *rings)
{
    const ptrdiff_t width = p->width, height = p->height;
    for (ptrdiff_t done = 0; done < p->iterations; done += ABREAST) {
        const ptrdiff_t now = p->iterations - done < ABREAST ? p->iterations - done : ABREAST;
        for (ptrdiff_t r = 0; r <= height + 2 * (now - 1); r++)
            for (ptrdiff_t k = 0; k < now; k++) {
                const ptrdiff_t row = r - 2 * k;
                float *ring = rings + 2 * k * width;
                if (row >= 0 && row < height)
                    NAME(structure_row)(p, row, ring + (row & 1) * width);
                if (row >= 1 && row <= height)
                    NAME(dual_row)(p, row - 1, ring + ((row - 1) & 1) * width,
                                   row < height ? ring + (row & 1) * width : NULL);
            }
    }
}
