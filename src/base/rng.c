/* SPDX-License-Identifier: Apache-2.0
 *
 * xoshiro256** with SplitMix64 for its seed (papers in the header); written from their definitions.
 * A bounded number rejects the few values that would favour small results (Lemire, "Fast random integer generation
 * in an interval", ACM TOMACS 29(1), 2019, discusses this classic form), so it may draw more than once.
 */
#include "base/rng.h"

#include <assert.h>
#include <stddef.h>

static uint64_t rotate_left(uint64_t value, int bits)
{
    return (value << bits) | (value >> (64 - bits));
}

static uint64_t splitmix_next(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15); /* 2^64 over the golden ratio */
    uint64_t mixed = *state;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

void psb_rng_init(psb_rng *rng, uint64_t seed)
{
    for (size_t i = 0; i < 4; i++) rng->state[i] = splitmix_next(&seed);
}

uint64_t psb_rng_next(psb_rng *rng)
{
    uint64_t *s = rng->state;
    const uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    const uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t psb_rng_below(psb_rng *rng, uint64_t bound)
{
    assert(bound > 0);
    const uint64_t surplus = (0 - bound) % bound; /* 2^64 mod bound */
    uint64_t value;
    do value = psb_rng_next(rng);
    while (value < surplus);
    return value % bound;
}

double psb_rng_unit(psb_rng *rng)
{
    return (double)(psb_rng_next(rng) >> 11) * 0x1p-53;
}
