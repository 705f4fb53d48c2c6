/* Both kernels of _vision_native.c. */
#include "_free_energy_kernel.h"
#include "_total_variation_kernel.h"
