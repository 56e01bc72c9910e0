/* SPDX-License-Identifier: Apache-2.0
 *
 * A frame: one decoded picture with its times, counted by references and never written to while shared.
 * An image is the borrowed view of its planes. Colour stays as the camera gave it (YUV), because the luma plane
 * is what most of the work reads and every conversion costs a pass over memory.
 */
#ifndef PASSERBY_FRAME_H
#define PASSERBY_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include <passerby/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sides of a picture that are accepted, in pixels. */
#define PSB_FRAME_MAX_SIDE_PX 16384

typedef enum psb_pixel_format {                       /* 8 bits a sample, planar */
                                PSB_PIXEL_GREY = 0,   /* Y */
                                PSB_PIXEL_YUV420 = 1, /* Y, U, V; chroma (width + 1) / 2 by (height + 1) / 2 */
                                PSB_PIXEL_YUV422 = 2, /* chroma (width + 1) / 2 by height */
                                PSB_PIXEL_YUV444 = 3, /* chroma width by height */
} psb_pixel_format;

typedef enum psb_color_matrix { /* ITU-T H.273, MatrixCoefficients */
                                PSB_COLOR_BT601 = 0,
                                PSB_COLOR_BT709 = 1,
                                PSB_COLOR_BT2020 = 2, /* non-constant luminance */
} psb_color_matrix;

typedef enum psb_color_range {
    PSB_RANGE_LIMITED = 0, /* Y 16..235, chroma 16..240 */
    PSB_RANGE_FULL = 1,    /* 0..255 */
} psb_color_range;

/* A borrowed view: planes belong to somebody else and are dead when the owner moves. */
typedef struct psb_image {
    psb_pixel_format format;
    psb_color_matrix matrix;
    psb_color_range range;
    int32_t width, height;     /* luma pixels, 1..PSB_FRAME_MAX_SIDE_PX */
    uint8_t *plane[3];         /* top row first; unused ones NULL */
    ptrdiff_t stride_bytes[3]; /* at least the plane's width; 0 for unused planes */
} psb_image;

typedef struct psb_frame psb_frame;

/* Called once, by whichever thread drops the last reference. */
typedef void (*psb_frame_release_fn)(void *user);

/* A frame over planes of the caller's: no copy. On PSB_OK release(user) is called when the last reference goes
 * (release may be NULL); on failure the planes stay the caller's. time_s: place in the stream in seconds, finite,
 * growing; arrival_ns: monotonic time of arrival, or 0.
 * Errors: PSB_BAD_INPUT (sizes, planes, strides), PSB_NO_MEMORY. */
PSB_API psb_status psb_frame_wrap(psb_frame **out, const psb_image *image, double time_s, int64_t arrival_ns,
                                  psb_frame_release_fn release, void *user);

/* A frame with memory of its own, planes 64-byte aligned, contents undefined. Only width, height, format, matrix and
 * range of `shape` are read. */
PSB_API psb_status psb_frame_create(psb_frame **out, const psb_image *shape, double time_s, int64_t arrival_ns);

/* One more reference; returns frame. Thread-safe. */
PSB_API psb_frame *psb_frame_ref(psb_frame *frame);

/* One reference less, *frame becomes NULL. Accepts NULL and a NULL inside. Thread-safe. */
PSB_API void psb_frame_unref(psb_frame **frame);

/* Views and times; valid while the caller holds a reference. Planes may be written only by the sole owner of a frame
 * made with psb_frame_create. */
PSB_API psb_image psb_frame_image(const psb_frame *frame);
PSB_API double psb_frame_time_s(const psb_frame *frame);
PSB_API int64_t psb_frame_arrival_ns(const psb_frame *frame);

#ifdef __cplusplus
}
#endif
#endif
