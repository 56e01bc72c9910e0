/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole or not at all: what lies in the folder after commit, after close without commit, after a full disk (/dev/full
 * and a file-size limit), and while another writer holds the same name.
 */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/outfile.h"

static char folder[] = "/tmp/psb_outfile_XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof(path), "%s/a.txt", folder);
    return 0;
}

static int clean(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder); /* fails where a test left anything */
}

static int32_t count_files(void)
{
    int32_t count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) count++;
    closedir(dir);
    return count;
}

static void assert_content(const char *name, const char *expected)
{
    char text[256];
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = 0;
    fclose(file);
    assert_string_equal(text, expected);
}

static void write_and_commit(const char *name, const char *text)
{
    psb_outfile *file;
    assert_int_equal(psb_outfile_open(&file, name), PSB_OK);
    assert_int_equal(psb_outfile_printf(file, "%s", text), PSB_OK);
    assert_int_equal(psb_outfile_commit(file), PSB_OK);
    psb_outfile_close(&file);
    assert_null(file);
}

static void test_appears_only_by_commit(void **state)
{
    (void)state;
    psb_outfile *file;
    assert_int_equal(psb_outfile_open(&file, path), PSB_OK);
    assert_int_equal(psb_outfile_printf(file, "%d,%s\n", 7, "x"), PSB_OK);
    assert_int_equal(psb_outfile_write(file, "y", 1), PSB_OK);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(access(psb_outfile_temporary_path(file), F_OK), 0);
    assert_int_equal(psb_outfile_finish(file), PSB_OK);
    assert_int_equal(access(path, F_OK), -1);
    assert_content(psb_outfile_temporary_path(file), "7,x\ny");
    assert_int_equal(psb_outfile_commit(file), PSB_OK);
    psb_outfile_close(&file);
    assert_content(path, "7,x\ny");
    assert_int_equal(count_files(), 1);
}

static void test_close_without_commit_leaves_the_old_file(void **state)
{
    (void)state;
    psb_outfile *file;
    write_and_commit(path, "old");
    assert_int_equal(psb_outfile_open(&file, path), PSB_OK);
    assert_int_equal(psb_outfile_printf(file, "new"), PSB_OK);
    assert_int_equal(count_files(), 2);
    psb_outfile_close(&file);
    assert_int_equal(count_files(), 1);
    assert_content(path, "old");
    psb_outfile_close(&file);
    psb_outfile_close(NULL);
}

static void test_two_writers_of_one_name(void **state)
{
    (void)state;
    psb_outfile *first, *second;
    assert_int_equal(psb_outfile_open(&first, path), PSB_OK);
    assert_int_equal(psb_outfile_open(&second, path), PSB_OK);
    assert_string_not_equal(psb_outfile_temporary_path(first), psb_outfile_temporary_path(second));
    psb_outfile_printf(first, "first");
    psb_outfile_printf(second, "second");
    assert_int_equal(psb_outfile_commit(second), PSB_OK);
    psb_outfile_close(&first);
    psb_outfile_close(&second);
    assert_content(path, "second");
    assert_int_equal(count_files(), 1);
}

static void test_large_writes_keep_their_order(void **state)
{
    enum { SIZE_BYTES = 200001 };
    (void)state;
    psb_outfile *file;
    char *text = malloc(SIZE_BYTES), *back = malloc(SIZE_BYTES + 4);
    for (int i = 0; i < SIZE_BYTES; i++) text[i] = (char)(i % 251);
    assert_int_equal(psb_outfile_open(&file, path), PSB_OK);
    psb_outfile_write(file, "ab", 2);
    psb_outfile_write(file, text, SIZE_BYTES); /* larger than the buffer: goes through */
    psb_outfile_write(file, "cd", 2);
    assert_int_equal(psb_outfile_commit(file), PSB_OK);
    psb_outfile_close(&file);
    FILE *read = fopen(path, "rb");
    assert_int_equal(fread(back, 1, SIZE_BYTES + 4, read), SIZE_BYTES + 4);
    fclose(read);
    assert_memory_equal(back, "ab", 2);
    assert_memory_equal(back + 2, text, SIZE_BYTES);
    assert_memory_equal(back + 2 + SIZE_BYTES, "cd", 2);
    free(text);
    free(back);
}

static void test_full_device(void **state)
{
    (void)state;
    psb_outfile *file;
    if (access("/dev/full", W_OK) != 0) skip();
    assert_int_equal(psb_outfile_open(&file, "/dev/full"), PSB_OK);
    assert_int_equal(psb_outfile_printf(file, "x"), PSB_OK); /* in the buffer: not known yet */
    assert_int_equal(psb_outfile_commit(file), PSB_ENVIRONMENT);
    assert_string_equal(psb_error_text(), "/dev/full: writing: No space left on device");
    psb_fail(PSB_BUG, "another sentence");
    assert_int_equal(psb_outfile_commit(file), PSB_ENVIRONMENT); /* it sticks, with its sentence */
    assert_string_equal(psb_error_text(), "/dev/full: writing: No space left on device");
    psb_outfile_close(&file);
}

