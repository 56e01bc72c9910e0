/* SPDX-License-Identifier: Apache-2.0
 *
 * Decimal numbers: the digits as an integer, then one product or quotient with a power of ten. With a power up to
 * 10^22 and an integer up to 2^53 both are exact doubles, so the one rounding is the right one (Clinger, "How to Read
 * Floating Point Numbers Accurately", PLDI 1990, section 3). A number as files have them (a few digits, a point, a few
 * more) is read in one pass without counting; only one that is longer or has an exponent is read again with care, and
 * scaled in long double, where a power up to 10^27 is exact and nineteen digits are.
 */
#include "base/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Nineteen decimal digits always fit into 64 bits. Exponents beyond 9999 are as good as 9999: nothing, or too much. */
enum { MAX_DIGITS = 19, MAX_EXPONENT = 9999, EXACT_POWER = 22, EXACT_LONG_POWER = 27 };

static const uint64_t exact_mantissa = (uint64_t)1 << 53;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads digits into the significand; those beyond its room are counted as dropped. */
static const char *scan_digits(const char *at, const char *stop, uint64_t *significand, int32_t *digits,
                               int64_t *dropped)
{
    for (; at < stop && is_digit(*at); at++) {
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
static int32_t scan_exponent(const char **at, const char *stop)
{
    const char *c = *at;
    if (c == stop || (*c != 'e' && *c != 'E')) return 0;
    c++;
    const bool is_negative = c < stop && *c == '-';
    if (c < stop && (*c == '-' || *c == '+')) c++;
    if (c == stop || !is_digit(*c)) return 0;
    int32_t exponent = 0;
    for (; c < stop && is_digit(*c); c++)
        if (exponent <= MAX_EXPONENT) exponent = exponent * 10 + (*c - '0');
    *at = c;
    return is_negative ? -exponent : exponent;
}

/* significand * 10^exponent */
static double scale(uint64_t significand, int64_t exponent)
{
    long double value = (long double)significand, power = 1;
    if (exponent > MAX_EXPONENT) exponent = MAX_EXPONENT;
    if (exponent < -MAX_EXPONENT) exponent = -MAX_EXPONENT;
    for (; exponent > EXACT_LONG_POWER; exponent -= EXACT_LONG_POWER) value *= 1e27L;
    for (; exponent < -EXACT_LONG_POWER; exponent += EXACT_LONG_POWER) value /= 1e27L;
    for (int64_t i = exponent < 0 ? -exponent : exponent; i > 0; i--) power *= 10;
    return (double)(exponent < 0 ? value / power : value * power);
}

/* Any number: of any length, with an exponent. */
static size_t scan_any(double *out, const char *text, const char *stop)
{
    const char *at = text;
    const bool is_negative = at < stop && *at == '-';
    if (at < stop && (*at == '-' || *at == '+')) at++;
    uint64_t significand = 0;
    int32_t digits = 0;
    int64_t dropped = 0;
    const char *const whole = at;
    at = scan_digits(at, stop, &significand, &digits, &dropped);
    int64_t length = at - whole;
    if (at < stop && *at == '.') {
        const char *const fraction = at + 1;
        at = scan_digits(fraction, stop, &significand, &digits, &dropped);
        dropped -= at - fraction;
        length += at - fraction;
    }
    if (length == 0) return 0;
    const int32_t exponent = scan_exponent(&at, stop);
    const double value = scale(significand, exponent + dropped);
    if (!isfinite(value)) return 0;
    *out = is_negative ? -value : value;
    return (size_t)(at - text);
}

/* Digits added to the significand, however many; where they end. */
static inline const char *gather(const char *at, const char *stop, uint64_t *significand)
{
    for (; at < stop; at++) {
        const unsigned digit = (unsigned)*at - '0';
        if (digit > 9) break;
        *significand = *significand * 10 + digit;
    }
    return at;
}

size_t psb_number_scan_until(double *out, const char *text, const char *stop)
{
    static const double power_of_ten[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                         1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                         1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    *out = 0;
    const char *const begin = text + (text < stop && *text == '-');
    uint64_t significand = 0;
    const char *const point = gather(begin, stop, &significand);
    const bool has_point = point > begin && point < stop && *point == '.';
    const char *const at = has_point ? gather(point + 1, stop, &significand) : point;
    const ptrdiff_t decimals = has_point ? at - point - 1 : 0;
    const bool is_plain =
        at > begin && at - begin <= MAX_DIGITS && significand <= exact_mantissa && (at == stop || (*at | 0x20) != 'e');
    if (!is_plain) return scan_any(out, text, stop); /* the sum above may have run over: it is not looked at */
    const double value = (double)significand / power_of_ten[decimals];
    *out = begin > text ? -value : value;
    return (size_t)(at - text);
}

size_t psb_number_scan(double *out, const char *text)
{
    return psb_number_scan_until(out, text, text + strlen(text));
}
