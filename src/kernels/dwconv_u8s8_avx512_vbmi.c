/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise integer convolution for AVX-512 with VNNI and VBMI, at strides of 1 and 2: 5x5, and 3x3 of channels that
 * do not fill vectors of 64 (dw_is_sliced). Anything else is dwconv_u8s8_wide_int.h's.
 *
 * vpdpbusd adds four products to a lane. The four are neighbours in a row: a quad holds four pixels of sixteen
 * channels, made by one vpermb, and serves every output whose window it meets, each with weights moved by as many
 * bytes as the output lies off (dwconv_u8s8.c packs a vector for every such shift). A strip of four outputs side by
 * side is walked down the picture: each row's quads are made once and enter all sums that they belong to, and sums,
 * and at 3x3 the weights, stay in registers. Strips at the side edges read the nearest pixels instead of those
 * outside, and have their bytes replaced by in_zero as the quad is made; rows outside are quads of in_zero.
 */
#include "kernels/dwconv_u8s8.h"

#include <immintrin.h>

#include <stdbool.h>
#include <string.h>

#include "base/compiler.h"
#include "kernels/dwconv_u8s8_slices_int.h"
#include "kernels/dwconv_u8s8_wide_int.h"
#include "kernels/look_up_avx512_int.h"

enum {
    OUTPUTS = DW_SLICE_OUTPUTS,
    SLICE = DW_SLICE_CHANNELS,
    VECTOR_BYTES = 64,
    PIXELS = 4, /* of a quad */
    MOST_QUADS = 4,
    MOST_ROWS = 5, /* of the output under way */
};

/* How a quad's pixels are fetched. */
typedef enum slice_fetch {
    SLICE_DENSE, /* pixels are sixteen bytes without gaps */
    SLICE_SPREAD,
    SLICE_CAREFUL, /* some lie outside, or there are fewer channels than lanes */
} slice_fetch;

/* A kernel of KxK at a stride; a constant in each walk. */
typedef struct slice_form {
    int32_t size, stride;
} slice_form;

PSB_ALWAYS_INLINE int32_t rows_under_way(const slice_form form)
{
    return (form.size + form.stride - 1) / form.stride;
}

/* What all strips share. */
typedef struct slice_job {
    const psb_dwconv_u8s8_args *args;
    __m512i pad, order; /* four pixels of sixteen channels to sixteen channels of four pixels */
    __m512i zero, low, high;
    bool is_limited; /* to less than 0..255 */
    byte_table table;
    const channel_tables *several; /* or NULL; in the place of the table */
} slice_job;

typedef struct slice_strip {
    const uint8_t *in; /* row 0 of the slice: at the first quad's pixel, or, where careful, at the row's first pixel */
    uint8_t *out;
    const unsigned char *packed; /* the slice's */
    int32_t outputs;             /* that exist, 1 .. OUTPUTS */
    __mmask16 channels;
    size_t pixel[MOST_QUADS][PIXELS]; /* careful: offsets in a row */
    __mmask64 outside[MOST_QUADS];    /* careful: bytes of a quad that are padding */
} slice_strip;

PSB_ALWAYS_INLINE __m512i slice_products(__m512i sum, __m512i bytes, const unsigned char *weights)
{
    PSB_ASM("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(bytes), "m"(*(const unsigned char(*)[VECTOR_BYTES])weights));
    return sum;
}

PSB_ALWAYS_INLINE __m512i four_of_16(__m128i p0, __m128i p1, __m128i p2, __m128i p3)
{
    __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(p0), p1, 1);
    __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(p2), p3, 1);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

