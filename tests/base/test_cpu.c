/* SPDX-License-Identifier: Apache-2.0
 *
 * CPU flags: implications hold, a word masks what the machine has and never adds to it, wrong words are refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cpu.h"
#include "base/error.h"

static void test_detected_flags_imply_each_other(void **state)
{
    (void)state;
    const uint32_t flags = psb_cpu_detect();
    if (flags & PSB_CPU_AVX512_VNNI) assert_true(flags & PSB_CPU_AVX512);
    if (flags & PSB_CPU_AVX512) assert_true(flags & PSB_CPU_AVX2);
}

static void test_words_mask_the_machine(void **state)
{
    (void)state;
    const uint32_t machine = psb_cpu_detect();
    uint32_t flags = 77;
    assert_int_equal(psb_cpu_from_name(&flags, NULL), PSB_OK);
    assert_int_equal(flags, machine);
    assert_int_equal(psb_cpu_from_name(&flags, ""), PSB_OK);
    assert_int_equal(flags, machine);
    assert_int_equal(psb_cpu_from_name(&flags, "c"), PSB_OK);
    assert_int_equal(flags, 0);

    const psb_status avx2 = psb_cpu_from_name(&flags, "avx2");
    assert_int_equal(avx2, machine & PSB_CPU_AVX2 ? PSB_OK : PSB_UNSUPPORTED);
    assert_int_equal(flags, machine & PSB_CPU_AVX2);
    const psb_status avx512 = psb_cpu_from_name(&flags, "avx512");
    assert_int_equal(avx512, machine & PSB_CPU_AVX512 ? PSB_OK : PSB_UNSUPPORTED);
    assert_int_equal(flags, machine & PSB_CPU_AVX512 ? machine : 0);
}

static void test_other_words_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"C", "avx", "avx2 ", "sse", "avx512-vnni"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        uint32_t flags = 77;
        assert_int_equal(psb_cpu_from_name(&flags, wrong[i]), PSB_USAGE);
        assert_int_equal(flags, 0);
        assert_non_null(strstr(psb_error_text(), "expected c, avx2 or avx512"));
    }
}

static void test_names_are_the_highest_flag(void **state)
{
    (void)state;
    assert_string_equal(psb_cpu_name(0), "c");
    assert_string_equal(psb_cpu_name(PSB_CPU_AVX2), "avx2");
    assert_string_equal(psb_cpu_name(PSB_CPU_AVX2 | PSB_CPU_AVX512), "avx512");
    assert_string_equal(psb_cpu_name(PSB_CPU_AVX2 | PSB_CPU_AVX512 | PSB_CPU_AVX512_VNNI), "avx512-vnni");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_detected_flags_imply_each_other),
        cmocka_unit_test(test_words_mask_the_machine),
        cmocka_unit_test(test_other_words_are_refused),
        cmocka_unit_test(test_names_are_the_highest_flag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
