/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading pictures. In a folder, and the folders in it, every picture is opened for itself, since people's pictures
 * have many sizes; of a video every n-th frame is taken, all where it does not say how many it has.
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

enum { MAX_PATH_BYTES = 4096, MAX_NAMES = 1 << 20, MAX_DEPTH = 16, FEW_PICTURES = 16 };

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
    return status ? status : psb_pictures_step(pictures);
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

typedef struct name_list { /* paths; init by = {0} */
    char **paths;
    int32_t count;
} name_list;

static psb_status add_name(name_list *names, const char *path)
{
    if (names->count == MAX_NAMES)
        return psb_fail(PSB_BAD_INPUT, "%s: found more than %d pictures, expected fewer", path, MAX_NAMES);
    if ((names->count & (names->count - 1)) == 0) { /* full at each power of two */
        char **larger = realloc(names->paths, (size_t)(names->count ? 2 * names->count : 1) * sizeof(*larger));
        if (!larger) return psb_fail_memory("names of pictures", (size_t)names->count * sizeof(*larger));
        names->paths = larger;
    }
    names->paths[names->count] = strdup(path);
    if (!names->paths[names->count]) return psb_fail_memory("a name of a picture", strlen(path));
    names->count++;
    return PSB_OK;
}

static psb_status list_folder(name_list *names, const char *folder, int32_t depth);

/* Folders in folders are gone into, links to folders are not: they could lead in a circle. */
static psb_status list_entry(name_list *names, const char *folder, const char *name, int32_t depth)
{
    char path[MAX_PATH_BYTES];
    struct stat about;
    if (name[0] == '.') return PSB_OK;
    const int length = snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (length < 0 || length >= MAX_PATH_BYTES)
        return psb_fail(PSB_BAD_INPUT, "%s: found a path of %d bytes, expected fewer", folder, length);
    if (depth < MAX_DEPTH && lstat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return list_folder(names, path, depth + 1);
    return is_picture_name(name) ? add_name(names, path) : PSB_OK;
}

static psb_status list_folder(name_list *names, const char *folder, int32_t depth)
{
    DIR *dir = opendir(folder);
    if (!dir) return psb_fail_system(folder, "listing", errno);
    psb_status status = PSB_OK;
    for (const struct dirent *entry = readdir(dir); entry && !status; entry = readdir(dir))
        status = list_entry(names, folder, entry->d_name, depth);
    closedir(dir);
    return status;
}

/* Damaged pictures are counted and passed over: of a thousand one often is. */
static psb_status take_folder(loader *self)
{
    name_list names = {0};
    psb_status status = list_folder(&names, self->options->path, 0);
    if (names.count) qsort(names.paths, (size_t)names.count, sizeof(*names.paths), compare_names);
    const int32_t wanted = names.count < self->options->most ? names.count : self->options->most;
    for (int32_t i = 0; i < wanted && !status; i++) {
        const char *path = names.paths[(int64_t)i * names.count / wanted];
        status = take_from(self, path, 1);
        if (status != PSB_BAD_INPUT && status != PSB_UNSUPPORTED) continue;
        psb_log_line(self->options->log, PSB_LOG_WARNING, "%s; passed over", psb_error_text());
        self->pictures->unreadable++;
        status = PSB_OK;
    }
    if (!status && wanted > 0 && self->pictures->count == 0)
        status =
            psb_fail(PSB_BAD_INPUT, "%s: found %d pictures of which none can be read", self->options->path, wanted);
    for (int32_t i = 0; i < names.count; i++) free(names.paths[i]);
    free(names.paths);
    return status;
}

psb_status psb_pictures_init(psb_pictures *out, const psb_pictures_options *options, const psb_descriptor_input *input,
                             const psb_tensor_view *view)
{
    struct stat about;
    loader self = {.pictures = out, .options = options, .view = *view};
    *out = (psb_pictures){.capacity = options->most, .floats = 1, .watch = options->watch};
    for (int32_t d = 0; d < view->rank; d++) out->floats *= view->dims[d];
    if (stat(options->path, &about)) return psb_fail_system(options->path, "opening", errno);
    out->values = calloc((size_t)options->most, (size_t)out->floats * sizeof(*out->values));
    if (!out->values) return psb_fail_memory("pictures", (size_t)options->most * (size_t)out->floats * sizeof(float));
    psb_prepare_init(&self.prepare, input, options->cpu_flags);
    psb_status status = S_ISDIR(about.st_mode) ? take_folder(&self) : take_from(&self, options->path, options->most);
    psb_prepare_fini(&self.prepare);
    if (!status && out->count == 0)
        status = psb_fail(PSB_BAD_INPUT, "%s: found no picture, expected JPEG or PNG files or a video", options->path);
    if (!status && out->count < FEW_PICTURES)
        psb_log_line(options->log, PSB_LOG_WARNING, "%s: found %d pictures; %d and more choose ranges better",
                     options->path, out->count, FEW_PICTURES);
    return status;
}

void psb_pictures_fini(psb_pictures *pictures)
{
    free(pictures->values);
    *pictures = (psb_pictures){0};
}

psb_status psb_pictures_step(psb_pictures *pictures)
{
    const psb_quant_watch *watch = &pictures->watch;
    pictures->done++;
    if (!watch->goes_on || watch->goes_on(watch->user, pictures->done)) return PSB_OK;
    return psb_fail(PSB_INTERRUPTED, "quantising was interrupted");
}

void psb_pictures_put(const psb_pictures *pictures, int32_t picture_i, const psb_tensor_view *to)
{
    memcpy(to->data, pictures->values + picture_i * pictures->floats, (size_t)pictures->floats * sizeof(float));
}
