/* SPDX-License-Identifier: Apache-2.0
 *
 * seqinfo.ini: the four keys in every form that is met, and what is wrong with the rest.
 */
#include "formats/mot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* The readers take a path; the text is put where they find it. */
static const char *file_with(const char *text)
{
    static char path[64];
    snprintf(path, sizeof(path), "/tmp/psb_test_seqinfo_%ld", (long)getpid());
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
    return path;
}

static void keys_are_read(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "[Sequence]\nname=MOT17-02-FRCNN\nimDir=img1\nframeRate=30\nseqLength=600\nimWidth=1920\nimHeight=1080\n",
        "[Sequence]\r\nFRAMERATE = 30.0 \r\nseqlength= 600\r\nimwidth =1920\r\nimHeight=1080",
        "\xEF\xBB\xBF; a comment\n#x=1\nframeRate=3e1\n\nseqLength=600\nimWidth=1920\nimHeight=1080\nimExt=.jpg\nodd\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        psb_seqinfo info;
        if (psb_seqinfo_read(&info, file_with(texts[i]))) fail_msg("%s", psb_error_text());
        assert_true(info.fps == 30);
        assert_int_equal(info.frames, 600);
        assert_int_equal(info.width, 1920);
        assert_int_equal(info.height, 1080);
    }
    psb_seqinfo info;
    assert_int_equal(psb_seqinfo_read(&info, file_with("frameRate=12.5")), PSB_OK);
    assert_true(info.fps == 12.5);
    assert_int_equal(info.frames, 0);
    assert_int_equal(info.width, 0);
}

static void wrong_values_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message; /* what follows the path */
    } cases[] = {
        {"frameRate=0", ":1: frameRate: found \"0\", expected a number above 0, from 0.001 to 1000"},
        {"frameRate=-25", ":1: frameRate: found \"-25\", expected a number above 0, from 0.001 to 1000"},
        {"frameRate=fast", ":1: frameRate: found \"fast\", expected a number above 0, from 0.001 to 1000"},
        {"frameRate=nan", ":1: frameRate: found \"nan\", expected a number above 0, from 0.001 to 1000"},
        {"frameRate=", ":1: frameRate: found the end of the line, expected a number above 0, from 0.001 to 1000"},
        {"frameRate=25 30", ":1: frameRate: found \"25\", expected a number above 0, from 0.001 to 1000"},
        {"frameRate=25\nseqLength=1.5", ":2: seqLength: found \"1.5\", expected a whole number from 1 to 1000000000"},
        {"frameRate=25\nseqLength=0", ":2: seqLength: found \"0\", expected a whole number from 1 to 1000000000"},
        {"frameRate=25\n\nimWidth=99999", ":3: imWidth: found \"99999\", expected a whole number from 1 to 16384"},
        {"[Sequence]\nname=x\n", ":2: found no frameRate, expected frameRate=NUMBER"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        psb_seqinfo info;
        const char *const path = file_with(cases[i].text);
        assert_int_equal(psb_seqinfo_read(&info, path), PSB_BAD_INPUT);
        assert_true(info.fps == 0);
        assert_memory_equal(psb_error_text(), path, strlen(path));
        assert_string_equal(psb_error_text() + strlen(path), cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys_are_read), cmocka_unit_test(wrong_values_are_named)};
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    remove(file_with(""));
    return failed;
}
