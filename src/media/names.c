/* SPDX-License-Identifier: Apache-2.0
 *
 * Two small things about text: the natural order of file names, in which frame2.jpg comes before frame10.jpg, and
 * FFmpeg's words for its errors.
 */
#include <string.h>

#include <libavutil/error.h>

#include "media/media_int.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Compares two runs of digits as numbers of any length, and moves both behind them. */
static int compare_numbers(const char **left, const char **right)
{
    while (**left == '0') ++*left;
    while (**right == '0') ++*right;
    size_t left_digits = 0, right_digits = 0;
    while (is_digit((*left)[left_digits])) left_digits++;
    while (is_digit((*right)[right_digits])) right_digits++;
    int order = left_digits == right_digits ? memcmp(*left, *right, left_digits)
                                            : (left_digits > right_digits) - (left_digits < right_digits);
    *left += left_digits;
    *right += right_digits;
    return order;
}

int psb_natural_compare(const char *left, const char *right)
{
    const char *l = left, *r = right;
    while (*l && *r) {
        int order = 0;
        if (is_digit(*l) && is_digit(*r)) {
            order = compare_numbers(&l, &r);
        } else {
            order = (unsigned char)*l - (unsigned char)*r;
            l++;
            r++;
        }
        if (order) return order;
    }
    if (*l || *r) return *l ? 1 : -1;
    return strcmp(left, right); /* a1 and a01: equal as numbers, still in a fixed order */
}

const char *psb_media_error(char *text, size_t text_bytes, int code)
{
    if (av_strerror(code, text, text_bytes) < 0 && text_bytes) text[0] = 0;
    return text;
}
