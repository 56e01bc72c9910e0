/* SPDX-License-Identifier: Apache-2.0
 *
 * The reference count: the last one down is told so once, also when threads count at the same time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/ref.h"
#include "base/thread.h"

enum { THREADS = 3, ROUNDS = 50000 };

typedef struct shared {
    psb_ref ref;
    _Atomic int32_t last_count;
} shared;

static void test_one_thread(void **state)
{
    (void)state;
    psb_ref ref;
    psb_ref_init(&ref);
    assert_true(psb_ref_is_sole(&ref));
    psb_ref_up(&ref);
    assert_false(psb_ref_is_sole(&ref));
    assert_false(psb_ref_down(&ref));
    assert_true(psb_ref_is_sole(&ref));
    assert_true(psb_ref_down(&ref));
}

static void up_and_down(void *user)
{
    shared *self = user;
    for (int32_t i = 0; i < ROUNDS; i++) {
        psb_ref_up(&self->ref);
        if (psb_ref_down(&self->ref)) self->last_count++;
    }
    if (psb_ref_down(&self->ref)) self->last_count++;
}

static void test_threads_see_one_end(void **state)
{
    (void)state;
    psb_thread *threads[THREADS];
    shared all = {0};
    psb_ref_init(&all.ref);
    for (int32_t i = 1; i < THREADS; i++) psb_ref_up(&all.ref);
    for (int32_t i = 0; i < THREADS; i++)
        assert_int_equal(psb_thread_create(&threads[i], "ref", up_and_down, &all), PSB_OK);
    for (int32_t i = 0; i < THREADS; i++) psb_thread_destroy(&threads[i]);
    assert_int_equal(all.last_count, 1);
    assert_int_equal(all.ref.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_thread),
        cmocka_unit_test(test_threads_see_one_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
