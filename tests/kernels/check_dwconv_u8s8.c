/* SPDX-License-Identifier: Apache-2.0
 *
 * Integer depthwise convolution: C against the header's formula over the unpacked weights, every variant against C, all
 * for equality. --bench times the depthwise layers of YOLOX-nano at 416x416 and the 5x5 ones of picodet and FastestDet.
 */
#include <stdio.h>

#include "draw_u8.h"
#include "kernels/dwconv_u8s8.h"

typedef struct dw_case {
    psb_dwconv_u8s8_args args; /* out and packed are filled in per variant */
    psb_weights_s8 weights;
} dw_case;

static int32_t formula(const dw_case *d, int32_t y, int32_t x, int32_t c)
{
    const psb_window *w = &d->args.window;
    int32_t sum = d->weights.bias ? d->weights.bias[c] : 0;
    for (int32_t ky = 0; ky < w->kernel_height; ky++)
        for (int32_t kx = 0; kx < w->kernel_width; kx++) {
            int32_t in_y = y * w->stride_y - w->pad_top + ky, in_x = x * w->stride_x - w->pad_left + kx;
            if (in_y < 0 || in_y >= w->in_height || in_x < 0 || in_x >= w->in_width) continue;
            int32_t value = d->args.in[(size_t)in_y * w->in_row + (size_t)in_x * w->in_pixel + (size_t)c];
            sum += (value - d->weights.in_zero) * d->weights.values[(c * w->kernel_height + ky) * w->kernel_width + kx];
        }
    return sum;
}

static uint8_t *run_variant(check *c, const dw_case *d, const psb_dwconv_u8s8_kernel *kernel)
{
    psb_dwconv_u8s8_args args = d->args;
    void *packed = draw_packed(c, psb_dwconv_u8s8_packed_bytes(kernel, &args.window));
    psb_dwconv_u8s8_pack(kernel, packed, &d->weights, &args.window);
    args.packed = packed;
    args.out = draw_output_bytes(c, window_out_count(&args.window, args.window.channels));
    kernel->run(&args);
    return args.out;
}

static void check_against_formula(check *c, const dw_case *d, const uint8_t *spec)
{
    const psb_window *w = &d->args.window;
    for (int32_t y = 0; y < w->out_height; y++)
        for (int32_t x = 0; x < w->out_width; x++)
            for (int32_t i = 0; i < w->channels; i++) {
                uint8_t expected =
                    psb_requant_u8_value(&d->args.requant, formula(d, y, x, i), d->weights.multiplier[i], (size_t)i);
                size_t at = (size_t)y * w->out_row + (size_t)x * w->out_pixel + (size_t)i;
                if (!check_same_bytes(c, "c", spec + at, &expected, 1)) return;
            }
}

static void check_window(check *c, const psb_window *w, bool has_classes)
{
    dw_case d = {.args.window = *w};
    draw_describe(c, w, w->channels, (psb_activation){0});
    d.args.in = draw_bytes(c, window_in_count(w));
    d.args.requant = has_classes ? draw_class_requant(c, w->channels) : draw_requant(c, w->channels);
    d.weights = draw_weights(c, (size_t)w->channels, (size_t)w->kernel_height * (size_t)w->kernel_width);
    d.args.in_zero = d.weights.in_zero;
    int32_t count;
    const psb_dwconv_u8s8_kernel *kernels = psb_dwconv_u8s8_kernels(&count);
    const uint8_t *spec = run_variant(c, &d, &kernels[0]);
    check_against_formula(c, &d, spec);
    size_t bytes = window_out_count(w, w->channels);
    for (int32_t i = 1; i < count; i++)
        if (check_can_run(c, kernels[i].needs))
            check_same_bytes(c, kernels[i].name, run_variant(c, &d, &kernels[i]), spec, bytes);
    check_end_trial(c, "any");
}

typedef struct form {
    int32_t channels, height, width, kernel, stride, pad;
} form;

/* Checks a picture without gaps, with as much padding on each side, where a window fits in it, also with classes. */
static void check_form(check *c, const form *f)
{
    if (f->width + 2 * f->pad < f->kernel || f->height + 2 * f->pad < f->kernel) return;
    psb_window w = {.channels = f->channels,
                    .in_height = f->height,
                    .in_width = f->width,
                    .out_height = (f->height + 2 * f->pad - f->kernel) / f->stride + 1,
                    .out_width = (f->width + 2 * f->pad - f->kernel) / f->stride + 1,
                    .in_pixel = (size_t)f->channels,
                    .in_row = (size_t)(f->channels * f->width),
                    .out_pixel = (size_t)f->channels,
                    .kernel_height = f->kernel,
                    .kernel_width = f->kernel,
                    .stride_y = f->stride,
                    .stride_x = f->stride,
                    .pad_top = f->pad,
                    .pad_left = f->pad};
    w.out_row = (size_t)(f->channels * w.out_width);
    check_window(c, &w, false);
    check_window(c, &w, true);
}

/* Every width up to past two vectors of the narrowest pixels that have loops of their own, and up to past two strips of
 * four outputs, at the forms that networks have. */
