/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of integer depthwise kernels, the choice among them, and the packing of weights. All layouts hold int32
 * bias, float multiplier and weights, a block of channels after another:
 *
 *     plain   one block of all channels; int8 weights[tap][channel]
 *     pairs   blocks of 16 channels; int16 weights[pair of taps][channel][2], channels in the order that unpacking
 *             leaves behind: 0..3, 8..11, then 4..7, 12..15. Kernels three and five wide have a slot to spare in
 *             each row, so that a row is whole pairs
 *     quads   blocks of 64 bytes of a picture without gaps, so many that the next would begin with channel 0 again
 *             (channels / gcd(channels, 64)); int8 weights[four slots][channel][4], channels in the order that
 *             unpacking twice leaves behind. Kernels three wide have a slot to spare in each row.
 *     slices  blocks of 16 channels, the last one of the last 16; int8 weights[kernel row][shift][channel][4], byte i
 *             of a shift being tap shift + i or zero; for kernels that are no slices the same as quads
 */
#include "kernels/dwconv_u8s8.h"

#include <string.h>

#include "kernels/dwconv_u8s8_slices_int.h"

enum { HEAD_BYTES = sizeof(int32_t) + sizeof(float) }; /* of one channel, before its weights */

static const psb_dwconv_u8s8_kernel kernels[] = {
#define X(isa, needs, layout) {psb_dwconv_u8s8_##isa, needs, layout, #isa},
    PSB_DWCONV_U8S8_LIST(X)
#undef X
};

const psb_dwconv_u8s8_kernel *psb_dwconv_u8s8_pick(uint32_t cpu_flags)
{
    const psb_dwconv_u8s8_kernel *best = &kernels[0];
    for (size_t i = 1; i < sizeof(kernels) / sizeof(kernels[0]); i++)
        if ((cpu_flags & kernels[i].needs) == kernels[i].needs) best = &kernels[i];
    return best;
}

const psb_dwconv_u8s8_kernel *psb_dwconv_u8s8_kernels(int32_t *count_out)
{
    *count_out = (int32_t)(sizeof(kernels) / sizeof(kernels[0]));
    return kernels;
}

/* How a layout cuts channels into blocks and taps into slots. */
typedef struct block_form {
    size_t blocks, channels; /* in a block */
    size_t slots, together;  /* taps with the fill; how many of them lie side by side */
    size_t row_slots;        /* slots from one kernel row to the next */
    size_t weight_bytes;
} block_form;

static size_t round_up(size_t count, size_t multiple)
{
    return (count + multiple - 1) / multiple * multiple;
}

/* Slices are only for the kernels that most networks have. */
static psb_dwconv_u8s8_layout layout_of(const psb_dwconv_u8s8_kernel *kernel, const psb_window *window)
{
    if (kernel->layout == PSB_DWCONV_U8S8_SLICES && !dw_is_sliced(window)) return PSB_DWCONV_U8S8_QUADS;
    return kernel->layout;
}

static block_form form_of(psb_dwconv_u8s8_layout layout, const psb_window *window)
{
    size_t channels = (size_t)window->channels, width = (size_t)window->kernel_width;
    size_t taps = (size_t)window->kernel_height * width, even_width = width == 3 || width == 5 ? width + 1 : width;
    switch (layout) {
    case PSB_DWCONV_U8S8_PAIRS:
        return (block_form){.blocks = (channels + 15) / 16,
                            .channels = 16,
                            .slots = round_up((size_t)window->kernel_height * even_width, 2),
                            .together = 2,
                            .row_slots = even_width,
                            .weight_bytes = sizeof(int16_t)};
    case PSB_DWCONV_U8S8_QUADS: {
        size_t shared = channels & (~channels + 1); /* the largest power of two that divides it */
        if (shared > 64) shared = 64;
        size_t row_slots = width == 3 ? 4 : width;
        return (block_form){.blocks = channels / shared,
                            .channels = 64,
                            .slots = round_up((size_t)window->kernel_height * row_slots, 4),
                            .together = 4,
                            .row_slots = row_slots,
                            .weight_bytes = sizeof(int8_t)};
    }
    default:
        return (block_form){1, channels, taps, 1, width, sizeof(int8_t)};
    }
}

/* Where channel c of a block lies in it. */
static size_t place_of(psb_dwconv_u8s8_layout layout, size_t c)
{
    switch (layout) {
    case PSB_DWCONV_U8S8_PAIRS:
        return c % 8 / 4 * 8 + c / 8 * 4 + c % 4;
    case PSB_DWCONV_U8S8_QUADS:
        return c % 16 / 4 * 16 + c / 16 * 4 + c % 4;
    default:
        return c;
    }
}

