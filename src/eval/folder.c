/* SPDX-License-Identifier: Apache-2.0
 *
 * Sequences of a truth folder, found by what they hold. Sorted by name, because readdir's order is nobody's.
 */
#include "eval/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "formats/mot.h"

/* 111 hours at 25 frames a second. Scores keep numbers for each frame, so a length is believed only within reason. */
enum { MOST_FRAMES = 10 * 1000 * 1000 };

static bool is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

psb_status psb_sequence_path(char out[PSB_EVAL_PATH_BYTES], const char *folder, const char *name, const char *tail)
{
    const int length = snprintf(out, PSB_EVAL_PATH_BYTES, "%s/%s%s", folder, name, tail);
    return length < PSB_EVAL_PATH_BYTES ? PSB_OK : psb_fail(PSB_BAD_INPUT, "%s/%s: the path is too long", folder, name);
}

static bool is_sequence(const char *root, const char *name)
{
    char gt[PSB_EVAL_PATH_BYTES], info[PSB_EVAL_PATH_BYTES];
    if (name[0] == '.' || strlen(name) >= PSB_EVAL_NAME_BYTES) return false;
    if (psb_sequence_path(gt, root, name, "/gt/gt.txt") || psb_sequence_path(info, root, name, "/seqinfo.ini"))
        return false;
    return is_file(gt) && is_file(info);
}

static psb_status append_name(psb_sequence_names *to, const char *name, size_t length)
{
    if (to->count == PSB_EVAL_MAX_SEQUENCES)
        return psb_fail(PSB_BAD_INPUT, "found more than %d sequences, expected at most that", PSB_EVAL_MAX_SEQUENCES);
    if ((to->count & (to->count - 1)) == 0) { /* full at every power of two */
        void *larger = realloc(to->name, (size_t)(to->count ? 2 * to->count : 1) * sizeof(*to->name));
        if (!larger) return psb_fail_memory("sequences", (size_t)to->count * 2 * sizeof(*to->name));
        to->name = larger;
    }
    memcpy(to->name[to->count], name, length);
    to->name[to->count++][length] = '\0';
    return PSB_OK;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

static psb_status list_all(psb_sequence_names *to, const char *root)
{
    DIR *folder = opendir(root);
    if (!folder) return psb_fail_system(root, "opening the folder", errno);
    psb_status status = PSB_OK;
    for (const struct dirent *entry = readdir(folder); entry && !status; entry = readdir(folder))
        if (is_sequence(root, entry->d_name)) status = append_name(to, entry->d_name, strlen(entry->d_name));
    closedir(folder);
    if (!status && to->count == 0)
        return psb_fail(PSB_BAD_INPUT, "%s: found no sequence, expected folders with gt/gt.txt and seqinfo.ini", root);
    if (!status) qsort(to->name, (size_t)to->count, sizeof(*to->name), compare_names);
    return status;
}

static psb_status list_wanted(psb_sequence_names *to, const char *root, const char *wanted)
{
    while (*wanted) {
        const size_t length = strcspn(wanted, ",");
        if (length == 0 || length >= PSB_EVAL_NAME_BYTES)
            return psb_fail(PSB_USAGE, "--sequences: found \"%s\", expected names with commas between", wanted);
        const psb_status status = append_name(to, wanted, length);
        if (status) return status;
        if (!is_sequence(root, to->name[to->count - 1]))
            return psb_fail(PSB_BAD_INPUT, "%s/%s: found no sequence, expected gt/gt.txt and seqinfo.ini in it", root,
                            to->name[to->count - 1]);
        wanted += length + (wanted[length] == ',');
    }
    return PSB_OK;
}

psb_status psb_sequence_names_init(psb_sequence_names *out, const char *gt_root, const char *wanted)
{
    *out = (psb_sequence_names){0};
    const psb_status status = wanted ? list_wanted(out, gt_root, wanted) : list_all(out, gt_root);
    if (status) psb_sequence_names_fini(out);
    return status;
}

void psb_sequence_names_fini(psb_sequence_names *names)
{
    free(names->name);
    *names = (psb_sequence_names){0};
}

psb_status psb_sequence_length(int32_t *frame_count_out, const char *gt_root, const char *name)
{
    char path[PSB_EVAL_PATH_BYTES];
    psb_seqinfo info;
    psb_status status = psb_sequence_path(path, gt_root, name, "/seqinfo.ini");
    if (!status) status = psb_seqinfo_read(&info, path);
    if (status) return status;
    if (info.frames < 1) return psb_fail(PSB_BAD_INPUT, "%s: found no seqLength, expected the number of frames", path);
    if (info.frames > MOST_FRAMES)
        return psb_fail(PSB_BAD_INPUT, "%s: found seqLength %lld, expected at most %d frames", path,
                        (long long)info.frames, MOST_FRAMES);
    *frame_count_out = (int32_t)info.frames;
    return PSB_OK;
}
