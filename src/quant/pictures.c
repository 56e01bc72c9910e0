/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading pictures. In a folder every picture is opened for itself, since people's pictures have many sizes; of a video
 * every n-th frame is taken, all where it does not say how many it has.
 */
#include "quant/pictures_int.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include <passerby/frame.h>

#include "base/error.h"
#include "detect/prepare.h"
#include "media/reader.h"

enum { MAX_PATH_BYTES = 4096, MAX_NAMES = 1 << 20 };

typedef struct loader {
    psb_pictures *pictures;
    const psb_pictures_options *options;
    psb_prepare prepare;
    psb_tensor_view view; /* the network's shape and strides, our memory */
} loader;

static psb_status take(loader *self, const psb_frame *frame)
{
    psb_pictures *pictures = self->pictures;
    self->view.data = pictures->values + pictures->count * pictures->floats;
    const psb_image image = psb_frame_image(frame);
    psb_status status = psb_prepare_run(&self->prepare, &self->view, &image);
    if (!status) pictures->count++;
    return status;
}

/* Frames 0, every, 2 every, ... of a video or a single picture, until there is no more room. */
static psb_status take_from(loader *self, const char *path, int64_t most)
{
    const psb_reader_options options = {.fps = 1, .log = self->options->log};
    psb_reader *reader = NULL;
    psb_status status = psb_reader_open(&reader, path, &options);
    if (status) return status;
    const int64_t there = psb_reader_info_get(reader).frame_count;
    const int64_t every = there > most ? there / most : 1;
    for (int64_t i = 0; !status && most > 0; i++) {
        psb_frame *frame = NULL;
        status = psb_reader_read(reader, &frame);
        if (status) break;
        if (i % every == 0) {
            status = take(self, frame);
            most--;
        }
        psb_frame_unref(&frame);
    }
    psb_reader_close(&reader);
    return status == PSB_END ? PSB_OK : status;
}

static bool is_picture_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && name[0] != '.' &&
           (strcasecmp(dot, ".jpg") == 0 || strcasecmp(dot, ".jpeg") == 0 || strcasecmp(dot, ".png") == 0);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* names: the caller's to free, each and the array, also on failure. */
static psb_status list_names(char ***names_out, int32_t *count_out, const char *folder)
{
    DIR *dir = opendir(folder);
    if (!dir) return psb_fail_system(folder, "listing", errno);
    psb_status status = PSB_OK;
    for (const struct dirent *entry = readdir(dir); entry && !status; entry = readdir(dir)) {
        if (!is_picture_name(entry->d_name)) continue;
        if (*count_out == MAX_NAMES) {
            status = psb_fail(PSB_BAD_INPUT, "%s: found more than %d pictures, expected fewer", folder, MAX_NAMES);
            break;
        }
        if ((*count_out & (*count_out - 1)) == 0) { /* full at each power of two */
            char **larger = realloc(*names_out, (size_t)(*count_out ? 2 * *count_out : 1) * sizeof(*larger));
            if (!larger) status = psb_fail_memory("names of pictures", (size_t)*count_out * sizeof(*larger));
            if (larger) *names_out = larger;
        }
        if (!status && !((*names_out)[*count_out] = strdup(entry->d_name)))
            status = psb_fail_memory("a name of a picture", strlen(entry->d_name));
        if (!status) ++*count_out;
    }
    closedir(dir);
    if (*count_out) qsort(*names_out, (size_t)*count_out, sizeof(**names_out), compare_names);
    return status;
}

static psb_status take_folder(loader *self)
{
    const char *folder = self->options->path;
    char **names = NULL;
    int32_t count = 0;
    psb_status status = list_names(&names, &count, folder);
    const int32_t wanted = count < self->options->most ? count : self->options->most;
    for (int32_t i = 0; i < wanted && !status; i++) {
        char path[MAX_PATH_BYTES];
        const int length = snprintf(path, sizeof(path), "%s/%s", folder, names[(int64_t)i * count / wanted]);
        if (length < 0 || length >= MAX_PATH_BYTES)
            status = psb_fail(PSB_BAD_INPUT, "%s: found a path of %d bytes, expected fewer", folder, length);
        else
            status = take_from(self, path, 1);
    }
    for (int32_t i = 0; i < count; i++) free(names[i]);
    free(names);
    return status;
}

psb_status psb_pictures_init(psb_pictures *out, const psb_pictures_options *options, const psb_descriptor_input *input,
                             const psb_tensor_view *view)
{
    struct stat about;
    loader self = {.pictures = out, .options = options, .view = *view};
    *out = (psb_pictures){.capacity = options->most, .floats = 1};
    for (int32_t d = 0; d < view->rank; d++) out->floats *= view->dims[d];
    if (stat(options->path, &about)) return psb_fail_system(options->path, "opening", errno);
    out->values = calloc((size_t)options->most, (size_t)out->floats * sizeof(*out->values));
    if (!out->values) return psb_fail_memory("pictures", (size_t)options->most * (size_t)out->floats * sizeof(float));
    psb_prepare_init(&self.prepare, input, options->cpu_flags);
    psb_status status = S_ISDIR(about.st_mode) ? take_folder(&self) : take_from(&self, options->path, options->most);
    psb_prepare_fini(&self.prepare);
    if (!status && out->count == 0)
        status = psb_fail(PSB_BAD_INPUT, "%s: found no picture, expected JPEG or PNG files or a video", options->path);
    return status;
}

void psb_pictures_fini(psb_pictures *pictures)
{
    free(pictures->values);
    *pictures = (psb_pictures){0};
}

void psb_pictures_put(const psb_pictures *pictures, int32_t picture_i, const psb_tensor_view *to)
{
    memcpy(to->data, pictures->values + picture_i * pictures->floats, (size_t)pictures->floats * sizeof(float));
}
