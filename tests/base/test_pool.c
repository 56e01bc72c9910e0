/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool: its bound, distinct and aligned objects, content kept between users, and many threads that take and give
 * back without meeting in one object.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/pool.h"
#include "base/thread.h"

enum { CAPACITY = 5, THREADS = 3, ROUNDS = 20000 };

static void test_bound_and_reuse(void **state)
{
    (void)state;
    psb_pool *pool;
    uint64_t *item[CAPACITY];
    assert_int_equal(psb_pool_create(&pool, 100, CAPACITY), PSB_OK);
    for (int32_t i = 0; i < CAPACITY; i++) {
        item[i] = psb_pool_get(pool);
        assert_non_null(item[i]);
        assert_int_equal((uintptr_t)item[i] % 64, 0);
        assert_int_equal(*item[i], 0);
        *item[i] = (uint64_t)i + 1;
    }
    assert_null(psb_pool_get(pool));
    for (int32_t i = 0; i < CAPACITY; i++) assert_int_equal(*item[i], i + 1); /* none overlaps another */
    assert_int_equal(psb_pool_used_count(pool), CAPACITY);
    psb_pool_put(pool, item[2]);
    assert_ptr_equal(psb_pool_get(pool), item[2]);
    assert_int_equal(*item[2], 3);
    for (int32_t i = 0; i < CAPACITY; i++) psb_pool_put(pool, item[i]);
    psb_pool_put(pool, NULL);
    assert_int_equal(psb_pool_used_count(pool), 0);
    psb_pool_destroy(&pool);
    assert_null(pool);
    psb_pool_destroy(&pool);
}

static void test_sizes_are_checked(void **state)
{
    (void)state;
    psb_pool *pool;
    assert_int_equal(psb_pool_create(&pool, 1, 0), PSB_BUG);
    assert_int_equal(psb_pool_create(&pool, 1, 65537), PSB_BUG);
    assert_int_equal(psb_pool_create(&pool, SIZE_MAX / 4, 2), PSB_NO_MEMORY);
    assert_null(pool);
}

typedef struct shared {
    psb_pool *pool;
    _Atomic int32_t clash_count;
} shared;

static void take_and_give(void *user)
{
    shared *self = user;
    for (int32_t i = 0; i < ROUNDS; i++) {
        _Atomic int32_t *holders = psb_pool_get(self->pool);
        if (!holders) continue;
        if (atomic_fetch_add(holders, 1) != 0) atomic_fetch_add(&self->clash_count, 1);
        atomic_fetch_sub(holders, 1);
        psb_pool_put(self->pool, (void *)holders);
    }
}

static void test_threads_never_share_an_object(void **state)
{
    (void)state;
    psb_thread *threads[THREADS];
    shared all = {0};
    assert_int_equal(psb_pool_create(&all.pool, sizeof(int32_t), 2), PSB_OK);
    for (int32_t i = 0; i < THREADS; i++)
        assert_int_equal(psb_thread_create(&threads[i], "pool", take_and_give, &all), PSB_OK);
    for (int32_t i = 0; i < THREADS; i++) psb_thread_destroy(&threads[i]);
    assert_int_equal(all.clash_count, 0);
    assert_int_equal(psb_pool_used_count(all.pool), 0);
    psb_pool_destroy(&all.pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bound_and_reuse),
        cmocka_unit_test(test_sizes_are_checked),
        cmocka_unit_test(test_threads_never_share_an_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
