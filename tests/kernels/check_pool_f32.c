/* SPDX-License-Identifier: Apache-2.0
 *
 * Pools: every variant against C. --bench times the pyramid pools of YOLOX-nano and two of other networks.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>

#include "draw.h"
#include "kernels/pool_f32.h"

typedef enum pool_form { FORM_MAX, FORM_AVERAGE, FORM_GLOBAL, FORM_COUNT } pool_form;

static psb_pool_f32_fn *function_of(const psb_pool_f32_kernel *kernel, pool_form form)
{
    psb_pool_f32_fn *const functions[FORM_COUNT] = {kernel->max, kernel->average, kernel->global_average};
    return functions[form];
}

static void check_variant(check *c, psb_pool_f32_args args, const psb_pool_f32_kernel *kernel, pool_form form,
                          const float *spec, size_t count)
{
    const psb_window *w = &args.window;
    double area = form == FORM_GLOBAL ? (double)w->in_height * w->in_width : (double)w->kernel_height * w->kernel_width;
    /* the sum of magnitudes is at most area times the largest that check_float draws, divided by at least one pixel */
    double allowed = form == FORM_MAX ? 0.0 : (double)FLT_EPSILON * (area + 3.0) * 8.0;
    args.out = check_output(c, count);
    args.workspace = check_output(c, psb_pool_f32_workspace_count(w));
    function_of(kernel, form)(&args);
    for (size_t at = 0; at < count; at++)
        if (!check_close(c, kernel->name, at, args.out[at], spec[at], allowed)) return;
}

static void trial(check *c, const psb_pool_f32_kernel *kernels, int32_t count)
{
    pool_form form = (pool_form)check_int(c, 0, FORM_COUNT - 1);
    psb_pool_f32_args args = {.window = draw_window(c, form == FORM_MAX ? 13 : 5), .count_padding = check_int(c, 0, 1)};
    psb_window *w = &args.window;
    draw_describe(c, w, w->channels, (psb_activation){0});
    size_t out_count = form == FORM_GLOBAL ? (size_t)w->channels : window_out_count(w, w->channels);
    args.in = check_random(c, window_in_count(w));
    args.out = check_output(c, out_count);
    args.workspace = check_output(c, psb_pool_f32_workspace_count(w));
    function_of(&kernels[0], form)(&args);
    for (int32_t i = 1; i < count; i++)
        if (check_can_run(c, kernels[i].needs)) check_variant(c, args, &kernels[i], form, args.out, out_count);
    check_end_trial(c, "any");
}

typedef struct bench_case {
    psb_pool_f32_args args;
    psb_pool_f32_fn *run;
} bench_case;

static void run_bench(void *context)
{
    bench_case *b = context;
    b->run(&b->args);
}

static void bench_layer(check *c, const psb_pool_f32_kernel *kernel, const int32_t shape[5])
{
    int32_t size = shape[0], channels = shape[1], k = shape[2], stride = shape[3];
    pool_form form = (pool_form)shape[4];
    int32_t out = form == FORM_GLOBAL ? 1 : size / stride;
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
    bench_case b = {.run = function_of(kernel, form)};
    b.args = (psb_pool_f32_args){.out = check_output(c, window_out_count(&w, channels)),
                                 .in = check_random(c, window_in_count(&w)),
                                 .workspace = check_output(c, psb_pool_f32_workspace_count(&w)),
                                 .window = w};
    char what[64];
    static const char *const names[FORM_COUNT] = {"max", "average", "global"};
    snprintf(what, sizeof(what), "%s %dx%dx%d k%d s%d", names[form], size, size, channels, k, stride);
    check_time(kernel->name, what, run_bench, &b, 4.0 * size * size * channels, "GB/s read");
    check_end_trial(c, kernel->name);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "pool_f32", 500);
    int32_t count;
    const psb_pool_f32_kernel *kernels = psb_pool_f32_kernels(&count);
    for (int32_t i = 0; i < c.trials; i++) trial(&c, kernels, count);
    static const int32_t layers[][5] = {/* size, channels, kernel, stride, form */
                                        {13, 128, 5, 1, FORM_MAX},    {13, 128, 9, 1, FORM_MAX},
                                        {13, 128, 13, 1, FORM_MAX},   {160, 24, 3, 2, FORM_MAX},
                                        {44, 48, 3, 2, FORM_AVERAGE}, {20, 96, 1, 1, FORM_GLOBAL}};
    for (size_t l = 0; c.bench && l < sizeof(layers) / sizeof(layers[0]); l++)
        for (int32_t i = 0; i < count; i++)
            if (check_can_run(&c, kernels[i].needs)) bench_layer(&c, &kernels[i], layers[l]);
    return check_finish(&c);
}
