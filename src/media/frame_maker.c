/* SPDX-License-Identifier: Apache-2.0
 *
 * A decoder's picture becomes a frame. The usual one (planar YUV or grey, 8 bits, upright) is not touched: the frame
 * borrows the decoder's planes and keeps their buffers alive until its last reference goes. Everything else is one
 * copy into pooled memory: swscale for other sample formats (no change of matrix between YUV formats; RGB becomes
 * 4:4:4, full range, BT.601), our own loop for rotation.
 * AVFrame structs go round: a bounded shelf, shared by maker and frames, that outlives the maker where it must.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

#include "base/error.h"
#include "frame/frame_pool.h"
#include "frame/image.h"
#include "media/media_int.h"

enum {
    HD_HEIGHT_PX = 720, /* untagged pictures: BT.601 below, BT.709 from here (product.md) */
    MAX_PICTURES = 4097 /* frames that callers may hold, and the one that is decoded into */
};

typedef struct shelf {
    pthread_mutex_t lock;
    int32_t max_pictures;
    int32_t lent_count, resting_count;
    bool is_abandoned; /* the maker left; the last picture home frees the shelf */
    AVFrame *resting[MAX_PICTURES];
} shelf;

struct psb_frame_maker {
    psb_frame_pool *frames;
    psb_frame_pool *scratch; /* of one: converted, and still to be turned */
    shelf *pictures;
    struct SwsContext *scaler; /* for the last seen pair of formats */
};

/* ---- colour and format ---- */

/* Formats that are ours as they stand. */
static bool is_native(enum AVPixelFormat format, psb_pixel_format *out)
{
    switch (format) {
    case AV_PIX_FMT_YUV420P:
    case AV_PIX_FMT_YUVJ420P:
        *out = PSB_PIXEL_YUV420;
        return true;
    case AV_PIX_FMT_YUV422P:
    case AV_PIX_FMT_YUVJ422P:
        *out = PSB_PIXEL_YUV422;
        return true;
    case AV_PIX_FMT_YUV444P:
    case AV_PIX_FMT_YUVJ444P:
        *out = PSB_PIXEL_YUV444;
        return true;
    case AV_PIX_FMT_GRAY8:
        *out = PSB_PIXEL_GREY;
        return true;
    default:
        return false;
    }
}

/* The format of ours that loses nothing of another's chroma where it can. */
static psb_pixel_format nearest_format(const AVPixFmtDescriptor *from)
{
    if (from->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) return PSB_PIXEL_YUV444;
    if (from->nb_components < 3) return PSB_PIXEL_GREY; /* with or without alpha */
    if (from->log2_chroma_w && from->log2_chroma_h) return PSB_PIXEL_YUV420;
    if (from->log2_chroma_w == 1) return PSB_PIXEL_YUV422;
    return PSB_PIXEL_YUV444; /* 4:4:4, and 4:4:0 and 4:1:1, which fit in nothing smaller */
}

static enum AVPixelFormat ffmpeg_format(psb_pixel_format format)
{
    static const enum AVPixelFormat of[] = {AV_PIX_FMT_GRAY8, AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV422P,
                                            AV_PIX_FMT_YUV444P};
    return of[format];
}

static bool is_rgb(const AVFrame *picture)
{
    const AVPixFmtDescriptor *about = av_pix_fmt_desc_get(picture->format);
    return about && (about->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL));
}

static psb_color_matrix matrix_of(const AVFrame *picture, bool is_still)
{
    if (is_rgb(picture)) return PSB_COLOR_BT601; /* what our own conversion makes */
    switch (picture->colorspace) {
    case AVCOL_SPC_BT709:
    case AVCOL_SPC_SMPTE240M:
        return PSB_COLOR_BT709; /* 240M: the same within 0.012 in each coefficient */
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
    case AVCOL_SPC_FCC:
        return PSB_COLOR_BT601;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
        return PSB_COLOR_BT2020;
    default:
        return !is_still && picture->height >= HD_HEIGHT_PX ? PSB_COLOR_BT709 : PSB_COLOR_BT601;
    }
}

static psb_color_range range_of(const AVFrame *picture, bool is_still)
{
    if (is_rgb(picture)) return PSB_RANGE_FULL;
    switch ((enum AVPixelFormat)picture->format) {
    case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUVJ444P:
    case AV_PIX_FMT_YUVJ440P:
    case AV_PIX_FMT_YUVJ411P:
        return PSB_RANGE_FULL;
    default:
        break;
    }
    if (picture->color_range == AVCOL_RANGE_JPEG) return PSB_RANGE_FULL;
    if (picture->color_range == AVCOL_RANGE_MPEG) return PSB_RANGE_LIMITED;
    return is_still ? PSB_RANGE_FULL : PSB_RANGE_LIMITED;
}