static size_t block_bytes(const block_form *form)
{
    return round_up(form->channels * (HEAD_BYTES + form->slots * form->weight_bytes), sizeof(int32_t));
}

static size_t sliced_bytes(const psb_window *window)
{
    return (size_t)dw_slice_count(window->channels) * dw_slice_bytes(window->kernel_width, window->stride_x);
}

size_t psb_dwconv_u8s8_packed_bytes(const psb_dwconv_u8s8_kernel *kernel, const psb_window *window)
{
    psb_dwconv_u8s8_layout layout = layout_of(kernel, window);
    if (layout == PSB_DWCONV_U8S8_SLICES) return sliced_bytes(window);
    block_form form = form_of(layout, window);
    return form.blocks * block_bytes(&form);
}

/* Channel c of the picture at `place` of a block. */
static void pack_channel(unsigned char *block, const block_form *form, const psb_weights_s8 *weights,
                         const psb_window *window, size_t c, size_t place)
{
    size_t width = (size_t)window->kernel_width, taps = (size_t)window->kernel_height * width;
    unsigned char *values = block + form->channels * HEAD_BYTES;
    int32_t sum = 0;
    for (size_t tap = 0; tap < taps; tap++) {
        int8_t value = weights->values[c * taps + tap];
        size_t slot = tap / width * form->row_slots + tap % width;
        size_t at = (slot / form->together * form->channels + place) * form->together + slot % form->together;
        if (form->weight_bytes == sizeof(int16_t))
            ((int16_t *)(void *)values)[at] = value;
        else
            ((int8_t *)values)[at] = value;
        sum += value;
    }
    ((int32_t *)(void *)block)[place] = (weights->bias ? weights->bias[c] : 0) - weights->in_zero * sum;
    ((float *)(void *)(block + form->channels * sizeof(int32_t)))[place] = weights->multiplier[c];
}

/* Channel c of the picture at `place` of a slice. */
static void pack_shifts(unsigned char *slice, const psb_weights_s8 *weights, const psb_window *window, size_t c,
                        size_t place)
{
    const int32_t size = window->kernel_width, stride = window->stride_x, shifts = dw_shift_count(size, stride);
    const int8_t *taps = weights->values + c * (size_t)(size * size);
    int8_t *to = (int8_t *)slice + DW_SLICE_HEAD_BYTES + place * 4;
    int32_t sum = 0;
    for (int32_t tap = 0; tap < size * size; tap++) sum += taps[tap];
    for (int32_t ky = 0; ky < size; ky++)
        for (int32_t i = 0; i < shifts; i++, to += 4 * DW_SLICE_CHANNELS)
            for (int32_t byte = 0; byte < 4; byte++) {
                const int32_t kx = dw_shift_at(size, stride, i) + byte;
                if (kx >= 0 && kx < size) to[byte] = taps[ky * size + kx];
            }
    ((int32_t *)(void *)slice)[place] = (weights->bias ? weights->bias[c] : 0) - weights->in_zero * sum;
    ((float *)(void *)(slice + DW_SLICE_CHANNELS * sizeof(int32_t)))[place] = weights->multiplier[c];
}

static void pack_slices(void *packed, const psb_weights_s8 *weights, const psb_window *window)
{
    unsigned char *slice = packed;
    for (int32_t s = 0; s < dw_slice_count(window->channels); s++) {
        const size_t first = dw_slice_first(window->channels, s);
        for (size_t i = 0; i < DW_SLICE_CHANNELS && first + i < (size_t)window->channels; i++)
            pack_shifts(slice, weights, window, first + i, i);
        slice += dw_slice_bytes(window->kernel_width, window->stride_x);
    }
}

void psb_dwconv_u8s8_pack(const psb_dwconv_u8s8_kernel *kernel, void *packed, const psb_weights_s8 *weights,
                          const psb_window *window)
{
    psb_dwconv_u8s8_layout layout = layout_of(kernel, window);
    size_t channels = (size_t)window->channels;
    memset(packed, 0, psb_dwconv_u8s8_packed_bytes(kernel, window));
    if (layout == PSB_DWCONV_U8S8_SLICES) {
        pack_slices(packed, weights, window);
        return;
    }
    block_form form = form_of(layout, window);
    for (size_t b = 0; b < form.blocks; b++)
        for (size_t i = 0; i < form.channels; i++) {
            size_t c = b * form.channels + i;
            if (layout == PSB_DWCONV_U8S8_PAIRS && c >= channels) break;
            pack_channel((unsigned char *)packed + b * block_bytes(&form), &form, weights, window, c % channels,
                         place_of(layout, i));
        }
}
