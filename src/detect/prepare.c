/* SPDX-License-Identifier: Apache-2.0
 *
 * A frame becomes a network's input. For each row of the input two rows of each plane are blended, and that row is read
 * sideways, so that every sample of the source is touched about once and no RGB picture is ever made.
 *
 * Scaling is bilinear with half-pixel centres and without area averaging, as the networks were measured. Chroma is
 * taken by its nearest sample (a luma pixel has that of its 2 x 2 block), as FFmpeg's plain YUV-to-RGB conversion
 * does; each luma pixel's colour is then what is interpolated. Since conversion is linear, it may as well come after
 * the interpolation; only colours outside RGB's cube, clamped after instead of before, can tell the difference.
 *
 * A network that computes in bytes gets them here: its scale and zero point go into the same two factors that
 * normalise, so that quantising costs nothing and no picture in floats is made in between.
 */
#include "detect/prepare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "frame/image.h"

/* round() to the even neighbour at a half: the rule that the descriptors were made with. */
static int32_t round_half_even(double v)
{
    double below = floor(v), rest = v - below;
    if (rest > 0.5 || (rest == 0.5 && fmod(below, 2.0) != 0.0)) below += 1.0;
    return (int32_t)below;
}

/* Within 1..most: a thin picture keeps one pixel. */
static int32_t scaled_side(int32_t side_px, double ratio, int32_t most_px)
{
    int32_t scaled = round_half_even(side_px * ratio);
    return scaled < 1 ? 1 : scaled > most_px ? most_px : scaled;
}

psb_placement psb_placement_of(const psb_descriptor_input *input, int32_t picture_width, int32_t picture_height)
{
    psb_placement p = {.width_px = input->width, .height_px = input->height};
    if (input->is_letterbox) {
        const double ratio = fmin((double)input->width / picture_width, (double)input->height / picture_height);
        p.width_px = scaled_side(picture_width, ratio, input->width);
        p.height_px = scaled_side(picture_height, ratio, input->height);
        if (input->is_centered) {
            p.left_px = (input->width - p.width_px) / 2;
            p.top_px = (input->height - p.height_px) / 2;
        }
    }
    p.scale_x = (double)p.width_px / picture_width;
    p.scale_y = (double)p.height_px / picture_height;
    return p;
}

void psb_placement_take_back(const psb_placement *p, psb_boxes *boxes)
{
    for (int32_t i = 0; i < boxes->count; i++) {
        boxes->x0_px[i] = (float)((boxes->x0_px[i] - p->left_px) / p->scale_x);
        boxes->x1_px[i] = (float)((boxes->x1_px[i] - p->left_px) / p->scale_x);
        boxes->y0_px[i] = (float)((boxes->y0_px[i] - p->top_px) / p->scale_y);
        boxes->y1_px[i] = (float)((boxes->y1_px[i] - p->top_px) / p->scale_y);
    }
}

/* Where pixel i of `to` reads a side of `from` pixels: at *first and the one after it, by *fraction in 0..1 (below 1)
 * of the way; outside the picture the border repeats. */
static void find_source(int32_t *first, double *fraction, int32_t i, int32_t from, int32_t to)
{
    double at = (i + 0.5) * from / to - 0.5;
    if (at <= 0.0) at = 0.0;
    if (at >= from - 1) at = from - 1;
    *first = (int32_t)at;
    *fraction = at - *first;
}

/* Columns of at and weight for `count` pixels that read `from` samples, halved where chroma is. */
static psb_prepare_taps make_taps(int32_t *at, int16_t *weight, int32_t count, int32_t from, int32_t chroma_shift)
{
    for (int32_t i = 0; i < count; i++) {
        int32_t first = 0;
        double fraction = 0.0;
        find_source(&first, &fraction, i, from, count);
        at[i] = first >> chroma_shift;
        /* Two pixels of one chroma sample: all of the weight is that sample's. */
        const double share = (first + 1) >> chroma_shift == at[i] ? 0.0 : fraction;
        weight[2 * i + 1] = (int16_t)lrint(share * PSB_PREPARE_TAP_ONE);
        weight[2 * i] = (int16_t)(PSB_PREPARE_TAP_ONE - weight[2 * i + 1]);
    }
    return (psb_prepare_taps){at, weight};
}

