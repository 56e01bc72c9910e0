/* SPDX-License-Identifier: Apache-2.0
 *
 * One coordinate of a person under a Kalman filter: a value and its rate of change, any time step.
 * The four coordinates (centre x, centre y, width, height) share no noise, so the usual filter over eight numbers
 * falls apart into four over two: the same result at a sixteenth of the work, and no matrix to invert.
 */
#ifndef PSB_TRACK_MOTION_H
#define PSB_TRACK_MOTION_H

typedef struct psb_axis {
    double value, rate;
    double var_value, covar, var_rate;
} psb_axis;

/* A time step with a rate that dies out: what is left of the rate, and for how long it still carried the value. */
typedef struct psb_stride {
    double kept, reach_s;
} psb_stride;

/* dt_s >= 0; the rate dies out with time constant forget_s > 0. */
psb_stride psb_stride_of(double dt_s, double forget_s);

/* A first measurement: the value known to var_value, the rate only to be 0 within var_rate. */
void psb_axis_init(psb_axis *axis, double value, double var_value, double var_rate);

/* A time step later; white acceleration of spectral density `wander` (value^2/s^3) moves the rate. */
void psb_axis_predict(psb_axis *axis, psb_stride stride, double wander);

/* One measurement with variance var_noise (> 0). */
void psb_axis_update(psb_axis *axis, double measured, double var_noise);

#endif
