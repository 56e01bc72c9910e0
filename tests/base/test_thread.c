/* SPDX-License-Identifier: Apache-2.0
 *
 * A thread runs once, is joined by destroy, has its name cut to fit, takes no signals and leaves the caller's mask
 * alone.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>

#include <cmocka.h>

#include "base/thread.h"

typedef struct seen {
    int32_t runs;
    bool blocks_interrupt, blocks_terminate;
    char name[17];
} seen;

static void look(void *user)
{
    seen *self = user;
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    self->blocks_interrupt = sigismember(&mask, SIGINT) == 1;
    self->blocks_terminate = sigismember(&mask, SIGTERM) == 1;
    prctl(PR_GET_NAME, self->name, 0, 0, 0);
    self->runs++;
}

static void test_runs_once_and_is_joined(void **state)
{
    (void)state;
    seen all = {0};
    psb_thread *thread = NULL;
    sigset_t mask;
    assert_int_equal(psb_thread_create(&thread, "a name longer than the kernel takes", look, &all), PSB_OK);
    assert_non_null(thread);
    psb_thread_destroy(&thread);
    assert_null(thread);
    assert_int_equal(all.runs, 1);
    assert_true(all.blocks_interrupt && all.blocks_terminate);
    assert_string_equal(all.name, "a name longer t");
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    assert_int_equal(sigismember(&mask, SIGINT), 0);
    psb_thread_destroy(&thread);
    psb_thread_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_runs_once_and_is_joined)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