PSB_ALWAYS_INLINE __m128i load_16(const uint8_t *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* Reads the rows of a strip from top to bottom; as dw_rows in dwconv_u8s8_wide_int.h. */
typedef struct slice_rows {
    const uint8_t *in;
    size_t row, pixel;
    ptrdiff_t at;
    uint32_t y, height;
    __m512i pad, order; /* four pixels of sixteen channels to sixteen channels of four pixels */
} slice_rows;

/* Quad q of a row of the picture. */
PSB_ALWAYS_INLINE __m512i quad_of(const slice_rows *rows, const slice_strip *strip, const uint8_t *row, const int32_t q,
                                  const slice_form form, const slice_fetch how)
{
    const size_t step = rows->pixel;
    const uint8_t *first = row + (size_t)dw_quad_pixel(form.size, q) * step;
    if (how == SLICE_DENSE) return _mm512_permutexvar_epi8(rows->order, _mm512_loadu_si512(first));
    if (how == SLICE_SPREAD)
        return _mm512_permutexvar_epi8(rows->order, four_of_16(load_16(first), load_16(first + step),
                                                               load_16(first + 2 * step), load_16(first + 3 * step)));
    const size_t *at = strip->pixel[q];
    const __mmask16 channels = strip->channels;
    const __m512i bytes =
        four_of_16(_mm_maskz_loadu_epi8(channels, row + at[0]), _mm_maskz_loadu_epi8(channels, row + at[1]),
                   _mm_maskz_loadu_epi8(channels, row + at[2]), _mm_maskz_loadu_epi8(channels, row + at[3]));
    return _mm512_mask_permutexvar_epi8(rows->pad, ~strip->outside[q], rows->order, bytes);
}

PSB_ALWAYS_INLINE void next_row(__m512i *quads, slice_rows *rows, const slice_strip *strip, const slice_form form,
                                const slice_fetch how)
{
    const int32_t count = dw_quad_count(form.size, form.stride);
    const uint8_t *row = rows->in + rows->at;
    const bool is_outside = rows->y >= rows->height; /* rows above are huge numbers */
    rows->at += (ptrdiff_t)rows->row;
    rows->y++;
    PSB_UNROLL
    for (int32_t q = 0; q < count; q++) quads[q] = is_outside ? rows->pad : quad_of(rows, strip, row, q, form, how);
}

/* Row ky of the kernel into the sums of one output row. */
PSB_ALWAYS_INLINE void add_row(__m512i *sums, const __m512i *quads, const unsigned char *weights, const int32_t ky,
                               const slice_form form)
{
    const int32_t shifts = dw_shift_count(form.size, form.stride);
    PSB_UNROLL
    for (int32_t p = 0; p < OUTPUTS; p++) {
        PSB_UNROLL
        for (int32_t i = 0; i < dw_quads_of_output(form.size); i++) {
            const int32_t q = dw_quad_of_output(form.size, form.stride, p, i);
            const int32_t shift = dw_quad_pixel(form.size, q) - p * form.stride;
            const int32_t vector = ky * shifts + dw_shift_place(form.size, form.stride, shift);
            sums[p] = slice_products(sums[p], quads[q], weights + vector * VECTOR_BYTES);
        }
    }
}

/* The sums of four outputs as bytes: sixteen channels of each, one output after another. */
PSB_ALWAYS_INLINE __m512i slice_bytes(const slice_job *job, const __m512i *sums, __m512 multiplier)
{
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    __m512i q[OUTPUTS];
    PSB_UNROLL
    for (int32_t p = 0; p < OUTPUTS; p++)
        q[p] = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_cvtepi32_ps(sums[p]), multiplier));
    __m512i first = _mm512_adds_epi16(_mm512_packs_epi32(q[0], q[1]), job->zero);
    __m512i second = _mm512_adds_epi16(_mm512_packs_epi32(q[2], q[3]), job->zero);
    __m512i bytes = _mm512_packus_epi16(first, second);
    if (job->is_limited) bytes = _mm512_min_epu8(_mm512_max_epu8(bytes, job->low), job->high);
    bytes = _mm512_permutexvar_epi32(order, bytes);
    if (!job->several) return look_up_bytes(&job->table, bytes);
    look_up_channels(job->several, &bytes, NULL);
    return bytes;
}

PSB_ALWAYS_INLINE void slice_store(uint8_t *out, const slice_strip *strip, size_t pixel, __m512i bytes,
                                   const slice_fetch how)
{
    const __m128i part[OUTPUTS] = {_mm512_castsi512_si128(bytes), _mm512_extracti32x4_epi32(bytes, 1),
                                   _mm512_extracti32x4_epi32(bytes, 2), _mm512_extracti32x4_epi32(bytes, 3)};
    if (how == SLICE_CAREFUL) {
        PSB_UNROLL
        for (int32_t p = 0; p < OUTPUTS; p++)
            if (p < strip->outputs) _mm_mask_storeu_epi8(out + (size_t)p * pixel, strip->channels, part[p]);
    } else if (how == SLICE_DENSE && pixel == SLICE) {
        _mm512_storeu_si512(out, bytes);
    } else {
        PSB_UNROLL
        for (int32_t p = 0; p < OUTPUTS; p++) _mm_storeu_si128((__m128i *)(void *)(out + (size_t)p * pixel), part[p]);
    }
}

/* A strip on its way from top to bottom. */
typedef struct slice_walk {
    const slice_job *job;
    const slice_strip *strip;
    slice_rows rows;
    const unsigned char *weights;
    uint8_t *out;
    size_t out_row, out_pixel;
    __m512i bias;
    __m512 multiplier;
    int32_t round, rounds;
    __m512i sums[MOST_ROWS][OUTPUTS]; /* of the output rows under way */
} slice_walk;

