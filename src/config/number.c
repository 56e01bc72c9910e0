/* SPDX-License-Identifier: Apache-2.0
 *
 * Decimal numbers: the digits as an integer, then one product or quotient with a power of ten. With a power up to
 * 10^22 and an integer below 2^53 both are exact doubles, so the one rounding is the right one (Clinger, "How to Read
 * Floating Point Numbers Accurately", PLDI 1990, section 3); beyond that the error is a few units in the last place,
 * which no setting can feel.
 */
#include "config/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* Nineteen decimal digits always fit into 64 bits. Exponents beyond 9999 are as good as 9999: nothing, or too much. */
enum { MAX_DIGITS = 19, MAX_EXPONENT = 9999 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads digits into the significand; those beyond its room are counted as dropped. */
static const char *scan_digits(const char *at, uint64_t *significand, int32_t *digits, int64_t *dropped)
{
    for (; is_digit(*at); at++) {
        if (*digits < MAX_DIGITS) {
            *significand = *significand * 10u + (uint64_t)(*at - '0');
            if (*significand > 0) (*digits)++;
        } else {
            (*dropped)++;
        }
    }
    return at;
}

/* The exponent at `e`; leaves *at alone where no digit follows. */
static int32_t scan_exponent(const char **at)
{
    const char *c = *at;
    if (*c != 'e' && *c != 'E') return 0;
    c++;
    bool is_negative = *c == '-';
    if (*c == '-' || *c == '+') c++;
    if (!is_digit(*c)) return 0;
    int32_t exponent = 0;
    for (; is_digit(*c); c++)
        if (exponent <= MAX_EXPONENT) exponent = exponent * 10 + (*c - '0');
    *at = c;
    return is_negative ? -exponent : exponent;
}

/* significand * 10^exponent. The smallest doubles take two steps, since 10^308 is the largest power there is. */
static double scale(uint64_t significand, int64_t exponent)
{
    if (significand == 0) return 0.0;
    if (exponent > MAX_EXPONENT) exponent = MAX_EXPONENT;
    if (exponent < -MAX_EXPONENT) exponent = -MAX_EXPONENT;
    if (exponent >= 0) return (double)significand * pow(10.0, (double)exponent);
    if (exponent >= -300) return (double)significand / pow(10.0, (double)-exponent);
    return (double)significand / 1e300 / pow(10.0, (double)(-300 - exponent));
}

size_t psb_number_scan(double *out, const char *text)
{
    *out = 0.0;
    const char *at = text;
    bool is_negative = *at == '-';
    if (*at == '-' || *at == '+') at++;
    uint64_t significand = 0;
    int32_t digits = 0;
    int64_t dropped = 0;
    const char *whole = at;
    at = scan_digits(at, &significand, &digits, &dropped);
    int64_t length = at - whole;
    if (*at == '.') {
        const char *fraction = at + 1;
        at = scan_digits(fraction, &significand, &digits, &dropped);
        dropped -= at - fraction;
        length += at - fraction;
    }
    if (length == 0) return 0;
    int64_t exponent = scan_exponent(&at);
    double value = scale(significand, exponent + dropped);
    if (!isfinite(value)) return 0;
    *out = is_negative ? -value : value;
    return (size_t)(at - text);
}
