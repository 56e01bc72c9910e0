/* SPDX-License-Identifier: Apache-2.0
 *
 * The page that `passerby eval tracks --report FILE` writes: charts first, then every field. It has a file of its own
 * because it is the only user of the report room.
 */
#ifndef PSB_APP_EVAL_REPORT_H
#define PSB_APP_EVAL_REPORT_H

#include <passerby/status.h>

#include "eval/track_folder.h"

/* Writes the page whole or not at all. */
psb_status psb_eval_report_write(const char *path, const psb_eval_tracks *tracks, const char *benchmark);

#endif
