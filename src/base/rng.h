/* SPDX-License-Identifier: Apache-2.0
 *
 * A seeded random generator that is handed in; the tree has no other source of chance.
 * xoshiro256** (Blackman, Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4), 2021), its state
 * filled by SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) as its authors advise. Not for secrets.
 */
#ifndef PSB_BASE_RNG_H
#define PSB_BASE_RNG_H

#include <stdint.h>

/* Plain data, one per thread; a copy continues with the same numbers. */
typedef struct psb_rng {
    uint64_t state[4];
} psb_rng;

/* Any seed is good, also 0. The numbers that follow are the same on every machine. */
void psb_rng_init(psb_rng *rng, uint64_t seed);

uint64_t psb_rng_next(psb_rng *rng);                  /* 64 bits */
uint64_t psb_rng_below(psb_rng *rng, uint64_t bound); /* 0 .. bound - 1, all equally likely; bound >= 1 */
double psb_rng_unit(psb_rng *rng);                    /* [0, 1), multiples of 2^-53 */

#endif
