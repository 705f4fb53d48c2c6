/* What the native modules share: the kernel compiled once per instruction set, and the choice among them.
 *
 * The module includes Python.h, declares what its kernel works on, and defines KERNEL as the path of its kernel
 * from here. A kernel names its functions NAME(f); CALL(f, ...) runs the fastest that this machine has.
 */
#include <stdint.h>
#include <string.h>

#if defined(_MSC_VER)
#define RESTRICT __restrict
#else
#define RESTRICT restrict
#endif

#define ROUND 12582912.0f /* 1.5 * 2^23: adding and subtracting it rounds to the nearest integer */

/* 2^f = 1 + f (EXP2_1 + EXP2_2 f + ...), Chebyshev fit on [-1/2, 1/2], relative error 2e-7. */
#define EXP2_1 0.693147188029343f
#define EXP2_2 0.2402234894094696f
#define EXP2_3 0.05550357104252618f
#define EXP2_4 0.009666373693209267f
#define EXP2_5 0.0013390867351518554f

static inline int32_t float_bits(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float bits_float(int32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

#define NAME(f) f##_portable
#include KERNEL
#undef NAME

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_X86_VECTORS 1

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif
#define NAME(f) f##_avx2
#include KERNEL
#undef NAME
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw"))), apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,avx512bw,prefer-vector-width=512")
#endif
#define NAME(f) f##_avx512
#include KERNEL
#undef NAME
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

static int supported_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") != 0;
}

static int supported_avx512(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
}
#else
#define HAVE_X86_VECTORS 0
#endif

enum { PORTABLE, AVX2, AVX512 };
static const char *const instruction_sets[] = {"portable", "avx2", "avx512"};
static int in_use = PORTABLE;

/* Whether this machine has the instruction set. */
static int supported(int set)
{
#if HAVE_X86_VECTORS
    if (set == AVX512)
        return supported_avx512();
    if (set == AVX2)
        return supported_avx2();
#endif
    return set == PORTABLE;
}

#if HAVE_X86_VECTORS
#define CALL(f, ...)                                                                                              \
    (in_use == AVX512 ? f##_avx512(__VA_ARGS__) : in_use == AVX2 ? f##_avx2(__VA_ARGS__) : f##_portable(__VA_ARGS__))
#else
#define CALL(f, ...) f##_portable(__VA_ARGS__)
#endif

/* For tests and benchmarks: use the wanted instruction set if this machine has it. Returns the one in use. */
static PyObject *py_instruction_set(PyObject *self, PyObject *args)
{
    (void)self;
    const char *wanted = NULL;
    if (!PyArg_ParseTuple(args, "|z", &wanted))
        return NULL;
    for (int set = PORTABLE; wanted && set <= AVX512; set++)
        if (strcmp(wanted, instruction_sets[set]) == 0 && supported(set))
            in_use = set;
    return PyUnicode_FromString(instruction_sets[in_use]);
}

/* At import. */
static void use_the_fastest(void)
{
    for (int set = PORTABLE; set <= AVX512; set++)
        if (supported(set))
            in_use = set;
}
