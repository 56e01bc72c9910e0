/* SPDX-License-Identifier: Apache-2.0
 *
 * The scanner of the text formats: lines and columns; base/number.h reads the numbers.
 */
#include "formats/scan_int.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"

enum { FOUND_BYTES = 40 }; /* of a wrong text, shown in the message */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
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

/* The end of the line that begins at `next`: LF, CR, or the end of the text. The next LF is remembered, since in a file
 * of CRs alone it would be looked for from every line. */
static const char *end_of_line(psb_scan *scan)
{
    if (!scan->feed || scan->feed < scan->next) {
        const char *const feed = memchr(scan->next, '\n', (size_t)(scan->end - scan->next));
        scan->feed = feed ? feed : scan->end;
    }
    const char *const carriage_return = memchr(scan->next, '\r', (size_t)(scan->feed - scan->next));
    return carriage_return ? carriage_return : scan->feed;
}

bool psb_scan_line(psb_scan *scan)
{
    while (scan->next < scan->end) {
        const char *const stop = end_of_line(scan);
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

bool psb_scan_number(double *out, const char **at_io, const char *stop)
{
    double value;
    const size_t length = psb_number_scan_until(&value, *at_io, stop);
    if (!length || !ends_column(*at_io + length, stop)) return false;
    *out = value;
    *at_io += length;
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
