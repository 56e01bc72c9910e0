/* SPDX-License-Identifier: Apache-2.0
 *
 * The mailbox between real threads: order kept, nothing lost or doubled under `put`, the newest wins and the dropped
 * are counted under `swap`, and closing wakes whoever waits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/mailbox.h"
#include "base/thread.h"

enum { ITEMS = 20000, PUTTERS = 3, GETTERS = 2 };

static uint8_t items[PUTTERS][ITEMS]; /* addresses to send; the content counts arrivals */

static void test_order_and_bound_in_one_thread(void **state)
{
    (void)state;
    psb_mailbox *mailbox;
    int a, b, c;
    assert_int_equal(psb_mailbox_create(&mailbox, 2), PSB_OK);
    assert_true(psb_mailbox_put(mailbox, &a));
    assert_true(psb_mailbox_put(mailbox, &b));
    assert_ptr_equal(psb_mailbox_swap(mailbox, &c), &a);
    assert_int_equal(psb_mailbox_dropped_count(mailbox), 1);
    assert_ptr_equal(psb_mailbox_get(mailbox), &b);
    assert_null(psb_mailbox_swap(mailbox, &a));
    psb_mailbox_close(mailbox);
    assert_false(psb_mailbox_put(mailbox, &b));
    assert_ptr_equal(psb_mailbox_swap(mailbox, &b), &b);
    assert_int_equal(psb_mailbox_dropped_count(mailbox), 1); /* refused is not dropped */
    assert_ptr_equal(psb_mailbox_get(mailbox), &c);
    assert_ptr_equal(psb_mailbox_get(mailbox), &a);
    assert_null(psb_mailbox_get(mailbox));
    psb_mailbox_destroy(&mailbox);
    assert_null(mailbox);
    psb_mailbox_destroy(&mailbox);
    psb_mailbox_destroy(NULL);
}

static void test_capacity_is_checked(void **state)
{
    (void)state;
    psb_mailbox *mailbox = (psb_mailbox *)items;
    assert_int_equal(psb_mailbox_create(&mailbox, 0), PSB_BUG);
    assert_null(mailbox);
    assert_int_equal(psb_mailbox_create(&mailbox, 4097), PSB_BUG);
    assert_int_equal(psb_mailbox_create(&mailbox, 4096), PSB_OK);
    psb_mailbox_destroy(&mailbox);
}

typedef struct worker {
    psb_mailbox *mailbox;
    int32_t putter_i;
    int64_t count;
    bool is_in_order;
} worker;

static void put_all(void *user)
{
    worker *self = user;
    for (int32_t i = 0; i < ITEMS; i++)
        if (psb_mailbox_put(self->mailbox, &items[self->putter_i][i])) self->count++;
}

static void swap_all(void *user)
{
    worker *self = user;
    for (int32_t i = 0; i < ITEMS; i++)
        if (psb_mailbox_swap(self->mailbox, &items[self->putter_i][i])) self->count++;
}

static void get_all(void *user)
{
    worker *self = user;
    int64_t last_i[PUTTERS] = {-1, -1, -1};
    self->is_in_order = true;
    for (;;) {
        uint8_t *item = psb_mailbox_get(self->mailbox);
        if (!item) break;
        const int64_t at = item - &items[0][0];
        if (at % ITEMS <= last_i[at / ITEMS]) self->is_in_order = false;
        last_i[at / ITEMS] = at % ITEMS;
        (*item)++; /* one getter has it: no race */
        self->count++;
    }
}

static void test_put_loses_and_doubles_nothing(void **state)
{
    (void)state;
    psb_mailbox *mailbox;
    psb_thread *putters[PUTTERS], *getters[GETTERS];
    worker put[PUTTERS] = {{0}}, get[GETTERS] = {{0}};
    assert_int_equal(psb_mailbox_create(&mailbox, 3), PSB_OK);
    for (int32_t i = 0; i < GETTERS; i++) {
        get[i].mailbox = mailbox;
        assert_int_equal(psb_thread_create(&getters[i], "get", get_all, &get[i]), PSB_OK);
    }
    for (int32_t i = 0; i < PUTTERS; i++) {
        put[i] = (worker){.mailbox = mailbox, .putter_i = i};
        assert_int_equal(psb_thread_create(&putters[i], "put", put_all, &put[i]), PSB_OK);
    }
    for (int32_t i = 0; i < PUTTERS; i++) psb_thread_destroy(&putters[i]);
    psb_mailbox_close(mailbox);
    for (int32_t i = 0; i < GETTERS; i++) psb_thread_destroy(&getters[i]);

    for (int32_t i = 0; i < PUTTERS; i++) {
        assert_int_equal(put[i].count, ITEMS);
        for (int32_t k = 0; k < ITEMS; k++) assert_int_equal(items[i][k], 1);
    }
    assert_int_equal(get[0].count + get[1].count, PUTTERS * ITEMS);
    assert_true(get[0].is_in_order && get[1].is_in_order);
    assert_int_equal(psb_mailbox_dropped_count(mailbox), 0);
    psb_mailbox_destroy(&mailbox);
}

static void test_swap_never_blocks_and_counts(void **state)
{
    (void)state;
    psb_mailbox *mailbox;
    psb_thread *putter, *getter;
    assert_int_equal(psb_mailbox_create(&mailbox, 1), PSB_OK);
    worker put = {.mailbox = mailbox}, get = {.mailbox = mailbox};
    assert_int_equal(psb_thread_create(&getter, "get", get_all, &get), PSB_OK);
    assert_int_equal(psb_thread_create(&putter, "swap", swap_all, &put), PSB_OK);
    psb_thread_destroy(&putter);
    psb_mailbox_close(mailbox);
    psb_thread_destroy(&getter);
    assert_int_equal(get.count + put.count, ITEMS);
    assert_int_equal(psb_mailbox_dropped_count(mailbox), put.count);
    assert_true(get.is_in_order);
    psb_mailbox_destroy(&mailbox);
}

static void test_close_wakes_a_blocked_putter(void **state)
{
    (void)state;
    psb_mailbox *mailbox;
    psb_thread *putter;
    assert_int_equal(psb_mailbox_create(&mailbox, 1), PSB_OK);
    worker put = {.mailbox = mailbox};
    assert_int_equal(psb_thread_create(&putter, "put", put_all, &put), PSB_OK);
    assert_non_null(psb_mailbox_get(mailbox)); /* it runs, and will fill the one place again and wait */
    psb_mailbox_close(mailbox);
    psb_thread_destroy(&putter); /* would hang: the test's time limit is the assertion */
    assert_in_range(put.count, 1, 3);
    psb_mailbox_destroy(&mailbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_bound_in_one_thread), cmocka_unit_test(test_capacity_is_checked),
        cmocka_unit_test(test_put_loses_and_doubles_nothing), cmocka_unit_test(test_swap_never_blocks_and_counts),
        cmocka_unit_test(test_close_wakes_a_blocked_putter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
