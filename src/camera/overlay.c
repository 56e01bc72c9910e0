/* SPDX-License-Identifier: Apache-2.0
 *
 * Line and letters grow with the picture: two pixels and 5x7 letters are right up to 720 lines. Lines lie on whole
 * chroma samples, so that two pixels tint no more than two; the number stands at the feet, inside the box. So what is
 * drawn leaves the head to the redaction, and a clean picture to who measures it (bench/leak).
 */
#include "camera/overlay.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "frame/draw.h"

enum { LINES_PER_SCALE = 720 };

/* The nearest even pixel. Corners may lie far outside the picture: clamped, as a float need not fit an int32_t. */
static int32_t to_even_pixel(float at_px)
{
    const float far_px = 4 * PSB_FRAME_MAX_SIDE_PX;
    return (int32_t)lroundf(fminf(fmaxf(at_px, -far_px), far_px) / 2) * 2;
}

static void draw_track(const psb_image *image, const psb_tracks *tracks, int32_t i, int32_t scale)
{
    const psb_color color = psb_color_of_id(tracks->id[i], image->matrix, image->range);
    const int32_t x0 = to_even_pixel(tracks->x0_px[i]);
    const int32_t y1 = to_even_pixel(tracks->y1_px[i]);
    if (tracks->state[i] == PSB_TRACK_COASTING) return;
    const bool is_tentative = tracks->state[i] == PSB_TRACK_TENTATIVE;
    psb_draw_rectangle(image, (psb_area){x0, to_even_pixel(tracks->y0_px[i]), to_even_pixel(tracks->x1_px[i]), y1},
                       is_tentative ? scale : 2 * scale, color);
    if (is_tentative) return;
    char text[24];
    snprintf(text, sizeof(text), "%lld", (long long)tracks->id[i]);
    psb_draw_label(image, x0, y1, scale, color, text);
}

void psb_overlay_draw(const psb_image *image, const psb_tracks *tracks)
{
    const int32_t scale = 1 + image->height / (LINES_PER_SCALE + 1);
    for (int32_t i = 0; i < tracks->count; i++) draw_track(image, tracks, i, scale);
}
