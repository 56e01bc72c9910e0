/* SPDX-License-Identifier: Apache-2.0
 *
 * Choosing blocks: the best of each part, none that people cover. Finding them: the place between pixels, none on the
 * rim of what was searched and none that is everywhere alike.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "geometry/boxes.h"
#include "track/block_match.h"

enum { PLACES = 8, COLUMNS = 12, ROWS = 8 };

static void each_part_gives_its_best(void **state)
{
    (void)state;
    float texture[COLUMNS * ROWS];
    const psb_block_grid grid = {COLUMNS, ROWS, PSB_BLOCK_FINE, texture};
    psb_boxes people = {0};
    psb_block_choice choice;
    for (int32_t i = 0; i < COLUMNS * ROWS; i++) texture[i] = (float)(100 + i * 37 % 101);
    texture[0] = 1; /* too little */
    psb_block_choose(&choice, &grid, &people, 2, 2);
    assert_int_equal(choice.count, 2 * PSB_BLOCK_PARTS);
    for (int32_t k = 0; k < choice.count; k++) {
        const int32_t at = choice.block_i[k], column = at % COLUMNS * 4 / COLUMNS, row = at / COLUMNS * 4 / ROWS;
        int32_t better = 0;
        for (int32_t i = 0; i < COLUMNS * ROWS; i++)
            better += i % COLUMNS * 4 / COLUMNS == column && i / COLUMNS * 4 / ROWS == row && texture[i] > texture[at];
        assert_true(better < 2);
        assert_true(at != 0);
        assert_float_equal(choice.weight[k], 0.7071F, 1e-3F);
    }
}

static void people_cover_blocks(void **state)
{
    (void)state;
    float texture[COLUMNS * ROWS];
    const psb_block_grid grid = {COLUMNS, ROWS, PSB_BLOCK_FINE, texture};
    psb_boxes people = {0};
    psb_block_choice choice;
    for (int32_t i = 0; i < COLUMNS * ROWS; i++) texture[i] = 100;
    /* all but the two leftmost columns of blocks, which end at 2 * (8 + 2 * 16) */
    assert_int_equal(psb_boxes_append(&people, (psb_box){80, 0, 1000, 1000}, 1), PSB_OK);
    psb_block_choose(&choice, &grid, &people, 2, PSB_BLOCKS_OF_PART);
    assert_int_equal(choice.count, 2 * ROWS);
    for (int32_t k = 0; k < choice.count; k++) assert_true(choice.block_i[k] % COLUMNS < 2);
    psb_boxes_fini(&people);
}

/* A valley of straight walls whose bottom lies at (x, y) of the map. */
static void dig(uint16_t *sums, float x, float y)
{
    for (int32_t v = 0; v < PLACES; v++)
        for (int32_t u = 0; u < PLACES; u++)
            sums[v * PLACES + u] = (uint16_t)(100 + 400 * (fabsf((float)u - x) + fabsf((float)v - y)));
}

static void the_place_between_pixels_is_found(void **state)
{
    (void)state;
    uint16_t sums[PLACES * PLACES];
    float dx, dy;
    for (float x = 1; x <= PLACES - 2; x += 0.25f) {
        dig(sums, x, 3.4f);
        assert_true(psb_block_best(&dx, &dy, sums, PLACES));
        assert_float_equal(dx, x - PLACES / 2, 0.02F);
        assert_float_equal(dy, 3.4f - PLACES / 2, 0.02F);
    }
    dig(sums, 0.2f, 3);
    assert_false(psb_block_best(&dx, &dy, sums, PLACES)); /* on the rim */
    dig(sums, 4, 7);
    assert_false(psb_block_best(&dx, &dy, sums, PLACES));
    for (int32_t i = 0; i < PLACES * PLACES; i++) sums[i] = (uint16_t)(1000 + i * 7 % 13);
    assert_false(psb_block_best(&dx, &dy, sums, PLACES)); /* alike everywhere */
    for (int32_t i = 0; i < PLACES * PLACES; i++) sums[i] = 0;
    assert_false(psb_block_best(&dx, &dy, sums, PLACES));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_gives_its_best),
        cmocka_unit_test(people_cover_blocks),
        cmocka_unit_test(the_place_between_pixels_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
