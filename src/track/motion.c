/* SPDX-License-Identifier: Apache-2.0
 *
 * The Kalman filter of one coordinate, for any time step.
 * After: Kalman, "A new approach to linear filtering and prediction problems", J. Basic Eng. 82 (1960); the process
 * is an integrated Ornstein-Uhlenbeck velocity (Bar-Shalom, Li, Kirubarajan, "Estimation with applications to tracking
 * and navigation", 2001, section 8.2.3 "Singer"-like, one order lower): people who are not seen are not expected to walk
 * on for ever. Unlike SORT's filter, noise belongs to a second and not to a frame, so 5 frames/s behave as 30 do.
 */
#include "track/motion.h"

#include <math.h>

void psb_axis_init(psb_axis *axis, double value, double var_value, double var_rate)
{
    *axis = (psb_axis){.value = value, .var_value = var_value, .var_rate = var_rate};
}

void psb_axis_predict(psb_axis *axis, double dt_s, double wander, double forget_s)
{
    /* kept: what is left of the rate; reach: the time over which the rate still carries the value */
    const double kept = exp(-dt_s / forget_s);
    const double reach = forget_s * (1 - kept);
    axis->value += axis->rate * reach;
    axis->rate *= kept;
    axis->var_value += 2 * reach * axis->covar + reach * reach * axis->var_rate;
    axis->covar = kept * (axis->covar + reach * axis->var_rate);
    axis->var_rate *= kept * kept;
    /* The noise of a plain integrated walk; for steps below forget_s the dying-out changes it by little. */
    axis->var_value += wander * reach * reach * reach / 3;
    axis->covar += wander * reach * reach / 2;
    axis->var_rate += wander * reach;
}

void psb_axis_update(psb_axis *axis, double measured, double var_noise)
{
    const double var_total = axis->var_value + var_noise;
    const double gain_value = axis->var_value / var_total, gain_rate = axis->covar / var_total;
    const double surprise = measured - axis->value;
    axis->value += gain_value * surprise;
    axis->rate += gain_rate * surprise;
    axis->var_rate -= gain_rate * axis->covar;
    axis->covar -= gain_value * axis->covar;
    axis->var_value = gain_value * var_noise; /* equals (1 - gain) var_value, and cannot become negative */
}