/* swscale into `to`, which is as large as the picture. Between YUV formats both sides get the same table and range,
 * so that only depth and sampling change. */
static psb_status convert(psb_frame_maker *maker, const psb_image *to, const AVFrame *picture)
{
    const int flags = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP | SWS_BITEXACT;
    maker->scaler = sws_getCachedContext(maker->scaler, picture->width, picture->height, picture->format, to->width,
                                         to->height, ffmpeg_format(to->format), flags, NULL, NULL, NULL);
    if (!maker->scaler)
        return psb_fail(PSB_UNSUPPORTED, "picture: found pixel format %s, expected one that can become 8-bit YUV",
                        av_get_pix_fmt_name(picture->format));
    const int *table = sws_getCoefficients(to->matrix == PSB_COLOR_BT709    ? SWS_CS_ITU709
                                           : to->matrix == PSB_COLOR_BT2020 ? SWS_CS_BT2020
                                                                            : SWS_CS_ITU601);
    const int is_full = to->range == PSB_RANGE_FULL;
    sws_setColorspaceDetails(maker->scaler, table, is_full, table, is_full, 0, 1 << 16, 1 << 16);
    uint8_t *planes[4] = {to->plane[0], to->plane[1], to->plane[2], NULL};
    const int strides[4] = {(int)to->stride_bytes[0], (int)to->stride_bytes[1], (int)to->stride_bytes[2], 0};
    const int rows = sws_scale(maker->scaler, (const uint8_t *const *)picture->data, picture->linesize, 0,
                               picture->height, planes, strides);
    if (rows < 0) return psb_fail(PSB_BUG, "swscale: found %d rows, expected %d", rows, picture->height);
    return PSB_OK;
}

static psb_image shape_of(const AVFrame *picture, bool is_still)
{
    return (psb_image){.matrix = matrix_of(picture, is_still),
                       .range = range_of(picture, is_still),
                       .width = picture->width,
                       .height = picture->height};
}

/* ---- the shelf of AVFrames ---- */

/* For whoever leaves last. */
static void destroy_now(shelf *pictures)
{
    for (int32_t i = 0; i < pictures->resting_count; i++) av_frame_free(&pictures->resting[i]);
    pthread_mutex_destroy(&pictures->lock);
    free(pictures);
}

static void shelve(shelf *pictures, AVFrame *picture)
{
    av_frame_unref(picture);
    pthread_mutex_lock(&pictures->lock);
    pictures->resting[pictures->resting_count++] = picture;
    pictures->lent_count--;
    const bool is_last = pictures->is_abandoned && pictures->lent_count == 0;
    pthread_mutex_unlock(&pictures->lock);
    if (is_last) destroy_now(pictures);
}

/* The last reference to a borrowing frame went, in whatever thread. */
static void release_picture(void *user)
{
    AVFrame *picture = user;
    shelve(picture->opaque, picture); /* opaque is read before unref clears it */
}

AVFrame *psb_frame_maker_borrow(psb_frame_maker *maker)
{
    shelf *pictures = maker->pictures;
    pthread_mutex_lock(&pictures->lock);
    const bool is_full = pictures->lent_count >= pictures->max_pictures;
    AVFrame *picture = NULL;
    if (!is_full && pictures->resting_count) picture = pictures->resting[--pictures->resting_count];
    if (!is_full) pictures->lent_count++;
    pthread_mutex_unlock(&pictures->lock);
    if (is_full || picture) return picture;

    picture = av_frame_alloc();
    if (picture) return picture;
    pthread_mutex_lock(&pictures->lock);
    pictures->lent_count--;
    pthread_mutex_unlock(&pictures->lock);
    return NULL;
}

void psb_frame_maker_put_back(psb_frame_maker *maker, AVFrame *picture)
{
    if (picture) shelve(maker->pictures, picture);
}

/* ---- the maker ---- */

psb_status psb_frame_maker_create(psb_frame_maker **out, int32_t max_frames)
{
    *out = NULL;
    assert(max_frames >= 1 && max_frames < MAX_PICTURES);
    psb_status status = PSB_NO_MEMORY;
    psb_frame_maker *maker = calloc(1, sizeof(*maker));
    if (!maker) return psb_fail_memory("a frame maker", sizeof(*maker));
    maker->pictures = calloc(1, sizeof(*maker->pictures));
    if (!maker->pictures) {
        psb_fail_memory("a shelf of pictures", sizeof(*maker->pictures));
        goto done;
    }
    if (pthread_mutex_init(&maker->pictures->lock, NULL)) {
        free(maker->pictures);
        maker->pictures = NULL;
        status = psb_fail(PSB_ENVIRONMENT, "reader: no lock to be had from the system");
        goto done;
    }
    maker->pictures->max_pictures = max_frames + 1; /* one is being decoded into */
    status = psb_frame_pool_create(&maker->frames, max_frames);
    if (!status) status = psb_frame_pool_create(&maker->scratch, 1);
    if (status) goto done;
    *out = maker;
    maker = NULL;
done:
    psb_frame_maker_destroy(&maker);
    return status;
}

