/* SPDX-License-Identifier: Apache-2.0
 *
 * The scanner of the text formats. Numbers: up to 19 digits are gathered in an integer and scaled by one power of ten,
 * which is exact while both fit a double (Clinger, "How to read floating point numbers accurately", PLDI 1990, the
 * fast path); the rest is rounded twice at most, far below the float that the values end in.
 */
#include "formats/scan_int.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

enum {
    FOUND_BYTES = 40,        /* of a wrong text, shown in the message */
    MAX_DIGITS = 19,         /* fit a uint64_t */
    MAX_EXPONENT = 400,      /* beyond, every number is 0 or infinite */
    EXACT_POWER_OF_TEN = 22, /* 10^22 is the last that a double holds exactly */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool ends_column(const char *at, const char *stop)
{
    return at == stop || is_blank(*at) || *at == ',' || *at == ';';
}

void psb_scan_init(psb_scan *scan, const char *name, const char *text, size_t size_bytes)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    *scan = (psb_scan){.name = name, .next = text, .end = text + size_bytes, .at = text, .stop = text};
    if (size_bytes >= 3 && memcmp(text, byte_order_mark, 3) == 0) scan->next += 3;
}

bool psb_scan_line(psb_scan *scan)
{
    while (scan->next < scan->end) {
        const char *stop = scan->next;
        while (stop < scan->end && *stop != '\n' && *stop != '\r') stop++;
        scan->at = scan->next;
        scan->stop = stop;
        scan->line_i++;
        const bool is_crlf = stop + 1 < scan->end && stop[0] == '\r' && stop[1] == '\n';
        scan->next = stop == scan->end ? stop : stop + (is_crlf ? 2 : 1);
        while (scan->at < scan->stop && is_blank(*scan->at)) scan->at++;
        if (scan->at < scan->stop) return true;
    }
    return false;
}

/* mantissa * 10^exponent */
static double scale_by_ten(uint64_t mantissa, int32_t exponent)
{
    static const double power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                          1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    double value = (double)mantissa;
    if (mantissa == 0) return 0;
    while (exponent > EXACT_POWER_OF_TEN && isfinite(value)) {
        value *= power_of_ten[EXACT_POWER_OF_TEN];
        exponent -= EXACT_POWER_OF_TEN;
    }
    while (exponent < -EXACT_POWER_OF_TEN && value > 0) {
        value /= power_of_ten[EXACT_POWER_OF_TEN];
        exponent += EXACT_POWER_OF_TEN;
    }
    if (exponent > EXACT_POWER_OF_TEN || exponent < -EXACT_POWER_OF_TEN) return value;
    return exponent < 0 ? value / power_of_ten[-exponent] : value * power_of_ten[exponent];
}

/* Digits with at most one point, gathered; returns how many digits there were. */
static int32_t scan_digits(uint64_t *mantissa_out, int32_t *exponent_out, const char **at_io, const char *stop)
{
    uint64_t mantissa = 0;
    int32_t digits = 0, kept = 0, exponent = 0;
    bool has_point = false;
    const char *at = *at_io;
    for (; at < stop && (is_digit(*at) || (*at == '.' && !has_point)); at++) {
        if (*at == '.') {
            has_point = true;
            continue;
        }
        if (digits < INT32_MAX / 2) digits++;
        if (kept < MAX_DIGITS) {
            mantissa = mantissa * 10 + (uint64_t)(*at - '0');
            if (mantissa) kept++;
            if (has_point) exponent--;
        } else if (!has_point && exponent < MAX_EXPONENT) {
            exponent++; /* a digit too many before the point counts by its place only */
        }
    }
    *mantissa_out = mantissa;
    *exponent_out = exponent;
    *at_io = at;
    return digits;
}

/* "e-12"; without digits the exponent is missing, which is false. */
static bool scan_exponent(int32_t *exponent_io, const char **at_io, const char *stop)
{
    const char *at = *at_io;
    if (at == stop || (*at != 'e' && *at != 'E')) return true;
    at++;
    const bool is_minus = at < stop && *at == '-';
    if (at < stop && (*at == '-' || *at == '+')) at++;
    if (at == stop || !is_digit(*at)) return false;
    int32_t value = 0;
    for (; at < stop && is_digit(*at); at++)
        if (value < 100 * MAX_EXPONENT) value = value * 10 + (*at - '0');
    *exponent_io += is_minus ? -value : value;
    *at_io = at;
    return true;
}

bool psb_scan_number(double *out, const char **at_io, const char *stop)
{
    const char *at = *at_io;
    uint64_t mantissa = 0;
    int32_t exponent = 0;
    const bool is_minus = at < stop && *at == '-';
    if (at < stop && (*at == '-' || *at == '+')) at++;
    if (!scan_digits(&mantissa, &exponent, &at, stop)) return false;
    if (!scan_exponent(&exponent, &at, stop)) return false;
    if (!ends_column(at, stop)) return false;
    const double value = scale_by_ten(mantissa, exponent);
    if (!isfinite(value)) return false;
    *out = is_minus ? -value : value;
    *at_io = at;
    return true;
}

psb_status psb_scan_column(psb_scan *scan, double *out, const char *what, const char *expected)
{
    const char *const from = scan->at;
    if (!psb_scan_number(out, &scan->at, scan->stop)) return psb_scan_fail(scan, from, what, expected);
    while (scan->at < scan->stop && is_blank(*scan->at)) scan->at++;
    if (scan->at < scan->stop && *scan->at == ',') {
        scan->at++;
        while (scan->at < scan->stop && is_blank(*scan->at)) scan->at++;
    }
    return PSB_OK;
}

bool psb_scan_line_is_done(const psb_scan *scan)
{
    return scan->at == scan->stop;
}

psb_status psb_scan_fail(const psb_scan *scan, const char *from, const char *what, const char *expected)
{
    char found[FOUND_BYTES + 1];
    size_t length = 0;
    while (length < FOUND_BYTES && !ends_column(from + length, scan->stop)) {
        const char c = from[length];
        found[length++] = c >= 0x20 && c < 0x7F ? c : '?'; /* the message stays printable whatever the file holds */
    }
    found[length] = '\0';
    const char *const name = scan->name;
    const long long line_i = (long long)scan->line_i;
    if (from == scan->stop)
        return psb_fail(PSB_BAD_INPUT, "%s:%lld: %s: found the end of the line, expected %s", name, line_i, what,
                        expected);
    return psb_fail(PSB_BAD_INPUT, "%s:%lld: %s: found \"%s\", expected %s", name, line_i, what, found, expected);
}
