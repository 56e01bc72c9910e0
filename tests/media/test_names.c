/* SPDX-License-Identifier: Apache-2.0
 *
 * The natural order of file names: a table in order, every pair of it compared both ways.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "media/media_int.h"

static void every_pair_of_a_sorted_table(void **state)
{
    (void)state;
    static const char *const sorted[] = {
        "",        "0.jpg", "01.jpg", "1.jpg",   "2.jpg",    "10.jpg",   "18446744073709551617.jpg",
        "a",       "a1",    "a1b2",   "a1b10",   "a2",       "a002.png", "a10",
        "a10.jpg", "a10b",  "b",      "frame-9", "frame-10", "frame.10",
    };
    const int count = (int)(sizeof(sorted) / sizeof(sorted[0]));
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count; j++) {
            const int order = psb_natural_compare(sorted[i], sorted[j]);
            if ((order > 0) - (order < 0) != (i > j) - (i < j))
                fail_msg("\"%s\" and \"%s\": found %d", sorted[i], sorted[j], order);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_pair_of_a_sorted_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