void psb_frame_maker_destroy(psb_frame_maker **maker)
{
    if (!maker || !*maker) return;
    shelf *pictures = (*maker)->pictures;
    sws_freeContext((*maker)->scaler);
    psb_frame_pool_destroy(&(*maker)->frames);
    psb_frame_pool_destroy(&(*maker)->scratch);
    free(*maker);
    *maker = NULL;
    if (!pictures) return;
    pthread_mutex_lock(&pictures->lock);
    pictures->is_abandoned = true;
    const bool is_last = pictures->lent_count == 0;
    pthread_mutex_unlock(&pictures->lock);
    if (is_last) destroy_now(pictures);
}

static psb_status make_borrowed(psb_frame_maker *maker, psb_frame **out, AVFrame *picture, const psb_image *image,
                                const psb_frame_hints *hints)
{
    picture->opaque = maker->pictures;
    return psb_frame_pool_wrap(out, maker->frames, image, hints->stamp, release_picture, picture);
}

/* Planes in a format of ours: the picture's own, or a converted copy that *copy_out then owns. */
static psb_status find_planes(psb_frame_maker *maker, psb_image *image, psb_frame **copy_out, const AVFrame *picture,
                              const psb_frame_hints *hints, psb_orientation orientation)
{
    const AVPixFmtDescriptor *about = av_pix_fmt_desc_get(picture->format);
    if (!about || about->flags & AV_PIX_FMT_FLAG_HWACCEL)
        return psb_fail(PSB_UNSUPPORTED, "picture: found pixel format %d, expected one in memory", picture->format);
    if (is_native(picture->format, &image->format)) {
        for (int32_t i = 0; i < psb_image_plane_count(image->format); i++) {
            image->plane[i] = picture->data[i];
            image->stride_bytes[i] = picture->linesize[i];
        }
        /* negative strides (bottom row first) are not ours: such a picture is copied */
        if (picture->linesize[0] > 0) return psb_image_check(image);
    }
    image->format = nearest_format(about);
    psb_frame_pool *pool = psb_orientation_is_upright(orientation) ? maker->frames : maker->scratch;
    psb_status status = psb_frame_pool_take(copy_out, pool, image, hints->stamp);
    if (status) return status;
    *image = psb_frame_image(*copy_out);
    return convert(maker, image, picture);
}

static psb_status make_turned(psb_frame_maker *maker, psb_frame **out, const psb_image *from,
                              psb_orientation orientation, const psb_frame_hints *hints)
{
    const psb_image shape = psb_orientation_shape(from, orientation);
    psb_status status = psb_frame_pool_take(out, maker->frames, &shape, hints->stamp);
    if (status) return status;
    const psb_image to = psb_frame_image(*out);
    psb_orientation_turn(&to, from, orientation);
    return PSB_OK;
}

psb_status psb_frame_maker_make(psb_frame_maker *maker, psb_frame **out, int32_t *rotation_deg_out,
                                AVFrame *picture_take, const psb_frame_hints *hints)
{
    const AVFrame *picture = picture_take;
    psb_frame *copy = NULL;
    psb_image image = shape_of(picture, hints->is_still);
    *out = NULL;

    const AVFrameSideData *side = av_frame_get_side_data(picture, AV_FRAME_DATA_DISPLAYMATRIX);
    const psb_orientation orientation = side && side->size >= 9 * sizeof(int32_t)
                                            ? psb_orientation_from_matrix((const int32_t *)side->data)
                                            : hints->orientation;
    *rotation_deg_out = psb_orientation_deg(orientation);

    psb_status status = psb_image_check_shape(&image);
    if (!status) status = find_planes(maker, &image, &copy, picture, hints, orientation);
    if (status) goto done;

    if (!psb_orientation_is_upright(orientation)) {
        status = make_turned(maker, out, &image, orientation, hints);
    } else if (copy) {
        *out = copy;
        copy = NULL;
    } else {
        status = make_borrowed(maker, out, picture_take, &image, hints);
        if (!status) picture_take = NULL; /* the frame holds it from now on */
    }
    if (!status) psb_frame_maker_put_back(maker, picture_take);
done:
    psb_frame_unref(&copy);
    return status;
}
