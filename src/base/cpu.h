/* SPDX-License-Identifier: Apache-2.0
 *
 * What this processor can do, as flags in a context, never in a global: two engines in one process may use
 * different masks.
 */
#ifndef PSB_BASE_CPU_H
#define PSB_BASE_CPU_H

#include <stdint.h>

#include <passerby/status.h>

enum {
    PSB_CPU_AVX2 = 1u << 0,        /* AVX2 and FMA, with the system's support for YMM state */
    PSB_CPU_AVX512 = 1u << 1,      /* AVX-512 F, BW, DQ, VL, with ZMM state; implies AVX2 */
    PSB_CPU_AVX512_VNNI = 1u << 2, /* vpdpbusd */
    PSB_CPU_AVX512_VBMI = 1u << 3, /* bytes permuted across a whole register */
};

/* All flags of the running machine. */
uint32_t psb_cpu_detect(void);

/* Flags for a user's word: "c", "avx2", "avx512" (NULL or "" = everything there is).
 * Errors: PSB_USAGE for another word, PSB_UNSUPPORTED where the machine lacks it. */
psb_status psb_cpu_from_name(uint32_t *flags_out, const char *name);

/* "c", "avx2", "avx512" or "avx512-vnni": the highest set in flags. */
const char *psb_cpu_name(uint32_t flags);

#endif
