/* SPDX-License-Identifier: Apache-2.0
 *
 * Every key is read from a URL and from a file alike, and what is not understood is refused in one sentence that names
 * it and what was expected.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "synth/settings.h"

static void every_key_is_read(void **state)
{
    (void)state;
    psb_synth_settings s;
    assert_int_equal(psb_synth_settings_from_url(
                         &s,
                         "synth://carpark?people=3&seed=100007&fps=12.5&size=640x480&duration=4s&light=dusk&rain=0.25"
                         "&noise=0&camera_height=4&tilt=20&fov=50"),
                     PSB_OK);
    assert_int_equal(s.kind, PSB_SCENE_CARPARK);
    assert_int_equal(s.people, 3);
    assert_int_equal(s.seed, 100007);
    assert_true(s.fps == 12.5);
    assert_int_equal(s.width, 640);
    assert_int_equal(s.height, 480);
    assert_int_equal(s.frame_count, 50);
    assert_int_equal(s.light, PSB_LIGHT_DUSK);
    assert_true(s.rain == 0.25f && s.noise == 0 && s.camera_height_m == 4 && s.tilt_deg == 20 && s.fov_deg == 50);
}

static void defaults_are_as_documented(void **state)
{
    (void)state;
    psb_synth_settings s;
    assert_int_equal(psb_synth_settings_from_url(&s, "synth://plaza"), PSB_OK);
    assert_int_equal(s.people, 12);
    assert_int_equal(s.seed, 1);
    assert_int_equal(s.frame_count, 500);
    assert_true(s.noise != s.noise && s.tilt_deg != s.tilt_deg); /* the scene's own */
    assert_int_equal(psb_synth_settings_from_url(&s, "synth://plaza?frames=7"), PSB_OK);
    assert_int_equal(s.frame_count, 7);
}

static void refusals_name_key_value_and_range(void **state)
{
    (void)state;
    static const struct {
        const char *url, *said;
    } rows[] = {
        {"synth://", "scene: found \"\", expected plaza, street, corridor or carpark"},
        {"synth://moon?people=2", "scene: found \"moon\", expected plaza"},
        {"synth://plaza?folk=2", "found the key \"folk\", expected people, seed"},
        {"synth://plaza?people", "people: found \"\", expected a whole number from 0 to 100"},
        {"synth://plaza?people=101", "people: found \"101\""},
        {"synth://plaza?people=1.5", "people: found \"1.5\", expected a whole number"},
        {"synth://plaza?people=2x", "people: found \"2x\""},
        {"synth://plaza?seed=-1", "seed: found \"-1\", expected a whole number from 0 to 4294967295"},
        {"synth://plaza?fps=0", "fps: found \"0\", expected a number from 1 to 120"},
        {"synth://plaza?fps=nan", "fps: found \"nan\""},
        {"synth://plaza?size=1280", "size: found \"1280\", expected even sides from 160x96 to 3840x2160"},
        {"synth://plaza?size=641x480", "size: found \"641x480\""},
        {"synth://plaza?size=640x480x2", "size: found \"640x480x2\""},
        {"synth://plaza?size=99999x99999", "size: found"},
        {"synth://plaza?duration=20", "duration: found \"20\", expected a time"},
        {"synth://plaza?duration=0s", "duration: found \"0s\""},
        {"synth://plaza?duration=2s&frames=5", "found duration and frames, expected one of them"},
        {"synth://plaza?light=bright", "light: found \"bright\", expected own, day"},
        {"synth://plaza?seed=1&seed=2", "seed: found it twice"},
        {"synth://plaza?&seed=1", "found the key \"\""},
        {"synth://plaza?noise=00000000000000000000000000000000000000000000000000000000000000000001",
         "noise: found a value of"},
        {"plaza", "found no synth://"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        psb_synth_settings s;
        assert_int_equal(psb_synth_settings_from_url(&s, rows[i].url), PSB_BAD_INPUT);
        if (!strstr(psb_error_text(), rows[i].said)) fail_msg("%s: said %s", rows[i].url, psb_error_text());
        if (!strstr(psb_error_text(), rows[i].url)) fail_msg("%s: is not named: %s", rows[i].url, psb_error_text());
    }
}

static psb_status from_text(psb_synth_settings *out, const char *text)
{
    char path[] = "/tmp/psb_scene_XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    const psb_status status = psb_synth_settings_open(out, path);
    unlink(path);
    return status;
}

static void a_file_says_the_same(void **state)
{
    (void)state;
    psb_synth_settings url, file;
    memset(&url, 0, sizeof(url));
    memset(&file, 0, sizeof(file));
    assert_int_equal(psb_synth_settings_from_url(&url, "synth://street?people=5&seed=9&fps=10&size=320x240&frames=30&"
                                                       "light=night&rain=1&noise=3&camera_height=6&tilt=10&fov=70"),
                     PSB_OK);
    assert_int_equal(from_text(&file, "scene: street\npeople: 5\nseed: 9\nfps: 10\nsize: 320x240\nframes: 30\n"
                                      "light: night\nrain: 1\nnoise: 3\ncamera_height: 6\ntilt: 10\nfov: 70\n"),
                     PSB_OK);
    assert_memory_equal(&url, &file, sizeof(url));
}

static void a_file_is_refused_with_its_line(void **state)
{
    (void)state;
    psb_synth_settings s;
    assert_int_equal(from_text(&s, "scene: street\npeople: 500\n"), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), ":2: people"));
    assert_int_equal(from_text(&s, "people: 5\n"), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), "scene"));
    assert_int_equal(from_text(&s, "scene: street\nsize: big\n"), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), "size: found \"big\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_read),
        cmocka_unit_test(defaults_are_as_documented),
        cmocka_unit_test(refusals_name_key_value_and_range),
        cmocka_unit_test(a_file_says_the_same),
        cmocka_unit_test(a_file_is_refused_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