static void check_every_width(check *c)
{
    static const int32_t channels[] = {8, 16, 20, 32, 64};
    for (int32_t width = 1; width <= 36; width++)
        for (int32_t i = 0; i < 16; i++)
            for (int32_t again = 0; again < 3; again++) /* flush with either guard */
                check_form(c, &(form){i / 4 % 2 ? 16 : 32, 1 + i / 8 * 3, width, 3, 1 + i % 2, i / 2 % 2});
    for (int32_t width = 1; width <= 20; width++)
        for (int32_t i = 0; i < 40; i++) {
            const int32_t kernel = i / 4 % 2 ? 5 : 3, pad = i / 2 % 2 ? kernel / 2 : 0;
            check_form(c, &(form){channels[i / 8], 1 + width % 7, width, kernel, 1 + i % 2, pad});
        }
}

static void trial(check *c)
{
    static const int32_t usual[] = {3, 5, 7};
    psb_window w = draw_byte_window(c, usual[check_int(c, 0, 2)]);
    if (check_int(c, 0, 1)) { /* the forms that networks have, with any padding */
        w.kernel_height = w.kernel_width = 3;
        w.stride_y = w.stride_x = check_int(c, 1, 2);
        w.pad_top = check_int(c, 0, 2);
        w.pad_left = check_int(c, 0, 2);
        while (w.out_height > 1 && (w.out_height - 1) * w.stride_y - w.pad_top >= w.in_height) w.out_height--;
        while (w.out_width > 1 && (w.out_width - 1) * w.stride_x - w.pad_left >= w.in_width) w.out_width--;
    }
    check_window(c, &w, false);
}

typedef struct bench_case {
    psb_dwconv_u8s8_args args;
    const psb_dwconv_u8s8_kernel *kernel;
} bench_case;

static void run_bench(void *context)
{
    bench_case *b = context;
    b->kernel->run(&b->args);
}

static void bench_layer(check *c, const psb_dwconv_u8s8_kernel *kernel, const int32_t shape[4])
{
    int32_t size = shape[0], channels = shape[1], k = shape[2], stride = shape[3], out = size / stride;
    psb_window w = {.channels = channels,
                    .in_height = size,
                    .in_width = size,
                    .out_height = out,
                    .out_width = out,
                    .in_pixel = (size_t)channels,
                    .in_row = (size_t)(channels * size),
                    .out_pixel = (size_t)channels,
                    .out_row = (size_t)(channels * out),
                    .kernel_height = k,
                    .kernel_width = k,
                    .stride_y = stride,
                    .stride_x = stride,
                    .pad_top = k / 2,
                    .pad_left = k / 2};
    psb_weights_s8 weights = draw_weights(c, (size_t)channels, (size_t)(k * k));
    void *packed = check_bytes(c, psb_dwconv_u8s8_packed_bytes(kernel, &w) + 64);
    packed = (void *)(((uintptr_t)packed + 63) / 64 * 64);
    psb_dwconv_u8s8_pack(kernel, packed, &weights, &w);
    bench_case b = {.kernel = kernel};
    b.args = (psb_dwconv_u8s8_args){.out = draw_output_bytes(c, window_out_count(&w, channels)),
                                    .in = draw_bytes(c, window_in_count(&w)),
                                    .packed = packed,
                                    .window = w,
                                    .in_zero = weights.in_zero,
                                    .requant = {.zero = 128, .high = 255, .lut = psb_lut_u8_pick(c->cpu_flags)->run}};
    const uint8_t *table = draw_bytes(c, 256);
    double work = 2.0 * out * out * channels * k * k;
    for (int silu = 0; silu < 2; silu++) {
        char what[64];
        b.args.requant.table = silu ? table : NULL;
        snprintf(what, sizeof(what), "%dx%dx%d k%d s%d%s", size, size, channels, k, stride, silu ? " table" : "");
        check_time(kernel->name, what, run_bench, &b, work, "GOP/s");
    }
    check_end_trial(c, kernel->name);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "dwconv_u8s8", 600);
    int32_t count;
    const psb_dwconv_u8s8_kernel *kernels = psb_dwconv_u8s8_kernels(&count);
    if (c.trials > 1) check_every_width(&c);
    for (int32_t i = 0; i < c.trials; i++) trial(&c);
    static const int32_t layers[][4] = {/* size, channels, kernel, stride */
                                        {208, 16, 3, 2}, {104, 16, 3, 1}, {104, 32, 3, 2}, {52, 32, 3, 1},
                                        {52, 64, 3, 1},  {52, 64, 3, 2},  {26, 64, 3, 1},  {26, 128, 3, 2},
                                        {13, 128, 3, 1}, {26, 64, 5, 1},  {22, 96, 5, 1},  {40, 96, 5, 1},
                                        {40, 96, 5, 2},  {44, 48, 3, 1}};
    for (size_t l = 0; c.bench && l < sizeof(layers) / sizeof(layers[0]); l++)
        for (int32_t i = 0; i < count; i++)
            if (check_can_run(&c, kernels[i].needs)) bench_layer(&c, &kernels[i], layers[l]);
    return check_finish(&c);
}
