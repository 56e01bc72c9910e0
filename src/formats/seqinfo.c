/* SPDX-License-Identifier: Apache-2.0
 *
 * seqinfo.ini: "key=value" lines under a [Sequence] heading. Only four keys are ours; the others are passed over, and
 * so are headings and comments (; or #). Keys are compared without case, as the field's own readers do.
 */
#include "formats/mot.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/error.h"
#include "formats/scan_int.h"

enum { MAX_FILE_BYTES = 1 << 20 };

typedef struct seqinfo_key {
    const char *name, *expected;
    double least, most;
    bool is_whole;
} seqinfo_key;

enum { KEY_FRAME_RATE, KEY_SEQ_LENGTH, KEY_WIDTH, KEY_HEIGHT, KEY_COUNT };

static const seqinfo_key keys[KEY_COUNT] = {
    [KEY_FRAME_RATE] = {"frameRate", "a number above 0, from 0.001 to 1000", 0.001, 1000, false},
    [KEY_SEQ_LENGTH] = {"seqLength", "a whole number from 1 to 1000000000", 1, 1e9, true},
    [KEY_WIDTH] = {"imWidth", "a whole number from 1 to 16384", 1, 16384, true},
    [KEY_HEIGHT] = {"imHeight", "a whole number from 1 to 16384", 1, 16384, true},
};

static const char *skip_blanks(const char *at, const char *stop)
{
    while (at < stop && (*at == ' ' || *at == '\t')) at++;
    return at;
}

/* "key = value" of one of our keys into value[key]. */
static psb_status parse_line(double *value, psb_scan *scan)
{
    const char *const equals = memchr(scan->at, '=', (size_t)(scan->stop - scan->at));
    if (!equals) return PSB_OK;
    const char *key_end = equals;
    while (key_end > scan->at && (key_end[-1] == ' ' || key_end[-1] == '\t')) key_end--;
    const size_t key_length = (size_t)(key_end - scan->at);
    for (int32_t i = 0; i < KEY_COUNT; i++) {
        const seqinfo_key *key = &keys[i];
        if (strlen(key->name) != key_length || strncasecmp(key->name, scan->at, key_length) != 0) continue;
        const char *const from = skip_blanks(equals + 1, scan->stop);
        const char *at = from;
        if (!psb_scan_number(&value[i], &at, scan->stop) || skip_blanks(at, scan->stop) != scan->stop)
            return psb_scan_fail(scan, from, key->name, key->expected);
        if (value[i] < key->least || value[i] > key->most || (key->is_whole && value[i] != floor(value[i])))
            return psb_scan_fail(scan, from, key->name, key->expected);
    }
    return PSB_OK;
}

static psb_status parse(psb_seqinfo *out, const char *name, const psb_bytes *file)
{
    double value[KEY_COUNT] = {0};
    psb_scan scan;
    psb_scan_init(&scan, name, (const char *)file->data, file->size_bytes);
    while (psb_scan_line(&scan)) {
        if (*scan.at == '[' || *scan.at == ';' || *scan.at == '#') continue;
        const psb_status status = parse_line(value, &scan);
        if (status) return status;
    }
    if (value[KEY_FRAME_RATE] <= 0)
        return psb_fail(PSB_BAD_INPUT, "%s:%" PRId64 ": found no frameRate, expected frameRate=NUMBER", name,
                        scan.line_i);
    out->fps = value[KEY_FRAME_RATE];
    out->frames = (int64_t)value[KEY_SEQ_LENGTH];
    out->width = (int32_t)value[KEY_WIDTH];
    out->height = (int32_t)value[KEY_HEIGHT];
    return PSB_OK;
}

psb_status psb_seqinfo_read(psb_seqinfo *out, const char *path)
{
    psb_bytes file = {0};
    *out = (psb_seqinfo){0};
    psb_status status = psb_bytes_read(&file, path, MAX_FILE_BYTES);
    if (!status) status = parse(out, path, &file);
    psb_bytes_fini(&file);
    return status;
}
