/* SPDX-License-Identifier: Apache-2.0
 *
 * Inputs for the tests of media, made by FFmpeg's own API so that reader and writer are not each other's only witness.
 * Every picture has four quarters of different grey, and the upper left one tells the frame's number.
 */
#ifndef PSB_TESTS_MEDIA_MAKE_VIDEO_H
#define PSB_TESTS_MEDIA_MAKE_VIDEO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libavutil/pixfmt.h>

#include <passerby/frame.h>

enum { MAKE_PATH_BYTES = 256 };

typedef struct make_options {
    const char *container;     /* FFmpeg's muxer; NULL = "mp4" */
    const char *encoder;       /* NULL = "libx264" */
    const char *settings;      /* of the muxer, "key=value:..."; NULL = none */
    enum AVPixelFormat format; /* 0 = yuv420p */
    enum AVColorSpace matrix;  /* 0 = untagged (RGB's number is not asked for here) */
    enum AVColorRange range;   /* 0 = untagged */
    int width, height;         /* 0 = 96x64 */
    int frames;                /* 0 = 12 */
    int fps;                   /* 0 = 10 */
    int gop;                   /* 0 = 4 */
    int rotation_deg;          /* display matrix: clockwise */
    const int *times_ms;       /* one per frame; NULL = even */
    bool is_interlaced;
} make_options;

/* Luma (0..255) of the picture with this number, from 0, in its upper left, upper right, lower left, lower right
 * quarter. */
int make_level(int frame_i, int quarter_i);

/* The mean luma around the middle of a shown picture's quarter. */
int make_seen_level(const psb_image *image, int quarter_i);

/* Asserts that all went well. */
void make_video(const char *path, const make_options *options);
void make_sound(const char *path);
void make_picture(const char *path, const char *encoder, enum AVPixelFormat format, int width, int height, int frame_i);
void make_file(const char *path, const void *data, size_t size_bytes);

/* A whole file, to be freed. */
uint8_t *make_read(const char *path, size_t *size_out);

/* The first part of a file as another. */
void make_cut(const char *to, const char *from, double fraction);

/* A folder that make_clean removes with everything in it, and paths in it. */
void make_folder(char out[MAKE_PATH_BYTES]);
void make_clean(const char *folder);
const char *make_path(char out[MAKE_PATH_BYTES], const char *folder, const char *name);

#endif
