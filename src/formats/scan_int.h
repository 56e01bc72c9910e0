/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading text line by line, number by number, strictly and without the locale (strtod takes "1,5" for 1.5 in some).
 * Lines end in LF, CRLF or CR; a UTF-8 byte order mark at the start is passed over. Private to formats/.
 */
#ifndef PSB_FORMATS_SCAN_INT_H
#define PSB_FORMATS_SCAN_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <passerby/status.h>

/* A place in a text; plain data, borrows text and name. */
typedef struct psb_scan {
    const char *name;       /* of the file, for messages */
    const char *next, *end; /* what is left of the text */
    const char *feed;       /* where the next LF was last seen, or end; private */
    int64_t line_i;         /* of the current line, from 1; 0 before the first */
    const char *at, *stop;  /* what is left of the current line */
} psb_scan;

void psb_scan_init(psb_scan *scan, const char *name, const char *text, size_t size_bytes);

/* Moves to the next line that holds more than blanks; false at the end of the text. */
bool psb_scan_line(psb_scan *scan);

/* A decimal number (digits, point, exponent; no hexadecimal, no names) that ends at stop or before one of " \t,;".
 * As exact as base/number.h; true and *at_io behind it when there is one and it is finite. */
bool psb_scan_number(double *out, const char **at_io, const char *stop);

/* The next column of the line, columns separated by one comma or by blanks: a finite number, else an error that says
 * what stands there. `what` names the column, expected says what it should be. */
psb_status psb_scan_column(psb_scan *scan, double *out, const char *what, const char *expected);

/* True when the line has no further column. */
bool psb_scan_line_is_done(const psb_scan *scan);

/* PSB_BAD_INPUT with "NAME:LINE: WHAT: found FOUND, expected EXPECTED", found = the text at `from` up to the next
 * separator, quoted and cut. */
psb_status psb_scan_fail(const psb_scan *scan, const char *from, const char *what, const char *expected);

#endif