/* One row of the input, or two at stride 2, as walk_round in dwconv_u8s8_wide_int.h. */
PSB_ALWAYS_INLINE bool slice_round(slice_walk *walk, const int32_t turn, const slice_form form, const slice_fetch how)
{
    const int32_t rows = rows_under_way(form);
    __m512i quads[MOST_QUADS];
    PSB_ASM("" : "+r"(walk->weights)); /* else gcc keeps the address of every vector: it has no registers for them */
    PSB_UNROLL
    for (int32_t p = 0; p < OUTPUTS; p++) walk->sums[(rows - 1 + turn) % rows][p] = walk->bias;
    PSB_UNROLL
    for (int32_t i = 0; i < form.stride; i++) {
        next_row(quads, &walk->rows, walk->strip, form, how);
        PSB_UNROLL
        for (int32_t r = 0; r < rows; r++) {
            const int32_t ky = (rows - 1 - r) * form.stride + i;
            if (ky < form.size) add_row(walk->sums[(r + turn) % rows], quads, walk->weights, ky, form);
        }
    }
    if (walk->round >= rows - 1) {
        slice_store(walk->out, walk->strip, walk->out_pixel, slice_bytes(walk->job, walk->sums[turn], walk->multiplier),
                    how);
        walk->out += walk->out_row;
    }
    return ++walk->round == walk->rounds;
}

PSB_ALWAYS_INLINE void walk_strip(const slice_job *job, const slice_strip *strip, const slice_form form,
                                  const slice_fetch how)
{
    const slice_job own = *job;
    const psb_window *w = &job->args->window;
    const int32_t rows = rows_under_way(form);
    slice_walk walk = {.job = &own,
                       .strip = strip,
                       .rows = {.in = strip->in,
                                .row = w->in_row,
                                .pixel = w->in_pixel,
                                .at = -(ptrdiff_t)w->pad_top * (ptrdiff_t)w->in_row,
                                .y = (uint32_t)-w->pad_top,
                                .height = (uint32_t)w->in_height,
                                .pad = job->pad,
                                .order = job->order},
                       .out_row = w->out_row,
                       .out_pixel = w->out_pixel,
                       .weights = strip->packed + DW_SLICE_HEAD_BYTES,
                       .out = strip->out,
                       .bias = _mm512_loadu_si512(strip->packed),
                       .multiplier = _mm512_loadu_ps(strip->packed + VECTOR_BYTES),
                       .rounds = w->out_height + rows - 1};
    PSB_UNROLL
    for (int32_t r = 0; r < rows; r++) {
        PSB_UNROLL
        for (int32_t p = 0; p < OUTPUTS; p++) walk.sums[r][p] = walk.bias;
    }
    for (;;) {
        if (slice_round(&walk, 0, form, how)) break;
        if (slice_round(&walk, 1, form, how)) break;
        if (rows > 2 && slice_round(&walk, 2, form, how)) break;
        if (rows > 3 && slice_round(&walk, 3, form, how)) break;
        if (rows > 4 && slice_round(&walk, 4, form, how)) break;
    }
}

typedef void slice_walk_fn(const slice_job *job, const slice_strip *strip);

#define X(name, size, stride, how)                                                                                     \
    static void name(const slice_job *job, const slice_strip *strip)                                                   \
    {                                                                                                                  \
        walk_strip(job, strip, (slice_form){size, stride}, how);                                                       \
    }
X(walk_3_1_dense, 3, 1, SLICE_DENSE)
X(walk_3_1_spread, 3, 1, SLICE_SPREAD)
X(walk_3_1_careful, 3, 1, SLICE_CAREFUL)
X(walk_3_2_dense, 3, 2, SLICE_DENSE)
X(walk_3_2_spread, 3, 2, SLICE_SPREAD)
X(walk_3_2_careful, 3, 2, SLICE_CAREFUL)
X(walk_5_1_dense, 5, 1, SLICE_DENSE)
X(walk_5_1_spread, 5, 1, SLICE_SPREAD)
X(walk_5_1_careful, 5, 1, SLICE_CAREFUL)
X(walk_5_2_dense, 5, 2, SLICE_DENSE)
X(walk_5_2_spread, 5, 2, SLICE_SPREAD)
X(walk_5_2_careful, 5, 2, SLICE_CAREFUL)
#undef X

