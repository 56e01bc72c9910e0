/* SPDX-License-Identifier: Apache-2.0
 *
 * Is a file as long as it says? Files written byte by byte, then cut at every length.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "make_video.h"
#include "media/media_int.h"

static char folder[MAKE_PATH_BYTES];
static char path[MAKE_PATH_BYTES];

static int set_up(void **state)
{
    (void)state;
    make_folder(folder);
    make_path(path, folder, "file");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    make_clean(folder);
    return 0;
}

enum { FILE_BYTES = 400 };

static bool is_cut_at(const uint8_t *data, size_t size_bytes)
{
    make_file(path, data, size_bytes);
    return psb_media_is_cut(path);
}

/* ftyp of 20 bytes, moov of 280, mdat of 100 with its size in 64 bits. */
static void boxes(void **state)
{
    (void)state;
    uint8_t data[FILE_BYTES] = {0};
    memcpy(data,
           "\0\0\0\x14"
           "ftyp",
           8);
    memcpy(data + 20,
           "\0\0\x01\x18"
           "moov",
           8);
    memcpy(data + 300, "\0\0\0\1mdat\0\0\0\0\0\0\0\x64", 16);
    assert_false(is_cut_at(data, FILE_BYTES));
    for (size_t size_bytes = 190; size_bytes < FILE_BYTES; size_bytes++)
        assert_int_equal(is_cut_at(data, size_bytes), size_bytes != 300); /* between two boxes nobody can tell */
    data[303] = 0;                                                        /* "to the end of the file" */
    for (size_t size_bytes = 310; size_bytes < FILE_BYTES; size_bytes++) assert_false(is_cut_at(data, size_bytes));
    memcpy(data + 300, "\0\0\0\1mdat\xff\xff\xff\xff\xff\xff\xff\xff", 16); /* no overflow */
    assert_true(is_cut_at(data, FILE_BYTES));
    memcpy(data + 300, "\0\0\0\3mdat", 8); /* too small for a box: not a promise */
    assert_false(is_cut_at(data, FILE_BYTES));
}

/* An EBML header of 5 + 10 bytes, then a segment of 4 + 8 + 373. */
static void segment(void **state)
{
    (void)state;
    uint8_t data[FILE_BYTES] = {0};
    memcpy(data, "\x1a\x45\xdf\xa3\x8a", 5);
    memcpy(data + 15, "\x18\x53\x80\x67\x01\0\0\0\0\0\x01\x75", 12);
    assert_false(is_cut_at(data, FILE_BYTES));
    for (size_t size_bytes = 190; size_bytes < FILE_BYTES; size_bytes++) assert_true(is_cut_at(data, size_bytes));
    memset(data + 20, 0xff, 7); /* size unknown: a live recording */
    assert_false(is_cut_at(data, 300));
    data[19] = 0; /* no such length of a number */
    assert_false(is_cut_at(data, 300));
}

static void riff_and_ts(void **state)
{
    (void)state;
    uint8_t data[FILE_BYTES] = {0};
    memcpy(data, "RIFF\x88\x01\0\0AVI ", 12); /* 392 and 8 */
    assert_false(is_cut_at(data, FILE_BYTES));
    for (size_t size_bytes = 190; size_bytes < FILE_BYTES; size_bytes++) assert_true(is_cut_at(data, size_bytes));
    memset(data, 0, sizeof(data));
    data[0] = data[188] = 0x47;
    for (size_t size_bytes = 189; size_bytes < FILE_BYTES; size_bytes++)
        assert_int_equal(is_cut_at(data, size_bytes), size_bytes != 376);
}

static void what_says_nothing_is_not_cut(void **state)
{
    (void)state;
    uint8_t data[FILE_BYTES] = {0, 0, 0, 1, 0x67};
    assert_false(is_cut_at(data, FILE_BYTES));
    assert_false(is_cut_at(data, 0));
    assert_false(is_cut_at(data, 10));
    assert_false(psb_media_is_cut("/nonexistent/file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes),
        cmocka_unit_test(segment),
        cmocka_unit_test(riff_and_ts),
        cmocka_unit_test(what_says_nothing_is_not_cut),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
