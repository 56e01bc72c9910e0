/* SPDX-License-Identifier: Apache-2.0
 *
 * One coordinate of a person under a Kalman filter: a value and its rate of change, any time step.
 * The four coordinates (centre x, centre y, width, height) share no noise, so the usual filter over eight numbers
 * falls apart into four over two: the same result at a sixteenth of the work, and no matrix to invert.
 * In the header, because it is done for each person in each frame.
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
static inline void psb_axis_init(psb_axis *axis, double value, double var_value, double var_rate)
{
    *axis = (psb_axis){.value = value, .var_value = var_value, .var_rate = var_rate};
}

/* A time step later; white acceleration of spectral density `wander` (value^2/s^3) moves the rate. */
static inline void psb_axis_predict(psb_axis *axis, psb_stride stride, double wander)
{
    const double kept = stride.kept, reach = stride.reach_s;
    axis->value += axis->rate * reach;
    axis->rate *= kept;
    axis->var_value += 2 * reach * axis->covar + reach * reach * axis->var_rate;
    axis->covar = kept * (axis->covar + reach * axis->var_rate);
    axis->var_rate *= kept * kept;
    /* The noise of a plain integrated walk over `reach`: for steps below forget_s the dying-out changes it little. */
    axis->var_value += wander * (reach * reach * reach / 3);
    axis->covar += wander * (reach * reach / 2);
    axis->var_rate += wander * reach;
}

/* One measurement with variance var_noise (> 0). */
static inline void psb_axis_update(psb_axis *axis, double measured, double var_noise)
{
    const double inverse_var = 1 / (axis->var_value + var_noise);
    const double gain_value = axis->var_value * inverse_var, gain_rate = axis->covar * inverse_var;
    const double surprise = measured - axis->value;
    axis->value += gain_value * surprise;
    axis->rate += gain_rate * surprise;
    axis->var_rate -= gain_rate * axis->covar;
    axis->covar -= gain_value * axis->covar;
    axis->var_value = gain_value * var_noise; /* (1 - gain) var_value in a form that cannot become negative */
}

#endif
