/* SPDX-License-Identifier: Apache-2.0
 *
 * Drawing for integer kernels. Extremes are common: a saturation somewhere on the way shows only there.
 */
#include "draw_u8.h"

#include <string.h>

uint8_t *draw_bytes(check *c, size_t count)
{
    uint8_t *data = check_bytes(c, count);
    for (size_t i = 0; i < count; i++) data[i] = (uint8_t)check_int(c, 0, 255);
    return data;
}

uint8_t *draw_output_bytes(check *c, size_t count)
{
    uint8_t *data = check_bytes(c, count);
    if (count) memset(data, CHECK_UNTOUCHED_BYTE, count);
    return data;
}

void *draw_packed(check *c, size_t size_bytes)
{
    void *data = check_bytes(c, size_bytes);
    if (size_bytes) memset(data, 0x7f, size_bytes);
    return data;
}

psb_weights_s8 draw_weights(check *c, size_t channels, size_t taps)
{
    int8_t *values = check_bytes(c, channels * taps);
    bool extreme = check_int(c, 0, 5) == 3; /* one channel, all of its weights at one end */
    for (size_t i = 0; i < channels * taps; i++)
        values[i] = extreme && i < taps ? 127 : (int8_t)check_int(c, -127, 127);
    int32_t *bias = NULL;
    if (check_int(c, 0, 3)) {
        bias = check_bytes(c, channels * sizeof(*bias));
        for (size_t i = 0; i < channels; i++) bias[i] = check_int(c, -100000, 100000);
    }
    float *multiplier = check_bytes(c, channels * sizeof(*multiplier));
    for (size_t i = 0; i < channels; i++) {
        switch (check_int(c, 0, 3)) {
        case 0:
            multiplier[i] = 0x1p-8f;
            break;
        case 1:
            multiplier[i] = (float)check_int(c, 1, 1000) * 0x1p-10f;
            break;
        default:
            multiplier[i] = (float)check_int(c, 1, 1000000) / (3e8f * (float)taps);
            break;
        }
    }
    return (psb_weights_s8){values, bias, multiplier, check_int(c, 0, 255)};
}

const uint8_t *draw_classes(check *c, int32_t channels, int32_t count)
{
    uint8_t *classes = check_bytes(c, (size_t)channels + PSB_LUT_U8_BEHIND);
    const bool is_sorted = check_int(c, 0, 1);
    for (int32_t i = 0; i < channels; i++)
        classes[i] = (uint8_t)(is_sorted ? i * count / channels : check_int(c, 0, count - 1));
    for (int32_t i = channels; i < channels + PSB_LUT_U8_BEHIND; i++) classes[i] = classes[i - channels];
    return classes;
}

static psb_requant_u8 draw_limits(check *c)
{
    psb_requant_u8 r = {.zero = check_int(c, 0, 255), .high = 255};
    if (check_int(c, 0, 1)) {
        r.low = check_int(c, 0, 255);
        r.high = check_int(c, r.low, 255);
    }
    return r;
}

static void draw_tables(check *c, psb_requant_u8 *r, int32_t channels, int32_t count)
{
    r->class_count = count;
    r->table = draw_bytes(c, 256 * (size_t)count);
    r->lut = psb_lut_u8_pick(c->cpu_flags)->run;
    if (count > 1) r->class_of = draw_classes(c, channels, count);
}

psb_requant_u8 draw_requant(check *c, int32_t channels)
{
    psb_requant_u8 r = draw_limits(c);
    if (check_int(c, 0, 3) == 2) draw_tables(c, &r, channels, check_int(c, 1, PSB_REQUANT_U8_MOST_CLASSES));
    return r;
}

psb_requant_u8 draw_class_requant(check *c, int32_t channels)
{
    psb_requant_u8 r = draw_limits(c);
    draw_tables(c, &r, channels, check_int(c, 2, PSB_REQUANT_U8_MOST_CLASSES));
    return r;
}

psb_window draw_byte_window(check *c, int32_t max_kernel)
{
    static const int32_t usual[] = {16, 32, 64, 128, 24, 48, 96, 65, 192};
    psb_window w = draw_window(c, max_kernel);
    if (check_int(c, 0, 1)) return w;
    w.channels = usual[check_int(c, 0, 8)];
    bool has_gaps = check_int(c, 0, 3) == 2;
    w.in_pixel = (size_t)(w.channels + (has_gaps ? check_int(c, 0, 9) : 0));
    w.out_pixel = (size_t)(w.channels + (has_gaps ? check_int(c, 0, 9) : 0));
    w.in_row = w.in_pixel * (size_t)w.in_width + (size_t)check_int(c, 0, 5);
    w.out_row = w.out_pixel * (size_t)w.out_width + (size_t)check_int(c, 0, 5);
    return w;
}

bool check_same_bytes(check *c, const char *variant, const uint8_t *fast, const uint8_t *spec, size_t count)
{
    c->compared += (int64_t)count;
    for (size_t i = 0; i < count; i++) {
        if (fast[i] == spec[i]) continue;
        check_fail(c, variant, "byte %zu: found %d, expected %d", i, fast[i], spec[i]);
        return false;
    }
    return true;
}
