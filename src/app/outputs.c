/* SPDX-License-Identifier: Apache-2.0
 *
 * Which rows go into which file (docs: product.md, "Outputs of track"); how a row is written is known in formats/.
 */
#include "app/outputs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "formats/mot.h"
#include "formats/track_lines.h"

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

psb_status psb_outputs_make_folder(bool *made_out, const char *folder)
{
    char path[PSB_OUTPUT_PATH_BYTES];
    snprintf(path, sizeof(path), "%s", folder);
    for (char *slash = path + 1; *slash; slash++) {
        if (*slash != '/') continue;
        *slash = '\0';
        mkdir(path, 0777); /* what is wrong with a parent shows at the last one */
        *slash = '/';
    }
    *made_out = mkdir(path, 0777) == 0;
    const int error = errno; /* is_folder asks the system, too */
    if (*made_out || is_folder(path)) return PSB_OK;
    return error == EEXIST || error == ENOTDIR
               ? psb_fail(PSB_BAD_INPUT, "%s: found a file, expected a folder for the outputs", folder)
               : psb_fail_output(folder, "making the folder", error);
}

psb_status psb_outputs_path(char path_out[PSB_OUTPUT_PATH_BYTES], const psb_outputs *outputs, const char *name)
{
    const int length = snprintf(path_out, PSB_OUTPUT_PATH_BYTES, "%s/%s", outputs->folder, name);
    if (length >= 0 && length < PSB_OUTPUT_PATH_BYTES) return PSB_OK;
    return psb_fail(PSB_BAD_INPUT, "%s: the path is longer than %d bytes", outputs->folder, PSB_OUTPUT_PATH_BYTES - 1);
}

static psb_status open_one(psb_outfile **out, const psb_outputs *outputs, const char *name)
{
    char path[PSB_OUTPUT_PATH_BYTES];
    const psb_status status = psb_outputs_path(path, outputs, name);
    return status ? status : psb_outfile_open(out, path);
}

psb_status psb_outputs_open(psb_outputs *out, const char *folder, double coast_s, bool is_offline)
{
    *out = (psb_outputs){.coast_s = coast_s, .is_offline = is_offline};
    if (strlen(folder) >= PSB_OUTPUT_PATH_BYTES)
        return psb_fail(PSB_BAD_INPUT, "%s: the path is longer than %d bytes", folder, PSB_OUTPUT_PATH_BYTES - 1);
    memcpy(out->folder, folder, strlen(folder) + 1);
    psb_status status = psb_outputs_make_folder(&out->made_folder, folder);
    if (!status) status = open_one(&out->detections, out, "detections.txt");
    if (!status) status = open_one(&out->tracks, out, "tracks.txt");
    if (!status) status = open_one(&out->lines, out, "tracks.jsonl");
    if (status) psb_outputs_close(out);
    return status;
}

void psb_outputs_close(psb_outputs *outputs)
{
    psb_outfile_close(&outputs->detections);
    psb_outfile_close(&outputs->tracks);
    psb_outfile_close(&outputs->lines);
    psb_offline_fini(&outputs->offline);
    if (outputs->made_folder) rmdir(outputs->folder); /* succeeds only on an empty one */
    *outputs = (psb_outputs){0};
}

/* Confirmed, or predicted for no longer than asked for. */
static bool belongs_in_text(const psb_outputs *outputs, const psb_tracks *tracks, int32_t i)
{
    if (outputs->is_offline) return false;
    if (tracks->state[i] == PSB_TRACK_CONFIRMED) return true;
    return tracks->state[i] == PSB_TRACK_COASTING && tracks->unseen_s[i] <= outputs->coast_s;
}

psb_status psb_outputs_put(psb_outputs *outputs, const psb_camera_result *result)
{
    if (!result->is_looked_at) return PSB_OK;
    psb_status status = PSB_OK;
    const psb_boxes *boxes = result->boxes;
    for (int32_t i = 0; i < boxes->count && !status; i++)
        status = psb_mot_write_row(
            outputs->detections,
            (psb_mot_row){.frame = result->number, .id = -1, .box = psb_boxes_at(boxes, i), .score = boxes->score[i]});
    const psb_tracks *tracks = result->tracks;
    if (!status && outputs->is_offline)
        status = psb_offline_add(&outputs->offline, tracks, result->moved, result->number, result->time_s);
    for (int32_t i = 0; i < tracks->count && !status; i++) {
        if (belongs_in_text(outputs, tracks, i))
            status = psb_mot_write_row(outputs->tracks, (psb_mot_row){.frame = result->number,
                                                                      .id = tracks->id[i],
                                                                      .box = psb_tracks_at(tracks, i),
                                                                      .score = tracks->score[i]});
        psb_track_line_write(outputs->lines, tracks, i, result->number, result->time_s);
    }
    return status;
}

static psb_status write_offline(psb_outputs *outputs)
{
    psb_offline *const offline = &outputs->offline;
    psb_status status = psb_offline_finish(offline);
    for (int64_t i = 0; i < offline->count && !status; i++) {
        const psb_sighting *const one = &offline->sightings[i];
        status = psb_mot_write_row(outputs->tracks, (psb_mot_row){.frame = offline->looks[one->look_i].frame,
                                                                  .id = one->id,
                                                                  .box = one->box,
                                                                  .score = one->score});
    }
    return status;
}

psb_status psb_outputs_finish(psb_outputs *outputs)
{
    psb_status status = outputs->is_offline ? write_offline(outputs) : PSB_OK;
    if (!status) status = psb_outfile_finish(outputs->detections);
    if (!status) status = psb_outfile_finish(outputs->tracks);
    return status ? status : psb_outfile_finish(outputs->lines);
}

psb_status psb_outputs_commit(psb_outputs *outputs)
{
    psb_status status = psb_outfile_commit(outputs->detections);
    if (!status) status = psb_outfile_commit(outputs->tracks);
    return status ? status : psb_outfile_commit(outputs->lines);
}
