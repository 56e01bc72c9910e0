/* SPDX-License-Identifier: Apache-2.0
 *
 * libpasserby: people followed through video, never recognised. Includes the whole API.
 * Begin with examples/track.c. No global state: contexts in one process never see each other.
 */
#ifndef PASSERBY_PASSERBY_H
#define PASSERBY_PASSERBY_H

#include <passerby/boxes.h>
#include <passerby/camera_motion.h>
#include <passerby/detector.h>
#include <passerby/frame.h>
#include <passerby/status.h>
#include <passerby/tracker.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library that runs, "MAJOR.MINOR.PATCH". */
PSB_API const char *psb_version(void);

#ifdef __cplusplus
}
#endif
#endif
