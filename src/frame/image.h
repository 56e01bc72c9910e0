/* SPDX-License-Identifier: Apache-2.0
 *
 * What can be asked of a picture's geometry, and copying. No codecs, no people here.
 * A plane's size follows from format and side, rounded up, so that odd pictures have chroma to their last pixel.
 */
#ifndef PSB_FRAME_IMAGE_H
#define PSB_FRAME_IMAGE_H

#include <passerby/frame.h>

/* 1 for grey, else 3. */
int32_t psb_image_plane_count(psb_pixel_format format);
int32_t psb_image_plane_width(const psb_image *image, int32_t plane_i);
int32_t psb_image_plane_height(const psb_image *image, int32_t plane_i);

/* PSB_BAD_INPUT with what is wrong: size, format, matrix, range; psb_image_check also planes and strides. */
psb_status psb_image_check_shape(const psb_image *image);
psb_status psb_image_check(const psb_image *image);

/* Copies all planes; both must have equal format and size. */
void psb_image_copy(const psb_image *to, const psb_image *from);

/* Converts any format to yuv420p of the same matrix and range, `to` being the source's size with odd sides padded to
 * even ones by a repeated row or column; grey gets neutral chroma; 4:2:2 and 4:4:4 chroma is averaged. */
void psb_image_to_yuv420(const psb_image *to, const psb_image *from);

#endif
