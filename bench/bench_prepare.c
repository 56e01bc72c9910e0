/* SPDX-License-Identifier: Apache-2.0
 *
 * From a decoder's planes to a quantised network's input: bench_prepare [RUNS [CPU]] prints a JSON line for 1080p and
 * one for 720p, pictures of YUV 4:2:0 in BT.709's limited range, into 416 x 416 letterboxed bytes. Beside it, by turns,
 * our own way into floats (without the quantising) and what swscale takes for nothing but RGB of the picture's own
 * size.
 * The bars are issue 12's: 0.8 and 0.5 ms, or 0.3 of swscale's time in the same run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libswscale/swscale.h>

#include <passerby/status.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "detect/prepare.h"
#include "frame/image.h"

enum { DEFAULT_RUNS = 200, MAX_RUNS = 10000, SIDE = 416, WAYS = 3, WARM_UP = 3 };
static const char *const way_names[WAYS] = {"bytes_ms", "floats_ms", "swscale_rgb_ms"};

typedef struct bench {
    psb_image image;
    psb_prepare prepare;
    psb_tensor_view bytes, floats;
    struct SwsContext *sws;
    uint8_t *rgb;
    double *ms[WAYS];
} bench;

static int compare_times(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void *need(void *memory)
{
    if (!memory) exit(4);
    return memory;
}

/* Soft noise in planes whose rows are a little longer than the picture, as decoders leave them. */
static psb_image make_image(int32_t width, int32_t height)
{
    psb_image image = {.format = PSB_PIXEL_YUV420,
                       .matrix = PSB_COLOR_BT709,
                       .range = PSB_RANGE_LIMITED,
                       .width = width,
                       .height = height};
    uint32_t state = 1;
    for (int32_t p = 0; p < 3; p++) {
        const int32_t rows = psb_image_plane_height(&image, p);
        image.stride_bytes[p] = psb_image_plane_width(&image, p) + 64;
        const size_t size_bytes = (size_t)image.stride_bytes[p] * (size_t)rows;
        image.plane[p] = need(malloc(size_bytes));
        for (size_t i = 0; i < size_bytes; i++) {
            state = state * 1664525u + 1013904223u; /* Numerical Recipes' generator */
            image.plane[p][i] = (uint8_t)(16 + (state >> 24) * 220 / 256);
        }
    }
    return image;
}

static void run_way(bench *b, int32_t way)
{
    if (way == 2) {
        const uint8_t *const planes[4] = {b->image.plane[0], b->image.plane[1], b->image.plane[2]};
        const int strides[4] = {(int)b->image.stride_bytes[0], (int)b->image.stride_bytes[1],
                                (int)b->image.stride_bytes[2]};
        uint8_t *const out[4] = {b->rgb};
        const int out_strides[4] = {3 * b->image.width};
        sws_scale(b->sws, planes, strides, 0, b->image.height, out, out_strides);
    } else if (psb_prepare_run(&b->prepare, way == 0 ? &b->bytes : &b->floats, &b->image)) {
        exit(4);
    }
}

static void measure(const char *name, int32_t width, int32_t height, double bar_ms, int32_t runs, uint32_t cpu_flags)
{
    static const psb_descriptor_input input = {
        .width = SIDE, .height = SIDE, .scale = 1, .std = {1, 1, 1}, .is_letterbox = true, .pad = 114};
    static uint8_t bytes[3 * SIDE * SIDE];
    static float floats[3 * SIDE * SIDE];
    const psb_clock clock = psb_clock_system();
    bench b = {.image = make_image(width, height),
               .bytes = {.bytes = bytes, .byte_scale = 1, .rank = 4, .dims = {1, 3, SIDE, SIDE}},
               .floats = {.data = floats, .rank = 4, .dims = {1, 3, SIDE, SIDE}},
               .rgb = need(malloc((size_t)width * (size_t)height * 3))};
    const int64_t strides[4] = {(int64_t)3 * SIDE * SIDE, 1, (int64_t)3 * SIDE, 3};
    memcpy(b.bytes.strides, strides, sizeof(strides));
    memcpy(b.floats.strides, strides, sizeof(strides));
    b.sws = need(sws_getContext(width, height, AV_PIX_FMT_YUV420P, width, height, AV_PIX_FMT_RGB24, SWS_BILINEAR, NULL,
                                NULL, NULL));
    psb_prepare_init(&b.prepare, &input, cpu_flags);
    for (int32_t w = 0; w < WAYS; w++) b.ms[w] = need(malloc((size_t)runs * sizeof(double)));
    for (int32_t run = -WARM_UP; run < runs; run++)
        for (int32_t w = 0; w < WAYS; w++) {
            const int64_t begin_ns = psb_clock_now_ns(&clock);
            run_way(&b, w);
            if (run >= 0) b.ms[w][run] = (double)(psb_clock_now_ns(&clock) - begin_ns) * 1e-6;
        }
    printf("{\"picture\": \"%s\", \"cpu\": \"%s\", \"runs\": %d, \"bar_ms\": %.1f", name, psb_cpu_name(cpu_flags), runs,
           bar_ms);
    for (int32_t w = 0; w < WAYS; w++) {
        qsort(b.ms[w], (size_t)runs, sizeof(double), compare_times);
        printf(", \"%s\": %.4f", way_names[w], b.ms[w][runs / 2]);
    }
    printf(", \"best_bytes_ms\": %.4f, \"part_of_swscale\": %.3f}\n", b.ms[0][0],
           b.ms[0][runs / 2] / b.ms[2][runs / 2]);
    for (int32_t w = 0; w < WAYS; w++) free(b.ms[w]);
    for (int32_t p = 0; p < 3; p++) free(b.image.plane[p]);
    psb_prepare_fini(&b.prepare);
    sws_freeContext(b.sws);
    free(b.rgb);
}

int main(int argc, char **argv)
{
    uint32_t cpu_flags;
    const long runs = argc > 1 ? strtol(argv[1], NULL, 10) : DEFAULT_RUNS;
    if (runs < 1 || runs > MAX_RUNS || psb_cpu_from_name(&cpu_flags, argc > 2 ? argv[2] : NULL)) {
        fprintf(stderr, "bench_prepare [RUNS [CPU]]\n");
        return 2;
    }
    measure("1080p", 1920, 1080, 0.8, (int32_t)runs, cpu_flags);
    measure("720p", 1280, 720, 0.5, (int32_t)runs, cpu_flags);
    return 0;
}
