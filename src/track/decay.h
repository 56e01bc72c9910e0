/* SPDX-License-Identifier: Apache-2.0
 *
 * exp(-x) for what fades: likeness with distance, expectation with time. libm's exp chooses its code by the CPU, and
 * the versions differ in the last bit; a tracker must say the same everywhere, so it has its own, which is also
 * quicker: no call, and no cases but those that occur.
 * After: Tang, "Table-driven implementation of the exponential function in IEEE floating-point arithmetic", ACM TOMS
 * 15(2), 1989: e^-x = 2^k 2^(j/64) e^r with |r| at most ln 2 / 128; four terms of the series leave less than 1e-16.
 */
#ifndef PSB_TRACK_DECAY_H
#define PSB_TRACK_DECAY_H

#include <stdint.h>
#include <string.h>

enum { PSB_DECAY_STEPS = 64 };

/* 2^(j/64) */
extern const double psb_decay_table[PSB_DECAY_STEPS];

/* exp(-x), within two units of the last place. x below 0 counts as 0, beyond 700 all is gone: 0. */
static inline double psb_decay(double x)
{
    static const double ln2_over_64_high = 0x1.62e42fefap-7, ln2_over_64_low = 0x1.cf79abc9e3b3ap-46;
    static const double steps_per_unit = 0x1.71547652b82fep+6; /* 64 / ln 2 */
    static const double round_bits = 0x1.8p52;                 /* added and taken off again, it rounds to an integer */
    if (!(x > 0)) return 1;
    if (x > 700) return 0;
    const double steps = (-x * steps_per_unit + round_bits) - round_bits;
    const double r = (-x - steps * ln2_over_64_high) - steps * ln2_over_64_low;
    const double series = r + r * r * (0.5 + r * (1.0 / 6 + r * (1.0 / 24 + r * (1.0 / 120))));
    const int64_t step_count = (int64_t)steps;
    const double fraction = psb_decay_table[step_count & (PSB_DECAY_STEPS - 1)];
    const int64_t exponent = (step_count >> 6) + 1023; /* an arithmetic shift: steps are below 0 */
    const uint64_t bits = (uint64_t)exponent << 52;
    double power;
    memcpy(&power, &bits, sizeof(power));
    return power * (fraction + fraction * series);
}

#endif
