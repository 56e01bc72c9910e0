/* SPDX-License-Identifier: Apache-2.0
 *
 * Fill and pixelation: every format, odd sizes, wide strides, random regions. What is outside is untouched to the last
 * row and column; what is inside is the fill, or its block's mean and nothing else of the source; blocks are as coarse
 * as promised and move with the region; overlaps, nonsense and failing memory uncover nothing.
 */
#include "privacy/redact.h"

#include "alloc_count.h"
#include "picture.h"

static const psb_pixel_format formats[] = {PSB_PIXEL_GREY, PSB_PIXEL_YUV420, PSB_PIXEL_YUV422, PSB_PIXEL_YUV444};
static const int32_t sizes[][2] = {{1, 1}, {2, 1}, {1, 3}, {7, 5}, {16, 16}, {33, 47}, {64, 31}, {101, 77}};

typedef void (*check_fn)(psb_redactor *redactor, picture *source, psb_rng *rng);

static void for_all_pictures(check_fn check)
{
    psb_rng rng;
    psb_redactor *redactor = NULL;
    psb_rng_init(&rng, 1);
    assert_int_equal(psb_redactor_create(&redactor), PSB_OK);
    for (size_t format_i = 0; format_i < sizeof(formats) / sizeof(formats[0]); format_i++)
        for (size_t size_i = 0; size_i < sizeof(sizes) / sizeof(sizes[0]); size_i++)
            for (int32_t pad_bytes = 0; pad_bytes < 38; pad_bytes += 37) {
                picture source;
                picture_init(&source, formats[format_i], sizes[size_i][0], sizes[size_i][1], pad_bytes);
                for (int round = 0; round < 20; round++) {
                    source.image.range = round % 2 ? PSB_RANGE_FULL : PSB_RANGE_LIMITED;
                    picture_randomize(&source, &rng);
                    check(redactor, &source, &rng);
                }
                picture_fini(&source);
            }
    psb_redactor_destroy(&redactor);
    assert_null(redactor);
}

static void redacted_copy(picture *out, psb_redactor *redactor, const picture *source, const psb_regions *regions,
                          psb_redact_mode mode)
{
    const psb_image *like = &source->image;
    picture_init(out, like->format, like->width, like->height,
                 (int32_t)like->stride_bytes[0] - psb_image_plane_width(like, 0));
    out->image.range = like->range;
    picture_copy(out, source);
    assert_int_equal(psb_redactor_apply(redactor, &out->image, regions, mode), PSB_OK);
    assert_guards_whole(out);
}

static void check_fill(psb_redactor *redactor, picture *source, psb_rng *rng)
{
    psb_box region = random_region(rng, source->image.width, source->image.height);
    const psb_regions regions = one_region(&region);
    picture result;
    redacted_copy(&result, redactor, source, &regions, PSB_REDACT_FILL);
    for (int32_t i = 0; i < psb_image_plane_count(source->image.format); i++)
        for (int32_t y = 0; y < psb_image_plane_height(&source->image, i); y++)
            for (int32_t x = 0; x < psb_image_plane_width(&source->image, i); x++) {
                const int is_in = is_sample_in(&source->image, i, region, x, y);
                const uint8_t expected =
                    is_in ? psb_redact_fill_sample(&source->image, i) : *sample_at(source, i, x, y);
                assert_int_equal(*sample_at(&result, i, x, y), expected);
            }
    picture_fini(&result);
}

static void fill_is_exact(void **state)
{
    (void)state;
    for_all_pictures(check_fill);
}

static uint8_t mean_of_block(const picture *at, int32_t plane_i, block part)
{
    int64_t sum = 0;
    const int64_t count = (int64_t)(part.x1 - part.x0) * (part.y1 - part.y0);
    for (int32_t y = part.y0; y < part.y1; y++)
        for (int32_t x = part.x0; x < part.x1; x++) sum += *sample_at(at, plane_i, x, y);
    return (uint8_t)((2 * sum + count) / (2 * count));
}

/* A block that the picture's edge does not cut is at least 0.4 of the region's width, both ways. */
static void assert_coarse(const picture *at, int32_t plane_i, psb_box region, block part)
{
    const psb_image *image = &at->image;
    const float least_px = 0.4f * (region.x1_px - region.x0_px);
    const float wide_px = (float)((part.x1 - part.x0) * step_x(image->format, plane_i));
    const float high_px = (float)((part.y1 - part.y0) * step_y(image->format, plane_i));
    const float tall_px = region.y1_px - region.y0_px;
    const int is_cut_x = part.x0 == 0 || part.x1 == psb_image_plane_width(image, plane_i);
    const int is_cut_y = part.y0 == 0 || part.y1 == psb_image_plane_height(image, plane_i);
    if (!is_cut_x) assert_true(wide_px >= least_px);
    if (!is_cut_y) assert_true(high_px >= fminf(least_px, tall_px));
}