void psb_prepare_init(psb_prepare *out, const psb_descriptor_input *input, uint32_t cpu_flags)
{
    *out = (psb_prepare){.input = input, .kernel = psb_prepare_pick(cpu_flags)};
}

void psb_prepare_fini(psb_prepare *prepare)
{
    free(prepare->memory);
    *prepare = (psb_prepare){0};
}

static size_t whole_lines(size_t size_bytes)
{
    return (size_bytes + 63) / 64 * 64;
}

/* Tables and rows for pictures of another size or format. */
static psb_status resize(psb_prepare *p, const psb_image *image)
{
    const bool is_halved = image->format == PSB_PIXEL_YUV420 || image->format == PSB_PIXEL_YUV422;
    const psb_placement placement = psb_placement_of(p->input, image->width, image->height);
    /* Sides are at most 16384, so no product here is near a bound. Three rows, then two columns of at and of weight. */
    const size_t row_bytes = whole_lines(((size_t)image->width + 1) * sizeof(int16_t));
    const size_t column_bytes = whole_lines((size_t)placement.width_px * sizeof(int32_t));
    const size_t total_bytes = 3 * row_bytes + 4 * column_bytes;
    unsigned char *memory = aligned_alloc(64, total_bytes);
    if (!memory) return psb_fail_memory("tables of a picture's size", total_bytes);
    free(p->memory);
    p->memory = memory;
    memset(memory, 0, total_bytes);
    for (size_t i = 0; i < 3; i++) p->row[i] = (int16_t *)(void *)(memory + i * row_bytes);
    void *column[4];
    for (size_t i = 0; i < 4; i++) column[i] = memory + 3 * row_bytes + i * column_bytes;
    p->luma_taps = make_taps(column[0], column[1], placement.width_px, image->width, 0);
    p->chroma_taps = make_taps(column[2], column[3], placement.width_px, image->width, is_halved);
    /* Grey has no chroma: its rows stay neutral. */
    for (int32_t i = 1; i < 3 && image->format == PSB_PIXEL_GREY; i++)
        for (int32_t x = 0; x <= image->width; x++) p->row[i][x] = 128 * PSB_PREPARE_SAMPLE_ONE;
    p->placement = placement;
    p->width = image->width;
    p->height = image->height;
    p->format = image->format;
    return PSB_OK;
}

/* Factors from sums of taps to normalised channels. kr and kb: ITU-T H.273, table 4. */
static void fill_factors(psb_prepare_row_args *args, const psb_descriptor_input *input, const psb_image *image,
                         const psb_tensor_view *to)
{
    static const double shares[][2] = {[PSB_COLOR_BT601] = {0.299, 0.114},
                                       [PSB_COLOR_BT709] = {0.2126, 0.0722},
                                       [PSB_COLOR_BT2020] = {0.2627, 0.0593}};
    const double kr = shares[image->matrix][0], kb = shares[image->matrix][1], kg = 1.0 - kr - kb;
    const bool is_full = image->range == PSB_RANGE_FULL;
    const double luma = is_full ? 1.0 : 255.0 / 219.0, chroma = is_full ? 1.0 : 255.0 / 224.0;
    const double black = is_full ? 0.0 : 16.0;
    const double unit = 1.0 / ((double)PSB_PREPARE_SAMPLE_ONE * PSB_PREPARE_TAP_ONE);
    const double cb[3] = {0.0, -2.0 * (1.0 - kb) * kb / kg * chroma, 2.0 * (1.0 - kb) * chroma};
    const double cr[3] = {2.0 * (1.0 - kr) * chroma, -2.0 * (1.0 - kr) * kr / kg * chroma, 0.0};
    args->luma_factor = (float)(luma * unit);
    for (int32_t c = 0; c < 3; c++) {
        const int32_t rgb = input->is_rgb ? c : 2 - c;
        args->cb_factor[c] = (float)(cb[rgb] * unit);
        args->cr_factor[c] = (float)(cr[rgb] * unit);
        args->offset[c] = (float)(-black * luma - 128.0 * (cb[rgb] + cr[rgb]));
        args->gain[c] = input->scale / input->std[c];
        args->bias[c] = (0.0f - input->mean[c]) / input->std[c];
        if (!to->bytes) continue;
        args->gain[c] /= to->byte_scale;
        args->bias[c] = args->bias[c] / to->byte_scale + (float)to->byte_zero;
    }
}