static void test_full_disk_keeps_the_old_file(void **state)
{
    (void)state;
    psb_outfile *file;
    char piece[4096] = {0};
    struct rlimit before, small = {0};
    write_and_commit(path, "old");
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){.rlim_cur = 100000, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(psb_outfile_open(&file, path), PSB_OK);
    psb_status status = PSB_OK;
    for (int i = 0; i < 64; i++) {
        const psb_status written = psb_outfile_write(file, piece, sizeof(piece));
        if (!status) status = written;
    }
    const psb_status committed = psb_outfile_commit(file);
    psb_outfile_close(&file);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(status, PSB_ENVIRONMENT);
    assert_int_equal(committed, PSB_ENVIRONMENT);
    assert_content(path, "old");
    assert_int_equal(count_files(), 1);
}

static void test_too_long_a_line_is_refused(void **state)
{
    (void)state;
    psb_outfile *file;
    assert_int_equal(psb_outfile_open(&file, path), PSB_OK);
    assert_int_equal(psb_outfile_printf(file, "%4096d", 1), PSB_OK);
    assert_int_equal(psb_outfile_printf(file, "%4097d", 1), PSB_ENVIRONMENT);
    assert_int_equal(psb_outfile_commit(file), PSB_ENVIRONMENT); /* a cut line would be half-written */
    psb_outfile_close(&file);
    assert_int_equal(count_files(), 0);
}

static void test_places_that_cannot_be(void **state)
{
    (void)state;
    char wrong[128], name[300];
    psb_outfile *file;
    snprintf(wrong, sizeof(wrong), "%s/none/a.txt", folder);
    assert_int_equal(psb_outfile_open(&file, wrong), PSB_ENVIRONMENT);
    assert_null(file);
    assert_non_null(strstr(psb_error_text(), "none/a.txt: creating: No such file or directory"));
    assert_int_equal(psb_outfile_open(&file, folder), PSB_ENVIRONMENT);
    assert_non_null(strstr(psb_error_text(), "found a folder"));
    snprintf(wrong, sizeof(wrong), "%s/none/", folder);
    assert_int_equal(psb_outfile_open(&file, wrong), PSB_ENVIRONMENT);
    assert_int_equal(psb_outfile_open(&file, ""), PSB_ENVIRONMENT);
    /* the longest name that a file may have still has a temporary name */
    const int length = snprintf(name, sizeof(name), "%s/", folder);
    memset(name + length, 'n', 255);
    name[length + 255] = 0;
    write_and_commit(name, "x");
    assert_content(name, "x");
    unlink(name);
}

static void test_links_and_modes(void **state)
{
    (void)state;
    char link[64];
    struct stat facts;
    snprintf(link, sizeof(link), "%s/link", folder);
    write_and_commit(path, "old");
    assert_int_equal(symlink(path, link), 0);
    write_and_commit(link, "new");
    assert_int_equal(lstat(link, &facts), 0);
    assert_true(S_ISLNK(facts.st_mode));
    assert_content(path, "new");
    unlink(link);
    const mode_t mask = umask(0022);
    umask(mask);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0666 & ~mask);
}

static void test_dash_is_standard_output(void **state)
{
    (void)state;
    psb_outfile *file;
    const int kept = dup(STDOUT_FILENO);
    fflush(stdout);
    assert_non_null(freopen(path, "wb", stdout));
    const psb_status opened = psb_outfile_open(&file, "-");
    const psb_status written = psb_outfile_printf(file, "to stdout\n");
    const psb_status committed = psb_outfile_commit(file);
    psb_outfile_close(&file);
    struct stat facts;
    const bool is_open = fstat(STDOUT_FILENO, &facts) == 0;
    dup2(kept, STDOUT_FILENO);
    close(kept);
    assert_int_equal(opened | written | committed, PSB_OK);
    assert_true(is_open);
    assert_content(path, "to stdout\n");
    assert_int_equal(count_files(), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_appears_only_by_commit, clean),
        cmocka_unit_test_teardown(test_close_without_commit_leaves_the_old_file, clean),
        cmocka_unit_test_teardown(test_two_writers_of_one_name, clean),
        cmocka_unit_test_teardown(test_large_writes_keep_their_order, clean),
        cmocka_unit_test_teardown(test_full_device, clean),
        cmocka_unit_test_teardown(test_full_disk_keeps_the_old_file, clean),
        cmocka_unit_test_teardown(test_too_long_a_line_is_refused, clean),
        cmocka_unit_test_teardown(test_places_that_cannot_be, clean),
        cmocka_unit_test_teardown(test_links_and_modes, clean),
        cmocka_unit_test_teardown(test_dash_is_standard_output, clean),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