static void check_pixelate(psb_redactor *redactor, picture *source, psb_rng *rng)
{
    psb_box region = random_region(rng, source->image.width, source->image.height);
    const psb_regions regions = one_region(&region);
    picture result;
    redacted_copy(&result, redactor, source, &regions, PSB_REDACT_PIXELATE);
    for (int32_t i = 0; i < psb_image_plane_count(source->image.format); i++) {
        block blocks[1024];
        const int32_t count = find_blocks(blocks, 1024, redactor, source, i, region);
        assert_true(count < 1024);
        for (int32_t k = 0; k < count; k++) {
            const uint8_t mean = mean_of_block(source, i, blocks[k]);
            assert_coarse(source, i, region, blocks[k]);
            for (int32_t y = blocks[k].y0; y < blocks[k].y1; y++)
                for (int32_t x = blocks[k].x0; x < blocks[k].x1; x++)
                    assert_int_equal(*sample_at(&result, i, x, y), mean);
        }
        for (int32_t y = 0; y < psb_image_plane_height(&source->image, i); y++)
            for (int32_t x = 0; x < psb_image_plane_width(&source->image, i); x++)
                if (!is_sample_in(&source->image, i, region, x, y))
                    assert_int_equal(*sample_at(&result, i, x, y), *sample_at(source, i, x, y));
    }
    picture_fini(&result);
}

static void pixelation_is_block_means(void **state)
{
    (void)state;
    for_all_pictures(check_pixelate);
}

static void shuffle_block(picture *at, int32_t plane_i, block part, psb_rng *rng)
{
    const int32_t width = part.x1 - part.x0, height = part.y1 - part.y0;
    for (int32_t k = 0; k < 2 * width * height; k++) {
        uint8_t *a = sample_at(at, plane_i, part.x0 + (int32_t)psb_rng_below(rng, (uint64_t)width),
                               part.y0 + (int32_t)psb_rng_below(rng, (uint64_t)height));
        uint8_t *b = sample_at(at, plane_i, part.x0 + (int32_t)psb_rng_below(rng, (uint64_t)width),
                               part.y0 + (int32_t)psb_rng_below(rng, (uint64_t)height));
        const uint8_t kept = *a;
        *a = *b;
        *b = kept;
    }
}

/* Samples that change places within a block of the finer of two overlapping regions change nothing anywhere. */
static void check_overlap(psb_redactor *redactor, picture *source, psb_rng *rng, psb_redact_mode mode)
{
    psb_box a = random_region(rng, source->image.width, source->image.height);
    psb_box b = random_region(rng, source->image.width, source->image.height);
    if (b.x1_px - b.x0_px < a.x1_px - a.x0_px + 4) b.x1_px = b.x0_px + (a.x1_px - a.x0_px) + 4;
    float x0[2] = {a.x0_px, b.x0_px}, y0[2] = {a.y0_px, b.y0_px}, x1[2] = {a.x1_px, b.x1_px},
          y1[2] = {a.y1_px, b.y1_px};
    float x0_swapped[2] = {b.x0_px, a.x0_px}, y0_swapped[2] = {b.y0_px, a.y0_px};
    float x1_swapped[2] = {b.x1_px, a.x1_px}, y1_swapped[2] = {b.y1_px, a.y1_px};
    const psb_regions regions = {2, 2, x0, y0, x1, y1};
    const psb_regions swapped = {2, 2, x0_swapped, y0_swapped, x1_swapped, y1_swapped};

    picture before, after, in_other_order;
    redacted_copy(&before, redactor, source, &regions, mode);
    redacted_copy(&in_other_order, redactor, source, &swapped, mode);
    for (int32_t i = 0; i < psb_image_plane_count(source->image.format); i++) {
        block blocks[1024];
        const int32_t count = find_blocks(blocks, 1024, redactor, source, i, a);
        for (int32_t k = 0; k < count; k++) shuffle_block(source, i, blocks[k], rng);
    }
    redacted_copy(&after, redactor, source, &regions, mode);
    for (int32_t i = 0; i < psb_image_plane_count(source->image.format); i++) {
        assert_memory_equal(before.memory[i], after.memory[i], before.memory_bytes[i]);
        assert_memory_equal(before.memory[i], in_other_order.memory[i], before.memory_bytes[i]);
    }
    picture_fini(&before);
    picture_fini(&after);
    picture_fini(&in_other_order);
}

