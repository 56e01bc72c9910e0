/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool: nothing is allocated after the first round, the bound holds, frames outlive their pool, and they come home
 * from other threads. Every allocation may fail.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc_count.h"
#include "frame/frame_pool.h"

static const psb_image shape = {.format = PSB_PIXEL_YUV420, .width = 33, .height = 17};
static uint8_t pixel[1];
static const psb_image tiny = {
    .format = PSB_PIXEL_GREY, .width = 1, .height = 1, .plane = {pixel}, .stride_bytes = {1}};

static void count_release(void *user)
{
    atomic_fetch_add((atomic_int *)user, 1);
}

static void nothing_is_allocated_after_the_first_round(void **state)
{
    (void)state;
    psb_frame_pool *pool = NULL;
    psb_frame *frames[4] = {NULL};
    atomic_int released = 0;
    assert_int_equal(psb_frame_pool_create(&pool, 4), PSB_OK);
    const int64_t before = alloc_count_now();
    int64_t after_first = 0;
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 2; i++)
            assert_int_equal(psb_frame_pool_take(&frames[i], pool, &shape, (psb_frame_stamp){round, 0}), PSB_OK);
        for (int i = 2; i < 4; i++)
            assert_int_equal(
                psb_frame_pool_wrap(&frames[i], pool, &tiny, (psb_frame_stamp){round, 0}, count_release, &released),
                PSB_OK);
        for (int i = 0; i < 4; i++) psb_frame_unref(&frames[i]);
        if (round == 0) after_first = alloc_count_now();
    }
    assert_int_equal(after_first - before, 2); /* planes for two; all headers came with the pool */
    assert_int_equal(alloc_count_now(), after_first);
    assert_int_equal(released, 10);
    psb_frame_pool_destroy(&pool);
    assert_null(pool);
    psb_frame_pool_destroy(&pool);
}

static void the_bound_holds(void **state)
{
    (void)state;
    psb_frame_pool *pool = NULL;
    psb_frame *first = NULL, *second = NULL, *third = NULL;
    atomic_int released = 0;
    assert_int_equal(psb_frame_pool_create(&pool, 0), PSB_BAD_INPUT);
    assert_int_equal(psb_frame_pool_create(&pool, 4097), PSB_BAD_INPUT);
    assert_int_equal(psb_frame_pool_create(&pool, 2), PSB_OK);
    assert_int_equal(psb_frame_pool_take(&first, pool, &shape, (psb_frame_stamp){0, 0}), PSB_OK);
    assert_int_equal(psb_frame_pool_take(&second, pool, &shape, (psb_frame_stamp){1, 0}), PSB_OK);
    assert_int_equal(psb_frame_pool_wrap(&third, pool, &tiny, (psb_frame_stamp){2, 0}, count_release, &released),
                     PSB_NO_MEMORY);
    assert_null(third);
    assert_int_equal(released, 0);
    psb_frame_unref(&first);
    assert_int_equal(psb_frame_pool_wrap(&third, pool, &tiny, (psb_frame_stamp){2, 0}, count_release, &released),
                     PSB_OK);
    psb_frame_unref(&third);
    psb_frame_unref(&second);
    psb_frame_pool_destroy(&pool);
    assert_int_equal(released, 1);
}

/* However many live at once, and whatever they were before: borrowing allocates nothing. */
static void borrowing_allocates_nothing(void **state)
{
    (void)state;
    enum { COUNT = 64 };
    psb_frame_pool *pool = NULL;
    psb_frame *frames[COUNT] = {NULL};
    assert_int_equal(psb_frame_pool_create(&pool, COUNT), PSB_OK);
    for (int i = 0; i < 2; i++)
        assert_int_equal(psb_frame_pool_take(&frames[i], pool, &shape, (psb_frame_stamp){0, 0}), PSB_OK);
    for (int i = 0; i < 2; i++) psb_frame_unref(&frames[i]);
    const int64_t before = alloc_count_now();
    for (int alive = 1; alive <= COUNT; alive++) { /* the last rounds need the two that have memory */
        for (int i = 0; i < alive; i++)
            assert_int_equal(psb_frame_pool_wrap(&frames[i], pool, &tiny, (psb_frame_stamp){0, 0}, NULL, NULL), PSB_OK);
        for (int i = 0; i < alive; i++) assert_ptr_equal(psb_frame_image(frames[i]).plane[0], pixel);
        for (int i = 0; i < alive; i++) psb_frame_unref(&frames[i]);
    }
    for (int i = 0; i < 2; i++)
        assert_int_equal(psb_frame_pool_take(&frames[i], pool, &shape, (psb_frame_stamp){0, 0}), PSB_OK);
    assert_int_equal(alloc_count_now(), before);
    for (int i = 0; i < 2; i++) psb_frame_unref(&frames[i]);
    psb_frame_pool_destroy(&pool);
}

