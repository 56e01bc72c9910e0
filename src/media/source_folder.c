/* SPDX-License-Identifier: Apache-2.0
 *
 * A folder of JPEG or PNG pictures as a video: files in natural order of their names, one rate. No demuxer: a file is
 * read whole into a buffer that is reused, its first bytes (not its name) say which decoder gets it. A picture that
 * cannot be decoded is a damaged packet: counted, its place in time left empty.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "formats/mot.h"
#include "media/media_int.h"

enum {
    DEFAULT_RATE_FPS = 25,
    MAX_PATH_BYTES = 4096,
    MAX_NAMES = 1 << 24,         /* a week at 25 frames/s */
    MAX_PICTURE_BYTES = 1 << 29, /* 512 MB: larger than any picture of 16384 x 16384 that a camera wrote */
};

enum { DECODER_JPEG, DECODER_PNG, DECODER_COUNT };

typedef struct folder_source {
    psb_source head;
    const psb_reader_options *options;
    char folder[MAX_PATH_BYTES];
    char **names; /* in natural order */
    size_t name_count, name_capacity, next_i;
    AVCodecContext *decoder[DECODER_COUNT]; /* opened when first needed */
    AVPacket *packet;
    uint8_t *bytes; /* the file being decoded, and FFmpeg's padding */
    size_t capacity_bytes;
    psb_frame_maker *maker;
    int32_t width, height; /* of the first picture, as shown; 0 before it */
} folder_source;

/* ---- names ---- */

static bool is_picture_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && name[0] != '.' &&
           (strcasecmp(dot, ".jpg") == 0 || strcasecmp(dot, ".jpeg") == 0 || strcasecmp(dot, ".png") == 0);
}

static psb_status add_name(folder_source *source, const char *name)
{
    if (source->name_count == source->name_capacity) {
        const size_t capacity = source->name_capacity ? 2 * source->name_capacity : 256;
        if (capacity > MAX_NAMES)
            return psb_fail(PSB_BAD_INPUT, "%s: found more than %d pictures, expected fewer", source->folder,
                            MAX_NAMES / 2);
        char **names = realloc(source->names, capacity * sizeof(*names));
        if (!names) return psb_fail_memory("names of pictures", capacity * sizeof(*names));
        source->names = names;
        source->name_capacity = capacity;
    }
    const size_t size_bytes = strlen(name) + 1;
    char *copy = malloc(size_bytes);
    if (!copy) return psb_fail_memory("a name of a picture", size_bytes);
    memcpy(copy, name, size_bytes);
    source->names[source->name_count++] = copy;
    return PSB_OK;
}

static int compare_names(const void *left, const void *right)
{
    return psb_natural_compare(*(char *const *)left, *(char *const *)right);
}

static psb_status join_path(char out[MAX_PATH_BYTES], const char *folder, const char *name)
{
    const int length = snprintf(out, MAX_PATH_BYTES, "%s%s%s", folder, *name ? "/" : "", name);
    if (length < 0 || length >= MAX_PATH_BYTES)
        return psb_fail(PSB_BAD_INPUT, "%s: found a path of %d bytes, expected less than %d", folder, length,
                        MAX_PATH_BYTES);
    return PSB_OK;
}

/* The pictures of one folder; none is not an error here. */
static psb_status list_pictures(folder_source *source, const char *path, const char *below)
{
    psb_status status = join_path(source->folder, path, below);
    if (status) return status;
    DIR *folder = opendir(source->folder);
    if (!folder && *below) return PSB_OK; /* no img1 in it */
    if (!folder) return psb_fail_system(source->folder, "listing", errno);
    for (const struct dirent *entry = readdir(folder); entry && !status; entry = readdir(folder))
        if (is_picture_name(entry->d_name)) status = add_name(source, entry->d_name);
    closedir(folder);
    if (source->name_count) qsort(source->names, source->name_count, sizeof(*source->names), compare_names);
    return status;
}

/* ---- rate ---- */

/* --fps, else a seqinfo.ini beside the pictures or above them, else 25; what was taken is said. */
static psb_status find_rate(folder_source *source)
{
    static const char *const places[] = {"seqinfo.ini", "../seqinfo.ini"};
    psb_reader_info *info = &source->head.info;
    info->fps = source->options->fps;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && info->fps <= 0.0; i++) {
        char path[MAX_PATH_BYTES];
        psb_seqinfo seqinfo;
        psb_status status = join_path(path, source->folder, places[i]);
        if (status) return status;
        if (access(path, F_OK) != 0) continue;
        status = psb_seqinfo_read(&seqinfo, path);
        if (status) return status;
        info->fps = seqinfo.fps;
        psb_log_line(source->options->log, PSB_LOG_INFO, "%s: %g frames/s, from %s", source->folder, info->fps, path);
    }
    if (info->fps <= 0.0) {
        info->fps = DEFAULT_RATE_FPS;
        psb_log_line(source->options->log, PSB_LOG_WARNING,
                     "%s: no rate given (--fps) and no seqinfo.ini beside or above; %d frames/s are assumed",
                     source->folder, DEFAULT_RATE_FPS);
    }
    return PSB_OK;
}

