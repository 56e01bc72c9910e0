/* SPDX-License-Identifier: Apache-2.0
 *
 * One coordinate of a person under a Kalman filter: a value and its rate of change, any time step.
 * The four coordinates (centre x, centre y, width, height) do not share noise, so the usual filter over eight numbers
 * falls apart into four over two: the same result at a sixteenth of the work, and no matrix to invert.
 */
#ifndef PSB_TRACK_MOTION_H
#define PSB_TRACK_MOTION_H

typedef struct psb_axis {
    double value, rate;
    double var_value, covar, var_rate;
} psb_axis;

/* A first measurement: value known to var_value, the rate only to be 0 within var_rate. */
void psb_axis_init(psb_axis *axis, double value, double var_value, double var_rate);

/* dt_s later: the rate dies out with time constant forget_s, while white acceleration of spectral density `wander`
 * (value^2/s^3) moves it. */
void psb_axis_predict(psb_axis *axis, double dt_s, double wander, double forget_s);

/* One measurement with variance var_noise (> 0). */
void psb_axis_update(psb_axis *axis, double measured, double var_noise);

#endif
