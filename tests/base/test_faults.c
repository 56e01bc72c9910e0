/* SPDX-License-Identifier: Apache-2.0
 *
 * Fault runs over base: the n-th allocation fails, n = 1, 2, ... until the work ends well. Each failure is reported as
 * PSB_NO_MEMORY with a sentence, hands out NULL, and leaves nothing behind (leaks are the sanitizer run's to find).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc_count.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/mailbox.h"
#include "base/outfile.h"
#include "base/pool.h"
#include "base/thread.h"

static char folder[] = "/tmp/psb_faults_XXXXXX";
static char path[64];

static void do_nothing(void *user)
{
    (void)user;
}

/* One of everything that base creates. */
static psb_status create_all(void)
{
    psb_arena arena = {0};
    psb_bytes bytes = {0};
    psb_mailbox *mailbox = NULL;
    psb_outfile *file = NULL;
    psb_pool *pool = NULL;
    psb_thread *thread = NULL;

    psb_status status = psb_arena_init(&arena, 1000);
    if (status) goto done;
    status = psb_mailbox_create(&mailbox, 4);
    if (status) goto done;
    status = psb_pool_create(&pool, 100, 4);
    if (status) goto done;
    status = psb_thread_create(&thread, "nothing", do_nothing, NULL);
    if (status) goto done;
    status = psb_bytes_read(&bytes, "/proc/self/status", 1 << 20);
    if (status) goto done;
    status = psb_outfile_open(&file, path);
    if (status) goto done;
    status = psb_outfile_printf(file, "whole\n");
    if (status) goto done;
    status = psb_outfile_commit(file);
done:
    psb_outfile_close(&file);
    psb_bytes_fini(&bytes);
    psb_thread_destroy(&thread);
    psb_pool_destroy(&pool);
    psb_mailbox_destroy(&mailbox);
    psb_arena_fini(&arena);
    return status;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    int64_t n = 1;
    for (;; n++) {
        psb_fail_text(PSB_OK, "");
        alloc_count_fail_at(n);
        const psb_status status = create_all();
        const bool has_failed = alloc_count_has_failed();
        alloc_count_reset();
        if (!has_failed) {
            assert_int_equal(status, PSB_OK);
            break;
        }
        assert_int_equal(status, PSB_NO_MEMORY);
        assert_non_null(strstr(psb_error_text(), "memory"));
        assert_int_equal(access(path, F_OK), -1); /* nothing under the final name */
        assert_int_equal(rmdir(folder), 0);       /* nor beside it */
        assert_non_null(mkdtemp(memcpy(folder, "/tmp/psb_faults_XXXXXX", sizeof(folder))));
        snprintf(path, sizeof(path), "%s/a.txt", folder);
    }
    assert_in_range(n, 8, 100); /* as many as there are objects, at least: the wrappers are linked in */
    unlink(path);
}

static void test_writing_allocates_nothing(void **state)
{
    (void)state;
    psb_outfile *file;
    assert_int_equal(psb_outfile_open(&file, "/dev/null"), PSB_OK);
    alloc_count_reset();
    for (int i = 0; i < 10000; i++) psb_outfile_printf(file, "%d,%.3f\n", i, i / 7.0);
    assert_int_equal(alloc_count_now(), 0);
    assert_int_equal(psb_outfile_commit(file), PSB_OK);
    psb_outfile_close(&file);
}

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof(path), "%s/a.txt", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_writing_allocates_nothing),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