static void a_refused_shape_costs_no_place(void **state)
{
    (void)state;
    psb_frame_pool *pool = NULL;
    psb_frame *frame = NULL;
    const psb_image bad = {.format = PSB_PIXEL_GREY, .width = 0, .height = 1};
    assert_int_equal(psb_frame_pool_create(&pool, 1), PSB_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(psb_frame_pool_take(&frame, pool, &bad, (psb_frame_stamp){0, 0}), PSB_BAD_INPUT);
        assert_int_equal(psb_frame_pool_wrap(&frame, pool, &bad, (psb_frame_stamp){0, 0}, NULL, NULL), PSB_BAD_INPUT);
    }
    assert_int_equal(psb_frame_pool_take(&frame, pool, &shape, (psb_frame_stamp){0, 0}), PSB_OK);
    psb_frame_unref(&frame);
    psb_frame_pool_destroy(&pool);
}

static void frames_outlive_their_pool(void **state)
{
    (void)state;
    psb_frame_pool *pool = NULL;
    psb_frame *own = NULL, *wrapped = NULL;
    atomic_int released = 0;
    assert_int_equal(psb_frame_pool_create(&pool, 3), PSB_OK);
    assert_int_equal(psb_frame_pool_take(&own, pool, &shape, (psb_frame_stamp){0, 0}), PSB_OK);
    assert_int_equal(psb_frame_pool_wrap(&wrapped, pool, &tiny, (psb_frame_stamp){0, 0}, count_release, &released),
                     PSB_OK);
    psb_frame_pool_destroy(&pool);
    psb_frame_image(own).plane[0][0] = 5;
    assert_int_equal(psb_frame_image(wrapped).width, 1);
    psb_frame_unref(&own);
    psb_frame_unref(&wrapped); /* the last one home frees the pool: sanitizers see where it does not */
    assert_int_equal(released, 1);
}

static void a_larger_shape_gets_larger_planes(void **state)
{
    (void)state;
    psb_frame_pool *pool = NULL;
    psb_frame *frame = NULL;
    const psb_image large = {.format = PSB_PIXEL_YUV444, .width = 200, .height = 100};
    assert_int_equal(psb_frame_pool_create(&pool, 1), PSB_OK);
    for (int i = 0; i < 4; i++) {
        const psb_image *wanted = i % 2 ? &large : &shape;
        assert_int_equal(psb_frame_pool_take(&frame, pool, wanted, (psb_frame_stamp){i, 0}), PSB_OK);
        const psb_image image = psb_frame_image(frame);
        assert_int_equal(image.width, wanted->width);
        image.plane[2][(image.height / 2 - 1) * image.stride_bytes[2]] = 1;
        psb_frame_unref(&frame);
    }
    psb_frame_pool_destroy(&pool);
}

/* One of everything, with the n-th allocation failing. */
static psb_status take_all(void)
{
    psb_frame_pool *pool = NULL;
    psb_frame *own = NULL, *wrapped = NULL, *single = NULL;
    psb_status status = psb_frame_pool_create(&pool, 2);
    if (!status) status = psb_frame_pool_take(&own, pool, &shape, (psb_frame_stamp){0, 0});
    if (!status) status = psb_frame_pool_wrap(&wrapped, pool, &tiny, (psb_frame_stamp){0, 0}, NULL, NULL);
    if (!status) status = psb_frame_create(&single, &shape, 0, 0);
    psb_frame_unref(&single);
    if (!status) status = psb_frame_wrap(&single, &tiny, 0, 0, NULL, NULL);
    psb_frame_unref(&single);
    psb_frame_unref(&own);
    psb_frame_unref(&wrapped);
    psb_frame_pool_destroy(&pool);
    return status;
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    for (int64_t n = 1; n < 20; n++) {
        alloc_count_fail_at(n);
        const psb_status status = take_all();
        const bool has_failed = alloc_count_has_failed();
        alloc_count_reset();
        assert_int_equal(status, has_failed ? PSB_NO_MEMORY : PSB_OK);
        assert_int_equal(has_failed, n <= 5); /* pool, planes of one frame, one of each kind outside it */
    }
}

typedef struct errand {
    psb_frame *frames[64];
} errand;

static void *bring_home(void *user)
{
    errand *what = user;
    for (int i = 0; i < 64; i++) psb_frame_unref(&what->frames[i]);
    return NULL;
}

/* Two threads drop a reference each of the same frames while the pool is already destroyed. */
static void frames_come_home_from_threads(void **state)
{
    (void)state;
    for (int round = 0; round < 50; round++) {
        psb_frame_pool *pool = NULL;
        errand mine = {0}, theirs = {0};
        atomic_int released = 0;
        pthread_t thread;
        assert_int_equal(psb_frame_pool_create(&pool, 64), PSB_OK);
        for (int i = 0; i < 64; i++) {
            assert_int_equal(
                psb_frame_pool_wrap(&mine.frames[i], pool, &tiny, (psb_frame_stamp){i, 0}, count_release, &released),
                PSB_OK);
            theirs.frames[i] = psb_frame_ref(mine.frames[i]);
        }
        assert_int_equal(pthread_create(&thread, NULL, bring_home, &theirs), 0);
        psb_frame_pool_destroy(&pool);
        bring_home(&mine);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(released, 64);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_allocated_after_the_first_round),
        cmocka_unit_test(borrowing_allocates_nothing),
        cmocka_unit_test(the_bound_holds),
        cmocka_unit_test(a_refused_shape_costs_no_place),
        cmocka_unit_test(frames_outlive_their_pool),
        cmocka_unit_test(a_larger_shape_gets_larger_planes),
        cmocka_unit_test(frames_come_home_from_threads),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