static void check_overlap_pixelated(psb_redactor *redactor, picture *source, psb_rng *rng)
{
    check_overlap(redactor, source, rng, PSB_REDACT_PIXELATE);
}

static void check_overlap_blurred(psb_redactor *redactor, picture *source, psb_rng *rng)
{
    check_overlap(redactor, source, rng, PSB_REDACT_BLUR);
}

static void overlaps_leak_nothing(void **state)
{
    (void)state;
    for_all_pictures(check_overlap_pixelated);
    for_all_pictures(check_overlap_blurred);
}

/* A person who moves by whole chroma samples takes blocks and their values along. */
static void grid_moves_with_the_region(void **state)
{
    (void)state;
    psb_rng rng;
    psb_redactor *redactor = NULL;
    picture texture, source, result, first;
    psb_rng_init(&rng, 7);
    assert_int_equal(psb_redactor_create(&redactor), PSB_OK);
    picture_init(&texture, PSB_PIXEL_YUV420, 40, 60, 0);
    picture_init(&first, PSB_PIXEL_YUV420, 40, 60, 0);
    picture_randomize(&texture, &rng);
    for (int32_t shift = 0; shift < 20; shift += 2) {
        picture_init(&source, PSB_PIXEL_YUV420, 100, 100, 0);
        picture_randomize(&source, &rng);
        for (int32_t i = 0; i < 3; i++)
            for (int32_t y = 0; y < psb_image_plane_height(&texture.image, i); y++)
                memcpy(
                    sample_at(&source, i, shift / step_x(PSB_PIXEL_YUV420, i), y + shift / step_y(PSB_PIXEL_YUV420, i)),
                    sample_at(&texture, i, 0, y), (size_t)psb_image_plane_width(&texture.image, i));
        psb_box region = {(float)shift + 0.3f, (float)shift + 0.6f, (float)shift + 39.2f, (float)shift + 59.1f};
        const psb_regions regions = one_region(&region);
        redacted_copy(&result, redactor, &source, &regions, PSB_REDACT_PIXELATE);
        for (int32_t i = 0; i < 3; i++)
            for (int32_t y = 0; y < psb_image_plane_height(&texture.image, i); y++)
                for (int32_t x = 0; x < psb_image_plane_width(&texture.image, i); x++) {
                    const uint8_t found = *sample_at(&result, i, x + shift / step_x(PSB_PIXEL_YUV420, i),
                                                     y + shift / step_y(PSB_PIXEL_YUV420, i));
                    if (shift == 0) *sample_at(&first, i, x, y) = found;
                    assert_int_equal(found, *sample_at(&first, i, x, y));
                }
        picture_fini(&source);
        picture_fini(&result);
    }
    picture_fini(&texture);
    picture_fini(&first);
    psb_redactor_destroy(&redactor);
}

static void assert_all_filled(const picture *at)
{
    for (int32_t i = 0; i < psb_image_plane_count(at->image.format); i++)
        for (int32_t y = 0; y < psb_image_plane_height(&at->image, i); y++)
            for (int32_t x = 0; x < psb_image_plane_width(&at->image, i); x++)
                assert_int_equal(*sample_at(at, i, x, y), psb_redact_fill_sample(&at->image, i));
}

static void check_nonsense(psb_redactor *redactor, picture *source, psb_rng *rng)
{
    const float bad[] = {NAN, INFINITY, -INFINITY};
    const float w = (float)source->image.width, h = (float)source->image.height;
    for (int corner = 0; corner < 12; corner++) {
        float c[4] = {0.4f * w, 0.4f * h, 0.5f * w, 0.5f * h};
        c[corner % 4] = bad[corner / 4];
        psb_box region = {c[0], c[1], c[2], c[3]};
        const psb_regions regions = one_region(&region);
        picture result;
        redacted_copy(&result, redactor, source, &regions, PSB_REDACT_FILL);
        assert_all_filled(&result);
        picture_fini(&result);
    }
    psb_box huge = {-3e38f, -3e38f, 3e38f, 3e38f}, outside = {w + 2, 0, 1e30f, h};
    const psb_regions all = one_region(&huge), none = one_region(&outside);
    picture filled, same, inverted, right;
    redacted_copy(&filled, redactor, source, &all, PSB_REDACT_FILL);
    assert_all_filled(&filled);
    redacted_copy(&same, redactor, source, &none, PSB_REDACT_FILL);
    for (int32_t i = 0; i < psb_image_plane_count(source->image.format); i++)
        assert_memory_equal(same.memory[i], source->memory[i], source->memory_bytes[i]);

    psb_box region = random_region(rng, source->image.width, source->image.height);
    psb_box turned = {region.x1_px, region.y1_px, region.x0_px, region.y0_px};
    const psb_regions as_is = one_region(&region), as_turned = one_region(&turned);
    redacted_copy(&right, redactor, source, &as_is, PSB_REDACT_PIXELATE);
    redacted_copy(&inverted, redactor, source, &as_turned, PSB_REDACT_PIXELATE);
    for (int32_t i = 0; i < psb_image_plane_count(source->image.format); i++)
        assert_memory_equal(right.memory[i], inverted.memory[i], right.memory_bytes[i]);
    picture_fini(&filled);
    picture_fini(&same);
    picture_fini(&right);
    picture_fini(&inverted);
}

