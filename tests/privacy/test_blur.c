/* SPDX-License-Identifier: Apache-2.0
 *
 * Blur: the outside is untouched and has no influence, the inside is a smooth picture of the block means and nothing
 * else: samples that change places within a block change nothing.
 */
#include "picture.h"

static void blur_copy(picture *out, psb_redactor *redactor, const picture *source, psb_box region)
{
    const psb_regions regions = one_region(&region);
    picture_init(out, source->image.format, source->image.width, source->image.height, 5);
    picture_copy(out, source);
    assert_int_equal(psb_redactor_apply(redactor, &out->image, &regions, PSB_REDACT_BLUR), PSB_OK);
    assert_guards_whole(out);
}

static void check_region(psb_redactor *redactor, picture *source, psb_box region, psb_rng *rng)
{
    picture before, after;
    blur_copy(&before, redactor, source, region);
    for (int32_t i = 0; i < psb_image_plane_count(source->image.format); i++) {
        block blocks[1024];
        const int32_t count = find_blocks(blocks, 1024, redactor, source, i, region);
        for (int32_t k = 0; k < count; k++) { /* turn each block upside down */
            for (int32_t y = blocks[k].y0, end = blocks[k].y1 - 1; y < end; y++, end--)
                for (int32_t x = blocks[k].x0; x < blocks[k].x1; x++) {
                    const uint8_t kept = *sample_at(source, i, x, y);
                    *sample_at(source, i, x, y) = *sample_at(source, i, x, end);
                    *sample_at(source, i, x, end) = kept;
                }
        }
        for (int32_t y = 0; y < psb_image_plane_height(&source->image, i); y++)
            for (int32_t x = 0; x < psb_image_plane_width(&source->image, i); x++) {
                if (is_sample_in(&source->image, i, region, x, y)) continue;
                assert_int_equal(*sample_at(&before, i, x, y), *sample_at(source, i, x, y));
                *sample_at(source, i, x, y) = (uint8_t)psb_rng_next(rng);
            }
    }
    blur_copy(&after, redactor, source, region);
    for (int32_t i = 0; i < psb_image_plane_count(source->image.format); i++)
        for (int32_t y = 0; y < psb_image_plane_height(&source->image, i); y++)
            for (int32_t x = 0; x < psb_image_plane_width(&source->image, i); x++)
                if (is_sample_in(&source->image, i, region, x, y))
                    assert_int_equal(*sample_at(&after, i, x, y), *sample_at(&before, i, x, y));
    picture_fini(&before);
    picture_fini(&after);
}

static void only_block_means_pass(void **state)
{
    (void)state;
    psb_rng rng;
    psb_redactor *redactor = NULL;
    psb_rng_init(&rng, 11);
    assert_int_equal(psb_redactor_create(&redactor), PSB_OK);
    for (int32_t format = PSB_PIXEL_GREY; format <= PSB_PIXEL_YUV444; format++)
        for (int32_t side = 1; side < 90; side = 2 * side + 1) {
            picture source;
            picture_init(&source, (psb_pixel_format)format, side, side + 6, 5);
            for (int round = 0; round < 30; round++) {
                picture_randomize(&source, &rng);
                check_region(redactor, &source, random_region(&rng, side, side + 6), &rng);
            }
            picture_fini(&source);
        }
    psb_redactor_destroy(&redactor);
}

/* Between two halves, black and white, the result rises gently and evenly: no edge of the source survives. */
static void an_edge_becomes_a_slope(void **state)
{
    (void)state;
    psb_redactor *redactor = NULL;
    picture source, result;
    assert_int_equal(psb_redactor_create(&redactor), PSB_OK);
    picture_init(&source, PSB_PIXEL_GREY, 100, 120, 5);
    for (int32_t y = 0; y < 120; y++)
        for (int32_t x = 0; x < 100; x++) *sample_at(&source, 0, x, y) = x < 50 ? 0 : 255;
    blur_copy(&result, redactor, &source, (psb_box){0, 0, 100, 120});
    for (int32_t y = 0; y < 120; y++)
        for (int32_t x = 1; x < 100; x++) {
            const int rise = (int)*sample_at(&result, 0, x, y) - (int)*sample_at(&result, 0, x - 1, y);
            assert_true(rise >= 0 &&
                        rise <= 7); /* 255 over a triangle of two blocks of 50: 5 a pixel at its steepest */
        }
    assert_in_range(*sample_at(&result, 0, 50, 60), 115, 140);
    picture_fini(&source);
    picture_fini(&result);
    psb_redactor_destroy(&redactor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_block_means_pass),
        cmocka_unit_test(an_edge_becomes_a_slope),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
