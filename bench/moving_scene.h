/* SPDX-License-Identifier: Apache-2.0
 *
 * A camera that moves along a known way, made of one that stands still: a window of its pictures is shifted, turned
 * and zoomed, frame by frame, and what cameras and streets add is added (noise, dark, flicker, strangers, a tram).
 */
#ifndef PSB_BENCH_MOVING_SCENE_H
#define PSB_BENCH_MOVING_SCENE_H

#include <passerby/camera_motion.h>
#include <passerby/frame.h>

#include "base/rng.h"

typedef struct scene_way {
    const char *name;
    double step_px;        /* each frame's shift, in a new direction each time */
    double pan_px;         /* the same to the side, there and back */
    double turn_deg;       /* swing to each side, once in 4 s of 10 frames */
    double zoom;           /* the same */
    double noise;          /* deviation, grey levels */
    double light;          /* factor on the luma, 0 = 1 */
    double flicker;        /* each frame's light: this part brighter or darker */
    double stranger_share; /* of the window, covered by textured things that move on their own */
    double tram_share;     /* of the window's width, covered by one thing that passes at 8 px a frame */
    int32_t every;         /* frames between looks; 0 = 1 */
    int is_whole;          /* the sequence as it is */
} scene_way;

typedef struct moving_scene {
    const scene_way *way;
    int32_t width, height;               /* of the source */
    int32_t window_width, window_height; /* of what the moving camera sees */
    psb_rng rng;
    double x_px, y_px, pan_sign; /* of the window's middle from the source's middle */
    int64_t frame;
    double phase;                /* of the swing, frames */
    psb_camera_motion to_source; /* window pixels to source pixels */
} moving_scene;

void moving_scene_init(moving_scene *out, const scene_way *way, int32_t width, int32_t height, uint64_t seed);

/* A step along the way; what stood still moved in the window by *motion_out since the step before. */
void moving_scene_step(moving_scene *scene, psb_camera_motion *motion_out);

/* What the window sees, into an own frame's luma plane (grey, window_width x window_height). */
void moving_scene_render(moving_scene *scene, const psb_image *to, const psb_image *source);

/* A box of the source in the window, upright; false where its middle lies outside. */
bool moving_scene_box(const moving_scene *scene, double box_xywh_io[4]);

#endif
