/* SPDX-License-Identifier: Apache-2.0
 *
 * What a track run did, as one JSON object: summary.json, and standard output with --json.
 */
#ifndef PSB_APP_SUMMARY_H
#define PSB_APP_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/histogram.h"
#include "base/outfile.h"
#include "camera/camera.h"
#include "media/reader.h"

enum { PSB_SUMMARY_MAX_OUTPUTS = 8 };

typedef struct psb_summary {
    int64_t frames; /* that went through the run */
    int64_t looked_at;
    int64_t withheld;      /* covered whole, because nothing was known of them */
    int64_t tracks;        /* identities confirmed */
    double seconds;        /* of the stream: from the first frame's begin to the last one's end */
    psb_reader_info input; /* all zero without pictures, but for rate and size where they are known */
    const psb_histogram *decode, *redact, *encode; /* NULL = that stage did not run */
    const psb_camera *camera;
    const char *model_name, *model_sha256; /* NULL without a model */
    const char *cpu;
    const char *outputs[PSB_SUMMARY_MAX_OUTPUTS]; /* file names in the folder */
    int32_t output_count;
    const char *encoder; /* of the videos, NULL without one */
    bool is_unredacted;  /* a video was written in which nobody is covered */
    bool is_offline;     /* tracks.txt was made looking ahead */
    bool is_interrupted;
} psb_summary;

void psb_summary_write(psb_outfile *to, const psb_summary *summary, bool pretty);

#endif