/* ---- reading ---- */

/* The whole file into source->bytes. No stdio: it would allocate its buffer for each picture. */
static psb_status load(folder_source *source, const char *path, size_t *size_out)
{
    struct stat about;
    psb_status status = PSB_OK;
    *size_out = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return psb_fail_system(path, "opening", errno);
    if (fstat(fd, &about) || about.st_size > MAX_PICTURE_BYTES) {
        status = psb_fail(PSB_BAD_INPUT, "%s: found more than %d bytes, expected a picture", path, MAX_PICTURE_BYTES);
        goto done;
    }
    const size_t needed_bytes = (size_t)about.st_size + AV_INPUT_BUFFER_PADDING_SIZE;
    if (needed_bytes > source->capacity_bytes) {
        uint8_t *bytes = realloc(source->bytes, needed_bytes + needed_bytes / 2);
        if (!bytes) {
            status = psb_fail_memory("a picture's file", needed_bytes);
            goto done;
        }
        source->bytes = bytes;
        source->capacity_bytes = needed_bytes + needed_bytes / 2;
    }
    size_t size_bytes = 0;
    while (size_bytes < (size_t)about.st_size) {
        const ssize_t got_bytes = read(fd, source->bytes + size_bytes, (size_t)about.st_size - size_bytes);
        if (got_bytes <= 0) break;
        size_bytes += (size_t)got_bytes;
    }
    memset(source->bytes + size_bytes, 0, AV_INPUT_BUFFER_PADDING_SIZE);
    *size_out = size_bytes;
done:
    close(fd);
    return status;
}

/* The decoder for what the first bytes say; NULL in *out for bytes that are no picture of ours. */
static psb_status find_decoder(folder_source *source, AVCodecContext **out, size_t size_bytes)
{
    static const enum AVCodecID ids[DECODER_COUNT] = {AV_CODEC_ID_MJPEG, AV_CODEC_ID_PNG};
    int kind = -1;
    *out = NULL;
    if (size_bytes >= 3 && memcmp(source->bytes, "\xff\xd8\xff", 3) == 0) kind = DECODER_JPEG;
    if (size_bytes >= 8 && memcmp(source->bytes, "\x89PNG\r\n\x1a\n", 8) == 0) kind = DECODER_PNG;
    if (kind < 0) return PSB_OK;
    if (!source->decoder[kind]) {
        const AVCodec *codec = avcodec_find_decoder(ids[kind]);
        AVCodecContext *decoder = codec ? avcodec_alloc_context3(codec) : NULL;
        if (!decoder)
            return psb_fail(PSB_UNSUPPORTED, "%s: this FFmpeg was built without a decoder for %s", source->folder,
                            avcodec_get_name(ids[kind]));
        decoder->thread_count = 1; /* frame threads would hold pictures back */
        decoder->max_pixels = (int64_t)PSB_FRAME_MAX_SIDE_PX * PSB_FRAME_MAX_SIDE_PX;
        decoder->err_recognition = AV_EF_EXPLODE | AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER;
        if (avcodec_open2(decoder, codec, NULL) < 0) {
            avcodec_free_context(&decoder);
            return psb_fail(PSB_ENVIRONMENT, "%s: the decoder for %s does not open", source->folder, codec->name);
        }
        source->decoder[kind] = decoder;
        if (!source->head.info.codec) source->head.info.codec = codec->name;
    }
    *out = source->decoder[kind];
    return PSB_OK;
}

/* One picture into *picture; *is_good_out is false where its file is damaged. */
static psb_status decode(folder_source *source, AVFrame *picture, const char *path, bool *is_good_out)
{
    AVCodecContext *decoder = NULL;
    size_t size_bytes = 0;
    *is_good_out = false;
    psb_status status = load(source, path, &size_bytes);
    if (!status) status = find_decoder(source, &decoder, size_bytes);
    if (status || !decoder) return status;

    source->packet->data = source->bytes;
    source->packet->size = (int)size_bytes;
    source->packet->flags = AV_PKT_FLAG_KEY; /* else FFmpeg's PNG decoder adds the picture before to this one */
    int code = avcodec_send_packet(decoder, source->packet);
    av_packet_unref(source->packet);
    if (code >= 0) code = avcodec_receive_frame(decoder, picture);
    if (code == AVERROR(ENOMEM)) return psb_fail(PSB_NO_MEMORY, "%s: out of memory while decoding", path);
    if (code < 0) avcodec_flush_buffers(decoder);
    *is_good_out = code >= 0 && !picture->decode_error_flags;
    if (!*is_good_out) av_frame_unref(picture);
    return PSB_OK;
}

