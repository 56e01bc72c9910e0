/* SPDX-License-Identifier: Apache-2.0
 *
 * The Kalman filter of one coordinate, for any time step.
 * After: Kalman, "A new approach to linear filtering and prediction problems", J. Basic Eng. 82 (1960), with a rate
 * that dies out (Singer, "Estimating optimal tracking filter performance for manned maneuvering targets", IEEE AES-6,
 * 1970, one order lower): people who are not seen are not expected to walk on for ever. Unlike SORT's filter the noise
 * belongs to a second and not to a frame, so 5 frames/s behave as 30 do.
 */
#include "track/motion.h"

#include <math.h>

psb_stride psb_stride_of(double dt_s, double forget_s)
{
    const double kept = exp(-dt_s / forget_s);
    return (psb_stride){kept, forget_s * (1 - kept)};
}

void psb_axis_init(psb_axis *axis, double value, double var_value, double var_rate)
{
    *axis = (psb_axis){.value = value, .var_value = var_value, .var_rate = var_rate};
}

void psb_axis_predict(psb_axis *axis, psb_stride stride, double wander)
{
    const double kept = stride.kept, reach = stride.reach_s;
    axis->value += axis->rate * reach;
    axis->rate *= kept;
    axis->var_value += 2 * reach * axis->covar + reach * reach * axis->var_rate;
    axis->covar = kept * (axis->covar + reach * axis->var_rate);
    axis->var_rate *= kept * kept;
    /* The noise of a plain integrated walk over `reach`: for steps below forget_s the dying-out changes it little. */
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
    axis->var_value = gain_value * var_noise; /* (1 - gain) var_value in a form that cannot become negative */
}