/* [kernel 5][stride 2][fetch] */
static slice_walk_fn *const walks[2][2][3] = {
    {{walk_3_1_dense, walk_3_1_spread, walk_3_1_careful}, {walk_3_2_dense, walk_3_2_spread, walk_3_2_careful}},
    {{walk_5_1_dense, walk_5_1_spread, walk_5_1_careful}, {walk_5_2_dense, walk_5_2_spread, walk_5_2_careful}},
};

/* Whether all that the quads of outputs x .. x + 3 hold lies in the row. */
static bool is_inside(const psb_window *w, int32_t x)
{
    const int32_t last = dw_quad_pixel(w->kernel_width, dw_quad_count(w->kernel_width, w->stride_x) - 1);
    const int32_t in_x = x * w->stride_x - w->pad_left;
    return in_x >= 0 && in_x + last + PIXELS <= w->in_width && x + OUTPUTS <= w->out_width;
}

static void find_pixels(slice_strip *strip, const psb_window *w, int32_t in_x)
{
    for (int32_t q = 0; q < dw_quad_count(w->kernel_width, w->stride_x); q++) {
        strip->outside[q] = 0;
        for (int32_t i = 0; i < PIXELS; i++) {
            int32_t x = in_x + dw_quad_pixel(w->kernel_width, q) + i;
            if (x < 0 || x >= w->in_width) strip->outside[q] |= UINT64_C(0x1111111111111111) << i;
            if (x < 0) x = 0;
            if (x >= w->in_width) x = w->in_width - 1;
            strip->pixel[q][i] = (size_t)x * w->in_pixel;
        }
    }
}

/* Outputs x .. x + 3 of all channels, a slice at a time; the last slice reaches back where there are no whole ones. */
static void walk_outputs(slice_job *job, int32_t x)
{
    const psb_dwconv_u8s8_args *args = job->args;
    const psb_window *w = &args->window;
    const int32_t in_x = x * w->stride_x - w->pad_left;
    const bool careful = w->channels < SLICE || !is_inside(w, x);
    const slice_fetch how = careful ? SLICE_CAREFUL : w->in_pixel == SLICE ? SLICE_DENSE : SLICE_SPREAD;
    slice_walk_fn *const run = walks[w->kernel_width == 5][w->stride_x == 2][how];
    slice_strip strip = {.packed = args->packed, .outputs = w->out_width - x, .channels = UINT16_MAX};
    if (w->channels < SLICE) strip.channels = (__mmask16)((1u << w->channels) - 1u);
    if (careful) find_pixels(&strip, w, in_x);
    channel_tables tables;
    for (int32_t s = 0; s < dw_slice_count(w->channels); s++) {
        const size_t c = dw_slice_first(w->channels, s);
        strip.in = args->in + c + (careful ? 0 : (size_t)in_x * w->in_pixel);
        strip.out = args->out + c + (size_t)x * w->out_pixel;
        if (args->requant.class_of) {
            find_tables_of_16(&tables, &args->requant, c, strip.channels);
            job->table = byte_table_of(&tables);
            job->several = tables.count > 1 ? &tables : NULL;
        }
        run(job, &strip);
        strip.packed += dw_slice_bytes(w->kernel_width, w->stride_x);
    }
}

void psb_dwconv_u8s8_avx512_vbmi(const psb_dwconv_u8s8_args *args)
{
    const psb_window *w = &args->window;
    const psb_requant_u8 *requant = &args->requant;
    if (!dw_is_sliced(w)) {
        run_wide(args);
        return;
    }
    uint8_t order[VECTOR_BYTES];
    for (int32_t i = 0; i < VECTOR_BYTES; i++) order[i] = (uint8_t)(i % PIXELS * SLICE + i / PIXELS);
    slice_job job = {.args = args,
                     .pad = _mm512_set1_epi8((char)args->in_zero),
                     .order = _mm512_loadu_si512(order),
                     .zero = _mm512_set1_epi16((int16_t)requant->zero),
                     .low = _mm512_set1_epi8((char)requant->low),
                     .high = _mm512_set1_epi8((char)requant->high),
                     .is_limited = requant->low > 0 || requant->high < UINT8_MAX};
    if (!requant->class_of) { /* else slice by slice */
        channel_tables shared;
        find_tables_of_16(&shared, requant, 0, UINT16_MAX);
        job.table = byte_table_of(&shared);
    }
    for (int32_t x = 0; x < w->out_width; x += OUTPUTS) {
        /* The last strip reaches back where it would be cut: what it writes twice is the same. */
        const int32_t last = w->out_width - OUTPUTS;
        walk_outputs(&job, x > last && last > 0 ? last : x);
    }
}
