/* The kernels of _scores_native.c. */
#include "_ssimulacra2_kernel.h"
#include "_flip_kernel.h"
#include "_gmsd_kernel.h"
