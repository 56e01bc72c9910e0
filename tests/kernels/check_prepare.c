/* SPDX-License-Identifier: Apache-2.0
 *
 * Preprocessing of rows: every variant against C, bit for bit. Outputs are drawn with all their strides: channels
 * innermost, with a gap, and in planes. --bench times one picture's work, 768x576 to 416x312.
 */
#include <stdio.h>
#include <string.h>

#include "draw_u8.h"
#include "kernels/prepare.h"

static uint8_t *draw_samples(check *c, int32_t count)
{
    uint8_t *samples = check_bytes(c, (size_t)count);
    for (int32_t i = 0; i < count; i++) samples[i] = (uint8_t)check_int(c, 0, 255);
    return samples;
}

static void trial_blend(check *c, const psb_prepare_kernel *kernels, int32_t kernel_count)
{
    const int32_t count = check_int(c, 0, 150), weight = check_int(c, 0, PSB_PREPARE_BLEND_ONE - 1);
    const uint8_t *a = draw_samples(c, count), *b = check_int(c, 0, 7) ? draw_samples(c, count) : a;
    const size_t bytes = (size_t)count * sizeof(int16_t);
    int16_t *spec = check_bytes(c, bytes);
    check_describe(c, "blend count %d weight %d", count, weight);
    kernels[0].blend(spec, a, b, weight, count);
    for (int32_t k = 1; k < kernel_count; k++) {
        if (!check_can_run(c, kernels[k].needs)) continue;
        int16_t *fast = check_bytes(c, bytes);
        memset(fast, 0x55, bytes);
        kernels[k].blend(fast, a, b, weight, count);
        c->compared++;
        for (int32_t i = 0; i < count; i++) {
            if (fast[i] == spec[i]) continue;
            check_fail(c, kernels[k].name, "sample %d: %d, expected %d", i, fast[i], spec[i]);
            break;
        }
    }
    check_end_trial(c, "any");
}

static psb_prepare_taps draw_taps(check *c, int32_t count, int32_t samples)
{
    int32_t *at = check_bytes(c, (size_t)count * sizeof(*at));
    int16_t *weight = check_bytes(c, 2 * (size_t)count * sizeof(*weight));
    for (int32_t i = 0; i < count; i++) {
        at[i] = check_int(c, 0, samples - 2);
        weight[2 * i + 1] = (int16_t)check_int(c, 0, PSB_PREPARE_TAP_ONE);
        weight[2 * i] = (int16_t)(PSB_PREPARE_TAP_ONE - weight[2 * i + 1]);
    }
    return (psb_prepare_taps){at, weight};
}

static const int16_t *draw_row(check *c, int32_t samples)
{
    int16_t *row = check_bytes(c, (size_t)samples * sizeof(*row));
    for (int32_t i = 0; i < samples; i++) row[i] = (int16_t)check_int(c, 0, 255 * PSB_PREPARE_SAMPLE_ONE);
    return row;
}

/* Factors near those of real colours, so that some values are clamped and some not. */
static void draw_colour(check *c, psb_prepare_row_args *args)
{
    const float unit = 1.0f / ((float)PSB_PREPARE_SAMPLE_ONE * (float)PSB_PREPARE_TAP_ONE);
    args->luma_factor = (1.0f + 0.2f * check_float(c)) * unit;
    for (int32_t i = 0; i < 3; i++) {
        args->cb_factor[i] = check_float(c) * unit;
        args->cr_factor[i] = check_float(c) * unit;
        args->offset[i] = 100.0f * check_float(c);
        args->gain[i] = check_float(c);
        args->bias[i] = check_float(c);
    }
}

static void trial_row(check *c, const psb_prepare_kernel *kernels, int32_t kernel_count)
{
    static const ptrdiff_t pixel_steps[] = {3, 4, 1};
    const int32_t width = check_int(c, 0, 70), luma = check_int(c, 2, 130), chroma = check_int(c, 2, 66);
    const int32_t layout = check_int(c, 0, 2);
    psb_prepare_row_args args = {.width = width, .pixel_step = pixel_steps[layout]};
    args.channel_step = layout == 2 ? width + check_int(c, 0, 3) : 1;
    args.luma = draw_row(c, luma);
    args.cb = draw_row(c, chroma);
    args.cr = draw_row(c, chroma);
    args.luma_taps = draw_taps(c, width, luma);
    args.chroma_taps = draw_taps(c, width, chroma);
    draw_colour(c, &args);
    const size_t count = width ? (size_t)((width - 1) * args.pixel_step + 2 * args.channel_step + 1) : 0;
    check_describe(c, "row width %d luma %d chroma %d pixel_step %d", width, luma, chroma, (int)args.pixel_step);
    float *spec = args.out = check_output(c, count);
    kernels[0].row(&args);
    for (int32_t k = 1; k < kernel_count; k++) {
        if (!check_can_run(c, kernels[k].needs)) continue;
        args.out = check_output(c, count);
        kernels[k].row(&args);
        for (size_t i = 0; i < count; i++)
            if (!check_close(c, kernels[k].name, i, args.out[i], spec[i], 0.0)) break;
    }
    check_end_trial(c, "any");
}

