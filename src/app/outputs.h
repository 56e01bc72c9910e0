/* SPDX-License-Identifier: Apache-2.0
 *
 * The text outputs of track: detections.txt, tracks.txt, tracks.jsonl; and the folder that they lie in.
 * Everything is written under temporary names; finish finds a full disk before commit renames the first.
 */
#ifndef PSB_APP_OUTPUTS_H
#define PSB_APP_OUTPUTS_H

#include <stdbool.h>

#include <passerby/status.h>

#include "base/outfile.h"
#include "camera/camera.h"
#include "track/offline.h"

enum { PSB_OUTPUT_PATH_BYTES = 4096 };

typedef struct psb_outputs { /* open/close; all fields private */
    char folder[PSB_OUTPUT_PATH_BYTES];
    bool made_folder;
    double coast_s;
    bool is_offline; /* tracks.txt is written by finish, from what is collected here */
    psb_offline offline;
    psb_outfile *detections, *tracks, *lines;
} psb_outputs;

/* As `mkdir -p`; *made_out: it was not there. Errors: PSB_BAD_INPUT (a file in its place), PSB_ENVIRONMENT. */
psb_status psb_outputs_make_folder(bool *made_out, const char *folder);

/* Makes the folder where it is missing (its parents, too) and opens the files. coast_s: predicted boxes stand in
 * tracks.txt up to that long. is_offline: tracks.txt is written at the end, by one who has seen all.
 * Errors: PSB_BAD_INPUT (a file in the folder's place), PSB_ENVIRONMENT. */
psb_status psb_outputs_open(psb_outputs *out, const char *folder, double coast_s, bool is_offline);

/* Removes what was not committed, and the folder if open made it and it is empty. Accepts all zero. */
void psb_outputs_close(psb_outputs *outputs);

/* FOLDER/NAME. Errors: PSB_BAD_INPUT when too long. */
psb_status psb_outputs_path(char path_out[PSB_OUTPUT_PATH_BYTES], const psb_outputs *outputs, const char *name);

/* The rows of one finished frame; none where it was not looked at. */
psb_status psb_outputs_put(psb_outputs *outputs, const psb_camera_result *result);

psb_status psb_outputs_finish(psb_outputs *outputs);
psb_status psb_outputs_commit(psb_outputs *outputs);

#endif
