/* SPDX-License-Identifier: Apache-2.0
 *
 * Durations as people write them: 500ms, 1s, 1.5s, 2m, 1h.
 * The command line and settings files read them by the same rule.
 */
#ifndef PSB_CONFIG_DURATION_H
#define PSB_CONFIG_DURATION_H

#include <passerby/status.h>

/* A decimal number, not negative, and one of the units ms, s, m, h, without a space between; a plain 0 needs no unit.
 * At most 1000 hours. Errors: PSB_BAD_INPUT, the sentence being `found "TEXT", expected a duration such as 500ms, 1s
 * or 2m`; the caller, who knows, may say where. */
psb_status psb_duration_parse(double *seconds_out, const char *text);

#endif
