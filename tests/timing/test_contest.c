/* SPDX-License-Identifier: Apache-2.0
 *
 * Contests of fakes on a fake clock: who runs how often, in which order, and who leaves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "timing/contest.h"

enum { MS = 1000000, LOG = 4000 };

typedef struct fake_world {
    int64_t now_ns;
    int32_t logged;
    char log[LOG]; /* who ran, in order */
} fake_world;

typedef struct fake_runner {
    fake_world *world;
    char letter;
    int64_t duration_ns;
    int32_t runs, fails_at; /* 0 = never */
} fake_runner;

static int64_t fake_now_ns(void *user)
{
    return ((fake_world *)user)->now_ns;
}

static psb_status fake_run(void *user, int64_t *duration_ns_out)
{
    fake_runner *self = user;
    if (self->world->logged < LOG) self->world->log[self->world->logged++] = self->letter;
    if (++self->runs == self->fails_at) return psb_fail(PSB_UNSUPPORTED, "%c has had enough", self->letter);
    self->world->now_ns += self->duration_ns;
    *duration_ns_out = self->duration_ns;
    return PSB_OK;
}

static psb_contest_options options_of(fake_world *world, double limit_s, int32_t rounds)
{
    psb_contest_options options = {.clock = {fake_now_ns, world}, .limit_s = limit_s, .rounds = rounds};
    psb_rng_init(&options.rng, 7);
    return options;
}

static void test_rounds_have_everyone_once_in_changing_order(void **state)
{
    (void)state;
    fake_world world = {0};
    fake_runner fakes[] = {{&world, 'a', MS, 0, 0}, {&world, 'b', MS, 0, 0}, {&world, 'c', MS, 0, 0}};
    psb_runner runners[3] = {0};
    for (int32_t i = 0; i < 3; i++) runners[i] = (psb_runner){.run = fake_run, .user = &fakes[i]};
    const psb_contest_options options = options_of(&world, 1000, 100);
    assert_int_equal(psb_contest_run(runners, 3, &options), PSB_OK);
    int32_t other_orders = 0;
    assert_int_equal(world.logged, 3 * (100 + PSB_CONTEST_WARM_UP));
    for (int32_t at = 0; at < world.logged; at += 3) {
        for (const char *letter = "abc"; *letter; letter++) assert_non_null(memchr(&world.log[at], *letter, 3));
        other_orders += memcmp(&world.log[at], "abc", 3) != 0;
    }
    assert_in_range(other_orders, 60, 100); /* five of six orders are another */
    for (int32_t i = 0; i < 3; i++) assert_int_equal(runners[i].samples.count, 100);
    psb_contest_fini(runners, 3);
}

static void test_time_ends_it_and_one_round_is_always_kept(void **state)
{
    (void)state;
    fake_world world = {0};
    fake_runner fake = {&world, 'a', 100 * MS, 0, 0};
    psb_runner runner = {.run = fake_run, .user = &fake};
    psb_contest_options options = options_of(&world, 1.0, 0);
    assert_int_equal(psb_contest_run(&runner, 1, &options), PSB_OK);
    assert_int_equal(runner.samples.count, 10); /* warming up does not count */
    psb_contest_fini(&runner, 1);
    options.limit_s = 0.01;
    assert_int_equal(psb_contest_run(&runner, 1, &options), PSB_OK);
    assert_int_equal(runner.samples.count, 1);
    psb_contest_fini(&runner, 1);
}

static void test_far_behind_leaves_with_twenty_samples(void **state)
{
    (void)state;
    fake_world world = {0};
    fake_runner fakes[] = {{&world, 'o', MS, 0, 0}, /* ours: never a reason to leave */
                           {&world, 'a', 4 * MS, 0, 0},
                           {&world, 'b', 9 * MS, 0, 0},
                           {&world, 'c', 8 * MS, 0, 0},
                           {&world, 'd', 20 * MS, 0, 0}};
    const int32_t groups[] = {0, 1, 1, 1, 2}; /* d is alone in its group */
    psb_runner runners[5] = {0};
    for (int32_t i = 0; i < 5; i++) runners[i] = (psb_runner){.run = fake_run, .user = &fakes[i], .group = groups[i]};
    const psb_contest_options options = options_of(&world, 1000, 50);
    assert_int_equal(psb_contest_run(runners, 5, &options), PSB_OK);
    const int32_t expected[] = {50, 50, PSB_CONTEST_LEAVE_SAMPLES, 50, 50}; /* c is not more than twice as slow */
    for (int32_t i = 0; i < 5; i++) assert_int_equal(runners[i].samples.count, expected[i]);
    psb_contest_fini(runners, 5);
}

static void test_failure_takes_out_one(void **state)
{
    (void)state;
    fake_world world = {0};
    fake_runner fakes[] = {{&world, 'a', MS, 0, 0}, {&world, 'b', MS, 0, 10}};
    psb_runner runners[2] = {{.run = fake_run, .user = &fakes[0]}, {.run = fake_run, .user = &fakes[1]}};
    const psb_contest_options options = options_of(&world, 1000, 30);
    assert_int_equal(psb_contest_run(runners, 2, &options), PSB_OK);
    assert_int_equal(runners[0].samples.count, 30);
    assert_int_equal(fakes[1].runs, 10);
    assert_int_equal(runners[1].failure, PSB_UNSUPPORTED);
    assert_string_equal(runners[1].failure_text, "b has had enough");
    psb_contest_fini(runners, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rounds_have_everyone_once_in_changing_order),
        cmocka_unit_test(test_time_ends_it_and_one_round_is_always_kept),
        cmocka_unit_test(test_far_behind_leaves_with_twenty_samples),
        cmocka_unit_test(test_failure_takes_out_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
