/* SPDX-License-Identifier: Apache-2.0
 *
 * Drawing parameters. Sizes favour the edges: one pixel, one channel, one past a vector, a window as large as its
 * picture or larger.
 */
#include "draw.h"

#include <float.h>
#include <math.h>

psb_activation draw_activation(check *c)
{
    psb_activation activation = {.kind = (psb_activation_kind)check_int(c, 0, PSB_ACTIVATION_COUNT - 1)};
    switch (activation.kind) {
    case PSB_ACTIVATION_LEAKY_RELU:
        activation.a = 0.1f;
        break;
    case PSB_ACTIVATION_CLIP:
        activation.b = 6.0f;
        break;
    case PSB_ACTIVATION_HARD_SIGMOID:
        activation.a = 0.2f;
        activation.b = 0.5f;
        break;
    case PSB_ACTIVATION_HARD_SWISH:
        activation.a = 1.0f / 6.0f;
        activation.b = 0.5f;
        break;
    default:
        break;
    }
    return activation;
}

double activation_bound(psb_activation activation, float x, float value)
{
    double hard = (double)FLT_EPSILON * (1.0 + fabs((double)activation.b));
    switch (activation.kind) {
    case PSB_ACTIVATION_SIGMOID:
    case PSB_ACTIVATION_SILU:
        return 4.0 * (double)FLT_EPSILON * fabs((double)value) + 8e-30;
    case PSB_ACTIVATION_HARD_SIGMOID:
        return hard;
    case PSB_ACTIVATION_HARD_SWISH:
        return hard * fabs((double)x);
    default:
        return 0.0;
    }
}

/* One side of a window: kernel, stride, input size, padding before; returns the output size, at least 1. */
static int32_t draw_side(check *c, int32_t max_kernel, int32_t *kernel, int32_t *stride, int32_t *in, int32_t *before)
{
    for (;;) {
        *kernel = check_int(c, 1, max_kernel);
        *stride = check_int(c, 1, 3);
        *in = check_int(c, 1, 24);
        *before = check_int(c, 0, *kernel - 1);
        int32_t after = check_int(c, 0, *kernel - 1);
        int32_t room = *in + *before + after - *kernel;
        if (room < 0) continue;
        int32_t out = room / *stride + 1;
        while (out > 1 && (out - 1) * *stride - *before >= *in) out--; /* every window holds a real pixel */
        return out;
    }
}

psb_window draw_window(check *c, int32_t max_kernel)
{
    psb_window w = {.channels = check_int(c, 1, 40)};
    w.out_height = draw_side(c, max_kernel, &w.kernel_height, &w.stride_y, &w.in_height, &w.pad_top);
    w.out_width = draw_side(c, max_kernel, &w.kernel_width, &w.stride_x, &w.in_width, &w.pad_left);
    if (check_int(c, 0, 1)) { /* square, as networks have them */
        w.kernel_height = w.kernel_width;
        w.stride_y = w.stride_x;
        w.in_height = w.in_width;
        w.pad_top = w.pad_left;
        w.out_height = w.out_width;
    }
    w.in_pixel = (size_t)(w.channels + check_int(c, 0, 1) * check_int(c, 0, 9));
    w.in_row = w.in_pixel * (size_t)w.in_width + (size_t)(check_int(c, 0, 1) * check_int(c, 0, 9));
    w.out_pixel = (size_t)(w.channels + check_int(c, 0, 1) * check_int(c, 0, 9));
    w.out_row = w.out_pixel * (size_t)w.out_width + (size_t)(check_int(c, 0, 1) * check_int(c, 0, 9));
    return w;
}

size_t window_in_count(const psb_window *w)
{
    return (size_t)(w->in_height - 1) * w->in_row + (size_t)(w->in_width - 1) * w->in_pixel + (size_t)w->channels;
}

size_t window_out_count(const psb_window *w, int32_t out_channels)
{
    return (size_t)(w->out_height - 1) * w->out_row + (size_t)(w->out_width - 1) * w->out_pixel + (size_t)out_channels;
}

void draw_describe(check *c, const psb_window *w, int32_t out_channels, psb_activation activation)
{
    check_describe(
        c,
        "in %dx%dx%d row %zu pixel %zu, out %dx%dx%d row %zu pixel %zu, kernel %dx%d stride %d,%d pad %d,%d, "
        "act %s",
        w->in_height, w->in_width, w->channels, w->in_row, w->in_pixel, w->out_height, w->out_width, out_channels,
        w->out_row, w->out_pixel, w->kernel_height, w->kernel_width, w->stride_y, w->stride_x, w->pad_top, w->pad_left,
        psb_activation_name(activation.kind));
}
