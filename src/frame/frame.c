/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames and their references. The count is the only thing that threads share: whoever brings it to zero owns the
 * frame alone, calls the owner of borrowed planes, and sends the frame home (pool or heap).
 */
#include "frame/frame_int.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "frame/image.h"

enum { PLANE_ALIGN_BYTES = 64 }; /* a cache line, and the widest vector register there is */

static psb_status check_stamp(psb_frame_stamp stamp)
{
    if (!isfinite(stamp.time_s))
        return psb_fail(PSB_BAD_INPUT, "frame: found a time that is not finite, expected seconds");
    return PSB_OK;
}

psb_status psb_frame_set_borrowed(psb_frame *frame, const psb_image *image, psb_frame_stamp stamp)
{
    psb_status status = psb_image_check(image);
    if (!status) status = check_stamp(stamp);
    if (status) return status;

    frame->image = *image;
    for (int32_t i = psb_image_plane_count(image->format); i < 3; i++) {
        frame->image.plane[i] = NULL;
        frame->image.stride_bytes[i] = 0;
    }
    frame->stamp = stamp;
    atomic_store(&frame->reference_count, 1);
    return PSB_OK;
}

/* Strides and offsets of planes that follow each other; at most 3 * 16384 * 16448 bytes, so nothing overflows. */
static size_t lay_out_planes(psb_image *image, size_t offset_bytes[3])
{
    size_t size_bytes = 0;
    for (int32_t i = 0; i < 3; i++) {
        image->stride_bytes[i] = 0;
        offset_bytes[i] = size_bytes;
        if (i >= psb_image_plane_count(image->format)) continue;
        const size_t width = (size_t)psb_image_plane_width(image, i);
        const size_t stride = (width + PLANE_ALIGN_BYTES - 1) / PLANE_ALIGN_BYTES * PLANE_ALIGN_BYTES;
        image->stride_bytes[i] = (ptrdiff_t)stride;
        size_bytes += stride * (size_t)psb_image_plane_height(image, i);
    }
    return size_bytes;
}

static psb_status reserve(psb_frame *frame, size_t size_bytes)
{
    if (frame->memory_bytes >= size_bytes) return PSB_OK;
    uint8_t *memory = aligned_alloc(PLANE_ALIGN_BYTES, size_bytes); /* a multiple: strides are */
    if (!memory) return psb_fail_memory("planes of a frame", size_bytes);
    free(frame->memory);
    frame->memory = memory;
    frame->memory_bytes = size_bytes;
    return PSB_OK;
}

psb_status psb_frame_set_owned(psb_frame *frame, const psb_image *shape, psb_frame_stamp stamp)
{
    psb_image image = {.format = shape->format,
                       .matrix = shape->matrix,
                       .range = shape->range,
                       .width = shape->width,
                       .height = shape->height};
    psb_status status = psb_image_check_shape(&image);
    if (!status) status = check_stamp(stamp);
    if (status) return status;

    size_t offset_bytes[3];
    const size_t size_bytes = lay_out_planes(&image, offset_bytes);
    status = reserve(frame, size_bytes);
    if (status) return status;

    for (int32_t i = 0; i < psb_image_plane_count(image.format); i++) image.plane[i] = frame->memory + offset_bytes[i];
    return psb_frame_set_borrowed(frame, &image, stamp);
}

psb_status psb_frame_wrap(psb_frame **out, const psb_image *image, double time_s, int64_t arrival_ns,
                          psb_frame_release_fn release, void *user)
{
    *out = NULL;
    psb_frame *frame = calloc(1, sizeof(*frame));
    if (!frame) return psb_fail_memory("a frame", sizeof(*frame));
    psb_status status = psb_frame_set_borrowed(frame, image, (psb_frame_stamp){time_s, arrival_ns});
    if (status) goto done;
    frame->release = release;
    frame->user = user;
    *out = frame;
    frame = NULL;
done:
    free(frame);
    return status;
}

psb_status psb_frame_create(psb_frame **out, const psb_image *shape, double time_s, int64_t arrival_ns)
{
    *out = NULL;
    psb_frame *frame = calloc(1, sizeof(*frame));
    if (!frame) return psb_fail_memory("a frame", sizeof(*frame));
    psb_status status = psb_frame_set_owned(frame, shape, (psb_frame_stamp){time_s, arrival_ns});
    if (status) goto done;
    *out = frame;
    frame = NULL;
done:
    free(frame);
    return status;
}

psb_frame *psb_frame_ref(psb_frame *frame)
{
    const int before = atomic_fetch_add_explicit(&frame->reference_count, 1, memory_order_relaxed);
    assert(before > 0);
    (void)before;
    return frame;
}

void psb_frame_unref(psb_frame **frame)
{
    if (!frame || !*frame) return;
    psb_frame *last = *frame;
    *frame = NULL;
    /* acq_rel: what other threads did with the planes happened before they are released */
    const int before = atomic_fetch_sub_explicit(&last->reference_count, 1, memory_order_acq_rel);
    assert(before > 0);
    if (before > 1) return;

    if (last->release) last->release(last->user);
    last->release = NULL;
    last->user = NULL;
    if (last->pool) {
        psb_frame_pool_give_back(last->pool, last);
    } else {
        free(last->memory);
        free(last);
    }
}

psb_image psb_frame_image(const psb_frame *frame)
{
    return frame->image;
}

double psb_frame_time_s(const psb_frame *frame)
{
    return frame->stamp.time_s;
}

int64_t psb_frame_arrival_ns(const psb_frame *frame)
{
    return frame->stamp.arrival_ns;
}