/* One blended row of each plane for row y of the placement. */
static void blend_rows(const psb_prepare *p, const psb_image *image, int32_t y)
{
    int32_t first = 0;
    double fraction = 0.0;
    find_source(&first, &fraction, y, image->height, p->placement.height_px);
    const int32_t second = first + 1 < image->height ? first + 1 : first;
    int32_t weight = (int32_t)lrint(fraction * PSB_PREPARE_BLEND_ONE);
    if (weight == PSB_PREPARE_BLEND_ONE) weight--;
    for (int32_t i = 0; i < psb_image_plane_count(image->format); i++) {
        const int32_t shift = i > 0 && image->format == PSB_PIXEL_YUV420, width = psb_image_plane_width(image, i);
        const uint8_t *a = image->plane[i] + (first >> shift) * image->stride_bytes[i];
        const uint8_t *b = image->plane[i] + (second >> shift) * image->stride_bytes[i];
        p->kernel->blend(p->row[i], a, b, weight, width);
        p->row[i][width] = p->row[i][width - 1]; /* a tap's second sample, of weight 0 */
    }
}

/* The grey of a letterbox, in rows y0..y1 and columns x0..x1 of the input. */
static void fill_grey(const psb_descriptor_input *input, const psb_tensor_view *to, int32_t x0, int32_t x1, int32_t y0,
                      int32_t y1)
{
    float grey[3];
    uint8_t bytes[3] = {0};
    for (int32_t c = 0; c < 3; c++) {
        grey[c] = (input->scale * input->pad - input->mean[c]) / input->std[c];
        const float q = to->bytes ? grey[c] / to->byte_scale + (float)to->byte_zero : 0.0f;
        bytes[c] = (uint8_t)lrintf(fminf(fmaxf(q, 0.0f), 255.0f));
    }
    for (int32_t y = y0; y < y1; y++) {
        for (int32_t x = x0; x < x1; x++) {
            const int64_t pixel = y * to->strides[2] + x * to->strides[3];
            for (int32_t c = 0; c < 3 && to->bytes; c++) to->bytes[pixel + c * to->strides[1]] = bytes[c];
            for (int32_t c = 0; c < 3 && to->data; c++) to->data[pixel + c * to->strides[1]] = grey[c];
        }
    }
}

psb_status psb_prepare_run(psb_prepare *p, const psb_tensor_view *to, const psb_image *image)
{
    if (!p->memory || image->width != p->width || image->height != p->height || image->format != p->format) {
        psb_status status = resize(p, image);
        if (status) return status;
    }
    const psb_placement *at = &p->placement;
    const int32_t right = at->left_px + at->width_px, bottom = at->top_px + at->height_px;
    fill_grey(p->input, to, 0, p->input->width, 0, at->top_px);
    fill_grey(p->input, to, 0, at->left_px, at->top_px, bottom);
    fill_grey(p->input, to, right, p->input->width, at->top_px, bottom);
    fill_grey(p->input, to, 0, p->input->width, bottom, p->input->height);

    psb_prepare_row_args args = {.pixel_step = (ptrdiff_t)to->strides[3],
                                 .channel_step = (ptrdiff_t)to->strides[1],
                                 .luma = p->row[0],
                                 .cb = p->row[1],
                                 .cr = p->row[2],
                                 .luma_taps = p->luma_taps,
                                 .chroma_taps = p->chroma_taps,
                                 .width = at->width_px};
    fill_factors(&args, p->input, image, to);
    for (int32_t y = 0; y < at->height_px; y++) {
        const int64_t first = (at->top_px + y) * to->strides[2] + at->left_px * to->strides[3];
        blend_rows(p, image, y);
        if (to->bytes) {
            args.out_u8 = to->bytes + first;
            p->kernel->row_u8(&args);
        } else {
            args.out = to->data + first;
            p->kernel->row(&args);
        }
    }
    return PSB_OK;
}
