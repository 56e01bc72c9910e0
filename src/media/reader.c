/* SPDX-License-Identifier: Apache-2.0
 *
 * The front desk of reading: looks at what kind of thing the input is, opens the source for it, and proves by reading
 * the first frame that there are pictures at all. What holds for every source (one size for all frames, times that
 * grow, a word at the end about damage) is checked here, once.
 */
#include "media/reader.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libavutil/log.h>

#include "base/error.h"
#include "media/media_int.h"

struct psb_reader {
    psb_source *source;
    psb_frame *first; /* read by open, handed out by the first read */
    char *path;
    psb_reader_options options; /* defaults filled in */
    int64_t frame_count;        /* delivered */
    int64_t first_number;       /* of `first` */
    double last_time_s;
    bool has_ended;
};

static int64_t no_clock(void *user)
{
    (void)user;
    return 0;
}

static psb_reader_options with_defaults(const psb_reader_options *given)
{
    psb_reader_options options = given ? *given : (psb_reader_options){0};
    if (options.threads <= 0) options.threads = 1;
    if (options.max_frames <= 0) options.max_frames = 64;
    if (!options.clock.now_ns) options.clock.now_ns = no_clock;
    return options;
}

/* Does a file begin as JPEG or PNG do? */
static psb_status look_at_head(bool *is_picture_out, const char *path)
{
    uint8_t head[8] = {0};
    *is_picture_out = false;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return psb_fail_system(path, "opening", errno);
    const ssize_t size_bytes = read(fd, head, sizeof(head));
    const int error = errno;
    close(fd);
    if (size_bytes < 0) return psb_fail_system(path, "reading", error);
    *is_picture_out = memcmp(head, "\xff\xd8\xff", 3) == 0 || memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0;
    return PSB_OK;
}

static psb_status open_source(psb_source **out, const char *path, const psb_reader_options *options)
{
    struct stat about;
    if (stat(path, &about)) {
        if (errno == ENOENT || errno == ENOTDIR)
            return psb_fail(PSB_BAD_INPUT, "%s: not found, expected a video file or a folder of images", path);
        return psb_fail_system(path, "looking it up", errno);
    }
    if (S_ISDIR(about.st_mode)) return psb_source_open_folder(out, path, options);
    if (!S_ISREG(about.st_mode))
        return psb_fail(PSB_BAD_INPUT, "%s: found a device or pipe, expected a video file or a folder of images", path);
    if (about.st_size == 0) return psb_fail(PSB_BAD_INPUT, "%s: found an empty file, expected a video", path);

    bool is_picture = false;
    psb_status status = look_at_head(&is_picture, path);
    if (status) return status;
    return is_picture ? psb_source_open_picture(out, path, options) : psb_source_open_file(out, path, options);
}

psb_status psb_reader_open(psb_reader **out, const char *input, const psb_reader_options *options)
{
    *out = NULL;
    /* FFmpeg's log is one per process and speaks of its own insides; what matters comes back as codes and counts */
    av_log_set_level(AV_LOG_QUIET);

    psb_status status = PSB_NO_MEMORY;
    psb_reader *reader = calloc(1, sizeof(*reader));
    if (!reader) return psb_fail_memory("a reader", sizeof(*reader));
    reader->options = with_defaults(options);
    if (reader->options.max_frames > 4096) {
        status =
            psb_fail(PSB_BAD_INPUT, "reader: found max_frames %d, expected 1 to 4096", (int)reader->options.max_frames);
        goto done;
    }
    const size_t path_bytes = strlen(input) + 1;
    reader->path = malloc(path_bytes);
    if (!reader->path) {
        psb_fail_memory("a path", path_bytes);
        goto done;
    }
    memcpy(reader->path, input, path_bytes);

    status = open_source(&reader->source, reader->path, &reader->options);
    if (status) goto done;
    status = reader->source->read(reader->source, &reader->first);
    if (status == PSB_END)
        status = psb_fail(PSB_BAD_INPUT, "%s: no frame could be decoded (%lld damaged packets), expected a video",
                          input, (long long)reader->source->info.decode_errors);
    if (status) goto done;
    reader->source->info.width = psb_frame_image(reader->first).width;
    reader->source->info.height = psb_frame_image(reader->first).height;
    reader->first_number = reader->source->info.frame_number;
    reader->source->info.frame_number = 0; /* nothing was handed out yet */

    *out = reader;
    reader = NULL;
done:
    psb_reader_close(&reader);
    return status;
}

void psb_reader_close(psb_reader **reader)
{
    if (!reader || !*reader) return;
    psb_frame_unref(&(*reader)->first);
    if ((*reader)->source) (*reader)->source->close((*reader)->source);
    free((*reader)->path);
    free(*reader);
    *reader = NULL;
}

/* Said once, when the last frame has been read. */
static void report_damage(const psb_reader *reader)
{
    const psb_reader_info *info = &reader->source->info;
    if (info->is_truncated)
        psb_log_line(reader->options.log, PSB_LOG_WARNING,
                     "%s: the file ends before its container says; its %lld frames are used", reader->path,
                     (long long)reader->frame_count);
    if (info->decode_errors)
        psb_log_line(reader->options.log, PSB_LOG_WARNING, "%s: damaged packets: %lld", reader->path,
                     (long long)info->decode_errors);
}

/* Every source keeps to these; a frame that does not fit is refused by the size that the user can see. */
static psb_status check_frame(const psb_reader *reader, const psb_frame *frame)
{
    const psb_image image = psb_frame_image(frame);
    const psb_reader_info *info = &reader->source->info;
    assert(reader->frame_count == 0 || psb_frame_time_s(frame) > reader->last_time_s);
    if (image.width == info->width && image.height == info->height) return PSB_OK;
    return psb_fail(PSB_BAD_INPUT, "%s: frame %lld: found %dx%d pixels, expected %dx%d as in the first", reader->path,
                    (long long)reader->frame_count + 1, (int)image.width, (int)image.height, (int)info->width,
                    (int)info->height);
}

psb_status psb_reader_read(psb_reader *reader, psb_frame **out)
{
    psb_frame *frame = reader->first;
    psb_status status = PSB_OK;
    *out = NULL;
    reader->first = NULL;
    if (frame) reader->source->info.frame_number = reader->first_number;
    if (!frame) status = reader->has_ended ? PSB_END : reader->source->read(reader->source, &frame);
    if (status == PSB_END && !reader->has_ended) {
        reader->has_ended = true;
        report_damage(reader);
    }
    if (!status) status = check_frame(reader, frame);
    if (status) goto done;

    reader->frame_count++;
    reader->last_time_s = psb_frame_time_s(frame);
    *out = frame;
    frame = NULL;
done:
    psb_frame_unref(&frame);
    return status;
}

psb_reader_info psb_reader_info_get(const psb_reader *reader)
{
    return reader->source->info;
}