static void nonsense_covers_more_not_less(void **state)
{
    (void)state;
    for_all_pictures(check_nonsense);
}

static void check_withhold(psb_redactor *redactor, picture *source, psb_rng *rng)
{
    (void)redactor;
    (void)rng;
    psb_redactor_withhold(&source->image);
    assert_all_filled(source);
    assert_guards_whole(source);
}

static void withheld_frames_show_nothing(void **state)
{
    (void)state;
    for_all_pictures(check_withhold);
}

static void none_touches_nothing(void **state)
{
    (void)state;
    psb_rng rng;
    psb_redactor *redactor = NULL;
    picture source, result;
    psb_box region = {0, 0, 30, 30};
    const psb_regions regions = one_region(&region), empty = {0};
    psb_rng_init(&rng, 3);
    assert_int_equal(psb_redactor_create(&redactor), PSB_OK);
    picture_init(&source, PSB_PIXEL_YUV420, 40, 40, 0);
    picture_randomize(&source, &rng);
    redacted_copy(&result, redactor, &source, &regions, PSB_REDACT_NONE);
    assert_memory_equal(result.memory[0], source.memory[0], source.memory_bytes[0]);
    assert_int_equal(psb_redactor_apply(redactor, &result.image, &empty, PSB_REDACT_FILL), PSB_OK);
    assert_memory_equal(result.memory[0], source.memory[0], source.memory_bytes[0]);
    picture_fini(&source);
    picture_fini(&result);
    psb_redactor_destroy(&redactor);
}

/* The n-th allocation fails: the picture is filled, whole; the redactor works again afterwards. */
static void failing_memory_uncovers_nothing(void **state)
{
    (void)state;
    psb_box region = {3, 3, 20, 40};
    const psb_regions regions = one_region(&region);
    for (int64_t n = 1;; n++) {
        psb_redactor *redactor = NULL;
        picture source;
        assert_int_equal(psb_redactor_create(&redactor), PSB_OK);
        picture_init(&source, PSB_PIXEL_YUV420, 51, 43, 0);
        alloc_count_fail_at(n);
        const psb_status status = psb_redactor_apply(redactor, &source.image, &regions, PSB_REDACT_BLUR);
        const bool has_failed = alloc_count_has_failed();
        alloc_count_reset();
        assert_int_equal(status, has_failed ? PSB_NO_MEMORY : PSB_OK);
        if (has_failed) {
            assert_all_filled(&source);
            assert_int_equal(psb_redactor_apply(redactor, &source.image, &regions, PSB_REDACT_BLUR), PSB_OK);
        }
        picture_fini(&source);
        psb_redactor_destroy(&redactor);
        if (!has_failed) break;
    }
}

static void nothing_is_allocated_once_warm(void **state)
{
    (void)state;
    psb_rng rng;
    psb_redactor *redactor = NULL;
    picture source;
    psb_rng_init(&rng, 4);
    assert_int_equal(psb_redactor_create(&redactor), PSB_OK);
    picture_init(&source, PSB_PIXEL_YUV420, 101, 77, 0);
    for (int round = 0; round < 50; round++) {
        psb_box region = random_region(&rng, 101, 77);
        const psb_regions regions = one_region(&region);
        assert_int_equal(psb_redactor_apply(redactor, &source.image, &regions, PSB_REDACT_BLUR), PSB_OK);
        if (round == 0) alloc_count_reset();
    }
    assert_int_equal(alloc_count_now(), 0);
    picture_fini(&source);
    psb_redactor_destroy(&redactor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fill_is_exact),
        cmocka_unit_test(pixelation_is_block_means),
        cmocka_unit_test(overlaps_leak_nothing),
        cmocka_unit_test(grid_moves_with_the_region),
        cmocka_unit_test(nonsense_covers_more_not_less),
        cmocka_unit_test(withheld_frames_show_nothing),
        cmocka_unit_test(none_touches_nothing),
        cmocka_unit_test(failing_memory_uncovers_nothing),
        cmocka_unit_test(nothing_is_allocated_once_warm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
