/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of integer depthwise kernels, the choice among them, and the packing of weights. All layouts hold int32
 * bias, float multiplier and weights, a block of channels after another:
 *
 *     plain   one block of all channels; int8 weights[tap][channel]
 *     pairs   blocks of 16 channels; int16 weights[pair of taps][channel][2], channels in the order that unpacking
 *             leaves behind: 0..3, 8..11, then 4..7, 12..15
 *     quads   blocks of 64 bytes of a picture without gaps, so many that the next would begin with channel 0 again
 *             (channels / gcd(channels, 64)); int8 weights[four slots][channel][4], channels in the order that
 *             unpacking twice leaves behind. Kernels three wide have a slot to spare in each row.
 */
#include "kernels/dwconv_u8s8.h"

#include <string.h>

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

static block_form form_of(const psb_dwconv_u8s8_kernel *kernel, const psb_window *window)
{
    size_t channels = (size_t)window->channels, width = (size_t)window->kernel_width;
    size_t taps = (size_t)window->kernel_height * width;
    switch (kernel->layout) {
    case PSB_DWCONV_U8S8_PAIRS:
        return (block_form){(channels + 15) / 16, 16, round_up(taps, 2), 2, width, sizeof(int16_t)};
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

size_t psb_dwconv_u8s8_packed_bytes(const psb_dwconv_u8s8_kernel *kernel, const psb_window *window)
{
    block_form form = form_of(kernel, window);
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

void psb_dwconv_u8s8_pack(const psb_dwconv_u8s8_kernel *kernel, void *packed, const psb_weights_s8 *weights,
                          const psb_window *window)
{
    block_form form = form_of(kernel, window);
    size_t channels = (size_t)window->channels;
    memset(packed, 0, psb_dwconv_u8s8_packed_bytes(kernel, window));
    for (size_t b = 0; b < form.blocks; b++)
        for (size_t i = 0; i < form.channels; i++) {
            size_t c = b * form.channels + i;
            if (kernel->layout == PSB_DWCONV_U8S8_PAIRS && c >= channels) break;
            pack_channel((unsigned char *)packed + b * block_bytes(&form), &form, weights, window, c % channels,
                         place_of(kernel->layout, i));
        }
}
