/* SPDX-License-Identifier: Apache-2.0
 *
 * Durations: a number and a unit.
 * The unit is asked for, so that nobody has to guess whether 500 is much.
 */
#include "config/duration.h"

#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"

static const struct {
    const char *unit;
    double seconds;
} units[] = {{"ms", 1e-3}, {"s", 1.0}, {"m", 60.0}, {"h", 3600.0}};

static const double most_s = 1000.0 * 3600.0;

psb_status psb_duration_parse(double *seconds_out, const char *text)
{
    *seconds_out = 0.0;
    double number = 0.0;
    size_t used = psb_number_scan(&number, text);
    if (used == 0 || text[0] == '-' || text[0] == '+') goto bad;
    if (text[used] == '\0' && number == 0.0) return PSB_OK;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(text + used, units[i].unit) != 0) continue;
        double seconds = number * units[i].seconds;
        if (!(seconds <= most_s)) break;
        *seconds_out = seconds;
        return PSB_OK;
    }
bad:
    return psb_fail(PSB_BAD_INPUT, "found \"%.60s\", expected a duration such as 500ms, 1s or 2m (at most 1000h)",
                    text);
}
