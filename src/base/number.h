/* SPDX-License-Identifier: Apache-2.0
 *
 * Decimal numbers of text files, the same in every locale.
 * (strtod is not: a German locale wants a comma, and then reads 0.45 as 0. It also knows hexadecimal and names.)
 */
#ifndef PSB_BASE_NUMBER_H
#define PSB_BASE_NUMBER_H

#include <stddef.h>

/* The decimal number at the start of text: [+-] digits [. digits] [e [+-] digits], with a digit before or after the
 * point. Returns how many bytes it took, 0 where there is none or where it is beyond a double; no hexadecimal, no
 * infinity, no NaN. Exact to the last bit for up to 15 digits and exponents up to 22, else within one unit of it. */
size_t psb_number_scan(double *out, const char *text);

/* The same in a text that ends at stop. */
size_t psb_number_scan_until(double *out, const char *text, const char *stop);

#endif