static psb_status check_size(folder_source *source, const psb_frame *frame, const char *path)
{
    const psb_image image = psb_frame_image(frame);
    if (source->width == 0) {
        source->width = image.width;
        source->height = image.height;
    }
    if (image.width == source->width && image.height == source->height) return PSB_OK;
    return psb_fail(PSB_BAD_INPUT, "%s: found %dx%d pixels, expected %dx%d as in the first picture, %s", path,
                    (int)image.width, (int)image.height, (int)source->width, (int)source->height, source->names[0]);
}

static psb_status folder_read(psb_source *head, psb_frame **out)
{
    folder_source *source = (folder_source *)head;
    char path[MAX_PATH_BYTES];
    *out = NULL;
    AVFrame *picture = psb_frame_maker_borrow(source->maker);
    if (!picture)
        return psb_fail(PSB_NO_MEMORY, "%s: all %d frames are in use, expected one to be free", source->folder,
                        (int)source->options->max_frames);
    psb_status status = PSB_OK;
    bool is_good = false;
    while (!status && !is_good) {
        if (source->next_i == source->name_count) {
            status = PSB_END;
            break;
        }
        status = join_path(path, source->folder, source->names[source->next_i++]);
        if (!status) status = decode(source, picture, path, &is_good);
        if (!status && !is_good) {
            head->info.decode_errors++;
            psb_log_line(source->options->log, PSB_LOG_WARNING, "%s: no JPEG or PNG picture that decodes; skipped",
                         path);
        }
    }
    if (status) {
        psb_frame_maker_put_back(source->maker, picture);
        return status;
    }
    const psb_frame_hints hints = {.is_still = true,
                                   .stamp = {.time_s = (double)(source->next_i - 1) / head->info.fps,
                                             .arrival_ns = psb_clock_now_ns(&source->options->clock)}};
    status = psb_frame_maker_make(source->maker, out, &head->info.rotation_deg, picture, &hints);
    if (status) psb_frame_maker_put_back(source->maker, picture);
    if (!status) status = check_size(source, *out, path);
    head->info.frame_number = (int64_t)source->next_i;
    if (status) psb_frame_unref(out);
    return status;
}

/* ---- opening ---- */

static void folder_close(psb_source *head)
{
    folder_source *source = (folder_source *)head;
    for (int i = 0; i < DECODER_COUNT; i++) avcodec_free_context(&source->decoder[i]);
    av_packet_free(&source->packet);
    psb_frame_maker_destroy(&source->maker);
    for (size_t i = 0; i < source->name_count; i++) free(source->names[i]);
    free(source->names);
    free(source->bytes);
    free(source);
}

static psb_status create(folder_source **out, const psb_reader_options *options)
{
    *out = NULL;
    folder_source *source = calloc(1, sizeof(*source));
    if (!source) return psb_fail_memory("a source of pictures", sizeof(*source));
    source->head.read = folder_read;
    source->head.close = folder_close;
    source->head.info.container = "images";
    source->options = options;
    source->packet = av_packet_alloc();
    psb_status status = PSB_NO_MEMORY;
    if (!source->packet)
        psb_fail_memory("a packet", sizeof(*source->packet));
    else
        status = psb_frame_maker_create(&source->maker, options->max_frames);
    if (status) goto done;
    *out = source;
    source = NULL;
done:
    if (source) folder_close(&source->head);
    return status;
}

psb_status psb_source_open_folder(psb_source **out, const char *path, const psb_reader_options *options)
{
    folder_source *source = NULL;
    *out = NULL;
    psb_status status = create(&source, options);
    if (status) return status;
    status = list_pictures(source, path, "");
    if (!status && source->name_count == 0) status = list_pictures(source, path, "img1"); /* a MOTChallenge sequence */
    if (!status && source->name_count == 0)
        status =
            psb_fail(PSB_BAD_INPUT,
                     "%s: found a folder without pictures, expected .jpg, .jpeg or .png files in it or in img1/", path);
    if (!status) status = find_rate(source);
    if (status) goto done;
    source->head.info.frame_count = (int64_t)source->name_count;
    *out = &source->head;
    source = NULL;
done:
    if (source) folder_close(&source->head);
    return status;
}

psb_status psb_source_open_picture(psb_source **out, const char *path, const psb_reader_options *options)
{
    folder_source *source = NULL;
    *out = NULL;
    psb_status status = create(&source, options);
    if (status) return status;
    const char *slash = strrchr(path, '/');
    snprintf(source->folder, sizeof(source->folder), "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    status = add_name(source, slash ? slash + 1 : path);
    if (status) goto done;
    source->head.info.fps = options->fps > 0.0 ? options->fps : DEFAULT_RATE_FPS;
    source->head.info.frame_count = 1;
    *out = &source->head;
    source = NULL;
done:
    if (source) folder_close(&source->head);
    return status;
}
