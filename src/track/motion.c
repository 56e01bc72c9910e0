/* SPDX-License-Identifier: Apache-2.0
 *
 * The Kalman filter of one coordinate, for any time step.
 * After: Kalman, "A new approach to linear filtering and prediction problems", J. Basic Eng. 82 (1960), with a rate
 * that dies out (Singer, "Estimating optimal tracking filter performance for manned maneuvering targets", IEEE AES-6,
 * 1970, one order lower): people who are not seen are not expected to walk on for ever. Unlike SORT's filter the noise
 * belongs to a second and not to a frame, so 5 frames/s behave as 30 do.
 */
#include "track/motion.h"

#include "track/decay.h"

psb_stride psb_stride_of(double dt_s, double forget_s)
{
    const double kept = psb_decay(dt_s / forget_s);
    return (psb_stride){kept, forget_s * (1 - kept)};
}
