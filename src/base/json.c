/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON writer: every value first settles what stands before it (comma, line break, blanks), then writes itself.
 * Numbers take the fewest of 15, 16 or 17 digits that read back to the same double (17 always do: Steele and White,
 * "How to print floating-point numbers accurately", PLDI 1990). The program never calls setlocale, so the decimal
 * point is a point.
 */
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(psb_json *json, const char *text, size_t size_bytes)
{
    (void)psb_outfile_write(json->to, text, size_bytes); /* a failure sticks to the outfile */
}

static void put_text(psb_json *json, const char *text)
{
    put(json, text, strlen(text));
}

static void break_line(psb_json *json)
{
    if (!json->pretty) return;
    put(json, "\n", 1);
    for (int32_t i = 0; i < json->depth; i++) put(json, "  ", 2);
}

/* What stands between the last item, or the opening bracket, or the key, and the next value. */
static void begin_item(psb_json *json)
{
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if (json->depth == 0) return;
    if (json->has_items[json->depth - 1]) put(json, ",", 1);
    json->has_items[json->depth - 1] = true;
    break_line(json);
}

static void begin_group(psb_json *json, const char *bracket)
{
    begin_item(json);
    assert(json->depth < PSB_JSON_MAX_DEPTH);
    put_text(json, bracket);
    json->has_items[json->depth++] = false;
}

static void end_group(psb_json *json, const char *bracket)
{
    assert(json->depth > 0 && !json->after_key);
    json->depth--;
    if (json->has_items[json->depth]) break_line(json);
    put_text(json, bracket);
    if (json->depth == 0) put(json, "\n", 1);
}

void psb_json_init(psb_json *json, psb_outfile *to, bool pretty)
{
    *json = (psb_json){.to = to, .pretty = pretty};
}

void psb_json_begin_object(psb_json *json)
{
    begin_group(json, "{");
}

void psb_json_end_object(psb_json *json)
{
    end_group(json, "}");
}

void psb_json_begin_array(psb_json *json)
{
    begin_group(json, "[");
}

void psb_json_end_array(psb_json *json)
{
    end_group(json, "]");
}

/* Length of the UTF-8 sequence at text, or 0 where it is none (Unicode 15, table 3-7: no overlong forms, no
 * surrogates, nothing over U+10FFFF). Stops at the terminating zero, which is no continuation byte. */
static size_t sequence_length(const unsigned char *text)
{
    const unsigned char first = text[0];
    unsigned char low = 0x80, high = 0xbf;
    if (first < 0x80) return 1;
    if (first < 0xc2 || first > 0xf4) return 0;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
    if (text[1] < low || text[1] > high) return 0;
    if (first < 0xe0) return 2;
    if ((text[2] & 0xc0) != 0x80) return 0;
    if (first < 0xf0) return 3;
    return (text[3] & 0xc0) == 0x80 ? 4 : 0;
}

static void put_escaped(psb_json *json, unsigned char byte)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *known = memchr(from, byte, sizeof(from) - 1);
    char text[8];
    const int length =
        known ? snprintf(text, sizeof(text), "\\%c", to[known - from]) : snprintf(text, sizeof(text), "\\u%04x", byte);
    put(json, text, (size_t)length);
}

static void put_string(psb_json *json, const char *text)
{
    const unsigned char *at = (const unsigned char *)text, *plain = at;
    put(json, "\"", 1);
    while (*at) {
        const size_t length = sequence_length(at);
        if (length > 0 && *at >= 0x20 && *at != '"' && *at != '\\') {
            at += length;
            continue;
        }
        put(json, (const char *)plain, (size_t)(at - plain));
        if (length == 0)
            put_text(json, "\xef\xbf\xbd"); /* U+FFFD */
        else
            put_escaped(json, *at);
        plain = ++at;
    }
    put(json, (const char *)plain, (size_t)(at - plain));
    put(json, "\"", 1);
}

void psb_json_key(psb_json *json, const char *key)
{
    assert(json->depth > 0 && !json->after_key);
    begin_item(json);
    put_string(json, key);
    put_text(json, json->pretty ? ": " : ":");
    json->after_key = true;
}

void psb_json_string(psb_json *json, const char *text)
{
    begin_item(json);
    if (text)
        put_string(json, text);
    else
        put_text(json, "null");
}

void psb_json_int(psb_json *json, int64_t value)
{
    char text[32];
    begin_item(json);
    snprintf(text, sizeof(text), "%" PRId64, value);
    put_text(json, text);
}

void psb_json_number(psb_json *json, double value)
{
    char text[40];
    begin_item(json);
    if (!isfinite(value)) {
        put_text(json, "null");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    put_text(json, text);
}

void psb_json_fixed(psb_json *json, double value, int32_t decimals)
{
    char text[340]; /* the largest double has 309 digits before the point */
    begin_item(json);
    if (!isfinite(value)) {
        put_text(json, "null");
        return;
    }
    assert(decimals >= 0 && decimals <= 9);
    size_t length = (size_t)snprintf(text, sizeof(text), "%.*f", (int)decimals, value);
    if (decimals > 0) {
        while (text[length - 1] == '0') length--;
        if (text[length - 1] == '.') length--;
    }
    if (length == 2 && text[0] == '-' && text[1] == '0') /* what rounds to nothing has no sign */
        put(json, "0", 1);
    else
        put(json, text, length);
}

void psb_json_bool(psb_json *json, bool value)
{
    begin_item(json);
    put_text(json, value ? "true" : "false");
}