/* The same into bytes: gains and biases that reach both limits. */
static void trial_row_u8(check *c, const psb_prepare_kernel *kernels, int32_t kernel_count)
{
    static const ptrdiff_t pixel_steps[] = {3, 4, 1};
    const int32_t width = check_int(c, 0, 70), luma = check_int(c, 2, 130), chroma = check_int(c, 2, 66);
    const int32_t layout = check_int(c, 0, 2);
    psb_prepare_row_args args = {.width = width, .pixel_step = pixel_steps[layout]};
    args.channel_step = layout == 2 ? width + check_int(c, 0, 3) : 1;
    args.luma = draw_row(c, luma);
    args.cb = draw_row(c, chroma);
    args.cr = draw_row(c, chroma);
    args.luma_taps = draw_taps(c, width, luma);
    args.chroma_taps = draw_taps(c, width, chroma);
    draw_colour(c, &args);
    for (int32_t i = 0; i < 3; i++) args.bias[i] *= 100.0f;
    const size_t count = width ? (size_t)((width - 1) * args.pixel_step + 2 * args.channel_step + 1) : 0;
    check_describe(c, "row_u8 width %d luma %d chroma %d pixel_step %d", width, luma, chroma, (int)args.pixel_step);
    uint8_t *spec = args.out_u8 = draw_output_bytes(c, count);
    kernels[0].row_u8(&args);
    for (int32_t k = 1; k < kernel_count; k++) {
        if (!check_can_run(c, kernels[k].needs)) continue;
        args.out_u8 = draw_output_bytes(c, count);
        kernels[k].row_u8(&args);
        check_same_bytes(c, kernels[k].name, args.out_u8, spec, count);
    }
    check_end_trial(c, "any");
}

typedef struct bench_case {
    const psb_prepare_kernel *kernel;
    psb_prepare_row_args args;
    const uint8_t *a, *b;
    int16_t *row;
    int32_t samples;
} bench_case;

enum { BENCH_ROWS = 312, BENCH_WIDTH = 416, BENCH_SAMPLES = 768 };

static void run_blend(void *context)
{
    bench_case *b = context;
    for (int32_t y = 0; y < BENCH_ROWS; y++) b->kernel->blend(b->row, b->a, b->b, 100 * y, b->samples);
}

static void run_row(void *context)
{
    bench_case *b = context;
    for (int32_t y = 0; y < BENCH_ROWS; y++) b->kernel->row(&b->args);
}

static void run_row_u8(void *context)
{
    bench_case *b = context;
    for (int32_t y = 0; y < BENCH_ROWS; y++) b->kernel->row_u8(&b->args);
}

static void bench(check *c, const psb_prepare_kernel *kernel)
{
    bench_case b = {.kernel = kernel, .samples = 2 * BENCH_SAMPLES};
    b.a = draw_samples(c, b.samples);
    b.b = draw_samples(c, b.samples);
    b.row = check_bytes(c, (size_t)b.samples * sizeof(*b.row));
    b.args = (psb_prepare_row_args){.width = BENCH_WIDTH, .pixel_step = 3, .channel_step = 1};
    b.args.out = check_output(c, 3 * BENCH_WIDTH);
    b.args.luma = draw_row(c, BENCH_SAMPLES);
    b.args.cb = draw_row(c, BENCH_SAMPLES / 2 + 1);
    b.args.cr = draw_row(c, BENCH_SAMPLES / 2 + 1);
    int32_t *at = check_bytes(c, 2 * BENCH_WIDTH * sizeof(*at));
    for (int32_t i = 0; i < BENCH_WIDTH; i++) {
        at[i] = i * BENCH_SAMPLES / BENCH_WIDTH;
        at[BENCH_WIDTH + i] = at[i] / 2;
    }
    b.args.luma_taps = draw_taps(c, BENCH_WIDTH, 2);
    b.args.chroma_taps = b.args.luma_taps;
    b.args.luma_taps.at = at;
    b.args.chroma_taps.at = at + BENCH_WIDTH;
    draw_colour(c, &b.args);
    check_time(kernel->name, "blend, 312 rows of 768x576", run_blend, &b, (double)BENCH_ROWS * b.samples,
               "G samples/s");
    check_time(kernel->name, "row, 312 rows of 416", run_row, &b, (double)BENCH_ROWS * BENCH_WIDTH, "G pixels/s");
    b.args.out_u8 = draw_output_bytes(c, 3 * BENCH_WIDTH);
    check_time(kernel->name, "row_u8, 312 rows of 416", run_row_u8, &b, (double)BENCH_ROWS * BENCH_WIDTH, "G pixels/s");
    check_end_trial(c, kernel->name);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "prepare", 600);
    int32_t count = 0;
    const psb_prepare_kernel *kernels = psb_prepare_kernels(&count);
    for (int32_t i = 0; i < c.trials; i++) {
        trial_blend(&c, kernels, count);
        trial_row(&c, kernels, count);
        trial_row_u8(&c, kernels, count);
    }
    for (int32_t i = 0; c.bench && i < count; i++)
        if (check_can_run(&c, kernels[i].needs)) bench(&c, &kernels[i]);
    return check_finish(&c);
}
