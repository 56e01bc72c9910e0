/* SPDX-License-Identifier: Apache-2.0
 *
 * Walking: nobody in a thing or in another, nobody faster than people are, people stop, meet, leave and come, and an
 * identity is never given twice.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "synth/crowd_int.h"

typedef struct crowd_tally {
    int64_t ticks, close, talking, standing, beside, gone;
} crowd_tally;

static void watch(const psb_crowd *crowd, crowd_tally *tally)
{
    for (int32_t i = 0; i < crowd->count; i++) {
        const psb_walker *walker = &crowd->walkers[i];
        tally->gone += walker->state == PSB_WALKER_GONE;
        if (walker->state == PSB_WALKER_GONE) continue;
        tally->ticks++;
        tally->talking += walker->state == PSB_WALKER_TALKS;
        tally->standing += walker->state == PSB_WALKER_STANDS;
        tally->beside += walker->is_beside;
        assert_true(sqrtf(walker->vx * walker->vx + walker->vy * walker->vy) < 2.1f);
        for (int32_t j = 0; j < crowd->place->solid_count; j++) {
            psb_vec away;
            const psb_solid *solid = &crowd->place->solids[j];
            if (solid->is_in_the_way) assert_true(psb_crowd_clearance(solid, walker->x, walker->y, &away) > 0.05f);
        }
        for (int32_t j = 0; j < i; j++) {
            const psb_walker *other = &crowd->walkers[j];
            assert_true(other->id != walker->id);
            if (other->state == PSB_WALKER_GONE) continue;
            const float dx = walker->x - other->x, dy = walker->y - other->y;
            tally->close += dx * dx + dy * dy < 0.25f * 0.25f;
        }
    }
}

static void people_behave(void **state)
{
    (void)state;
    psb_place *place = malloc(sizeof(*place));
    psb_crowd *crowd = malloc(sizeof(*crowd));
    assert_true(place && crowd);
    for (psb_scene_kind kind = PSB_SCENE_PLAZA; kind <= PSB_SCENE_CARPARK; kind++) {
        crowd_tally tally = {0};
        for (uint32_t seed = 1; seed <= 3; seed++) {
            psb_synth_settings settings;
            psb_synth_settings_init(&settings);
            settings.kind = kind;
            settings.seed = seed;
            psb_place_build(place, &settings);
            psb_crowd_init(crowd, place, 15, seed);
            for (int32_t i = 0; i < 3 * 60 * 25; i++) {
                psb_crowd_tick(crowd);
                watch(crowd, &tally);
            }
            assert_true(crowd->last_id > 20); /* some left, others came */
        }
        assert_true(tally.talking > tally.ticks / 100);
        assert_true(tally.standing > tally.ticks / 50);
        assert_true(tally.beside > tally.ticks / 50);
        assert_true(tally.gone < (tally.ticks + tally.gone) / 5);
        assert_true(tally.close < tally.ticks / 100);
    }
    free(place);
    free(crowd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_behave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
