/* SPDX-License-Identifier: Apache-2.0
 *
 * A file that appears whole or not at all: written under a temporary name in the same folder, renamed by commit.
 * What is closed without commit is removed. Writes go through one bounded buffer; formatting allocates nothing.
 */
#ifndef PSB_BASE_OUTFILE_H
#define PSB_BASE_OUTFILE_H

#include <stddef.h>

#include <passerby/status.h>

#include "base/compiler.h"

typedef struct psb_outfile psb_outfile; /* one thread at a time */

/* Creates ".NAME.PID.tmp" beside path (0666 less umask); a link at path is followed, not replaced. "-" is standard
 * output; a device or a pipe is written straight through. Errors: PSB_ENVIRONMENT, PSB_NO_MEMORY. */
psb_status psb_outfile_open(psb_outfile **out, const char *path);

/* Standard output under the same interface; commit flushes, close does not close it. */
psb_status psb_outfile_open_stdout(psb_outfile **out);

/* The temporary name, for writers that open files themselves (the MP4 writer); where written straight through, the
 * path itself. */
const char *psb_outfile_temporary_path(const psb_outfile *file);

/* At most 4096 bytes formatted a call. Errors stick: they are reported here and again by commit. */
psb_status psb_outfile_printf(psb_outfile *file, const char *format, ...) PSB_FORMAT(2, 3);
psb_status psb_outfile_write(psb_outfile *file, const void *data, size_t size_bytes);

/* Flushes and closes, but keeps the temporary name: where several files belong together, each is finished, so that a
 * full disk shows, before the first of them is committed. Afterwards only commit and close may follow. */
psb_status psb_outfile_finish(psb_outfile *file);

/* Finishes where that was not done, then renames onto path. Afterwards only close may follow. */
psb_status psb_outfile_commit(psb_outfile *file);

/* Removes the temporary file unless committed. Accepts NULL and a NULL inside. */
void psb_outfile_close(psb_outfile **file);

#endif
