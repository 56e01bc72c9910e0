/* SPDX-License-Identifier: Apache-2.0
 *
 * Which sequences a folder of MOT truth holds: NAME/gt/gt.txt and NAME/seqinfo.ini, other folders passed over.
 */
#ifndef PSB_EVAL_FOLDER_H
#define PSB_EVAL_FOLDER_H

#include <stdint.h>

#include <passerby/status.h>

enum { PSB_EVAL_NAME_BYTES = 256, PSB_EVAL_MAX_SEQUENCES = 4096, PSB_EVAL_PATH_BYTES = 4096 };

typedef struct psb_sequence_names { /* init/fini; all zero = empty */
    int32_t count;
    char (*name)[PSB_EVAL_NAME_BYTES];
} psb_sequence_names;

/* wanted: names with commas between, kept in that order; NULL = all, sorted. Errors: PSB_BAD_INPUT (none there, a
 * wanted one missing), PSB_USAGE (an empty name), PSB_ENVIRONMENT, PSB_NO_MEMORY. */
psb_status psb_sequence_names_init(psb_sequence_names *out, const char *gt_root, const char *wanted);
void psb_sequence_names_fini(psb_sequence_names *names);

/* FOLDER/NAME TAIL. PSB_BAD_INPUT when too long for PSB_EVAL_PATH_BYTES. */
psb_status psb_sequence_path(char out[PSB_EVAL_PATH_BYTES], const char *folder, const char *name, const char *tail);

/* seqLength of GTROOT/NAME/seqinfo.ini, which must be there: 1 to 10 million. */
psb_status psb_sequence_length(int32_t *frame_count_out, const char *gt_root, const char *name);

#endif
