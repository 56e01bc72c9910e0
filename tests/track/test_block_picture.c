/* SPDX-License-Identifier: Apache-2.0
 *
 * Pictures for the search: their sizes, light that does not count, a patch that equals its part of the whole, and
 * texture that an edge alone is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cpu.h"
#include "picture.h"
#include "track/block_picture.h"

typedef struct made {
    psb_arena arena;
    psb_block_maker maker;
    psb_block_picture picture;
} made;

static void make(made *out, psb_frame *frame)
{
    const psb_image image = psb_frame_image(frame);
    *out = (made){.maker = {psb_decimate_u8_pick(psb_cpu_detect()), psb_sad_u8_pick(psb_cpu_detect()),
                            psb_block_sizes_of(image.width, image.height), NULL, NULL, NULL}};
    const psb_block_sizes *sizes = &out->maker.sizes;
    assert_true(sizes->is_large_enough);
    const size_t size_bytes = psb_block_picture_cost_bytes(sizes) + psb_block_maker_cost_bytes(sizes);
    assert_int_equal(psb_arena_init(&out->arena, size_bytes), PSB_OK);
    psb_block_picture_place(&out->picture, sizes, &out->arena);
    psb_block_maker_place(&out->maker, &out->arena);
    assert_int_equal(out->arena.used_bytes, size_bytes); /* the cost is exact */
    psb_block_picture_make(&out->picture, &out->maker, &image);
}

static void sizes_follow_the_picture(void **state)
{
    (void)state;
    static const struct {
        int32_t width, height, side;
        bool is_large_enough;
    } cases[] = {{1920, 1080, 4, true},    {3840, 2160, 8, true}, {640, 480, 2, true},
                 {1224, 370, 2, true},     {320, 240, 1, true},   {100, 100, 1, false},
                 {16384, 16384, 64, true}, {16384, 16, 2, false}, {1, 1, 1, false}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const psb_block_sizes sizes = psb_block_sizes_of(cases[i].width, cases[i].height);
        assert_int_equal(sizes.side, cases[i].side);
        assert_int_equal(sizes.is_large_enough, cases[i].is_large_enough);
        assert_true(sizes.fine_width * sizes.side <= cases[i].width);
        assert_true(sizes.coarse_height * PSB_COARSE_SIDE <= sizes.fine_height);
    }
}

static void a_patch_equals_its_part_of_the_whole(void **state)
{
    (void)state;
    made m;
    uint8_t pixels[PSB_PATCH_SIDE * PSB_PATCH_SIDE];
    psb_block_plane patch = {.pixels = pixels};
    wall_view view;
    wall_view_init(&view, 643, 487);
    psb_frame *frame = wall_view_look(&view, 0);
    make(&m, frame);
    const psb_image image = psb_frame_image(frame);
    const psb_block_grid *grid = &m.picture.fine_grid;
    for (int32_t i = 0; i < grid->columns * grid->rows; i++) {
        const int32_t x = psb_block_grid_x(grid, i), y = psb_block_grid_y(grid, i);
        psb_block_patch_make(&patch, &m.maker, &image, x, y);
        for (int32_t row = 4; row < PSB_PATCH_SIDE - 4; row++)
            assert_memory_equal(pixels + row * PSB_PATCH_SIDE + 4,
                                m.picture.fine.pixels + (y - 8 + row) * m.picture.fine.stride_bytes + x - 8 + 4,
                                PSB_PATCH_SIDE - 8);
    }
    psb_arena_fini(&m.arena);
    psb_frame_unref(&frame);
}

/* A level more or less everywhere leaves the picture as it was; the edge and the margin are grey. */
static void light_does_not_count(void **state)
{
    (void)state;
    made dark, bright;
    wall_view view;
    wall_view_init(&view, 640, 480);
    psb_frame *frame = wall_view_look(&view, 0);
    make(&dark, frame);
    const psb_image image = psb_frame_image(frame);
    for (int32_t y = 0; y < image.height; y++)
        for (int32_t x = 0; x < image.width; x++) image.plane[0][y * image.stride_bytes[0] + x] += 7;
    make(&bright, frame);
    const psb_block_plane *a = &dark.picture.fine, *b = &bright.picture.fine;
    for (int32_t y = -PSB_PLANE_MARGIN; y < a->height + PSB_PLANE_MARGIN; y++)
        for (int32_t x = -PSB_PLANE_MARGIN; x < a->width + PSB_PLANE_MARGIN; x++) {
            const ptrdiff_t at = y * a->stride_bytes + x;
            assert_int_equal(a->pixels[at], b->pixels[at]);
            if (x < 4 || y < 4 || x >= a->width - 4 || y >= a->height - 4) assert_int_equal(a->pixels[at], 128);
        }
    psb_arena_fini(&dark.arena);
    psb_arena_fini(&bright.arena);
    psb_frame_unref(&frame);
}

static void an_edge_alone_is_no_texture(void **state)
{
    (void)state;
    made m;
    const psb_image shape = {.format = PSB_PIXEL_GREY, .width = 640, .height = 480};
    psb_frame *frame = NULL;
    assert_int_equal(psb_frame_create(&frame, &shape, 0, 0), PSB_OK);
    const psb_image image = psb_frame_image(frame);
    for (int32_t y = 0; y < 480; y++) /* stripes, and a corner of a square in the lower right */
        for (int32_t x = 0; x < 640; x++)
            image.plane[0][y * image.stride_bytes[0] + x] = x > 480 && y > 400 ? 250 : x / 20 % 2 ? 60 : 180;
    make(&m, frame);
    psb_block_picture_find_texture(&m.picture);
    const psb_block_grid *grid = &m.picture.fine_grid;
    float most = 0;
    for (int32_t i = 0; i < grid->columns * grid->rows; i++) {
        if (psb_block_grid_y(grid, i) < 160) assert_true(grid->texture[i] < 1);
        if (grid->texture[i] > most) most = grid->texture[i];
    }
    assert_true(most > 100);
    psb_arena_fini(&m.arena);
    psb_frame_unref(&frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_follow_the_picture),
        cmocka_unit_test(a_patch_equals_its_part_of_the_whole),
        cmocka_unit_test(light_does_not_count),
        cmocka_unit_test(an_edge_alone_is_no_texture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
