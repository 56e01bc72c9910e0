/* SPDX-License-Identifier: Apache-2.0
 *
 * Random parameters that several kernel families share: activations and sliding windows.
 */
#ifndef PSB_TESTS_KERNELS_DRAW_H
#define PSB_TESTS_KERNELS_DRAW_H

#include "harness.h"
#include "kernels/activation.h"
#include "kernels/window.h"

/* Any kind, with the numbers that networks use. */
psb_activation draw_activation(check *c);

/* activation.h's comparison class for the value of x. */
double activation_bound(psb_activation activation, float x, float value);

/* Any window whose kernel is at most max_kernel a side: gaps between pixels and rows, uneven padding, windows larger
 * than the picture. */
psb_window draw_window(check *c, int32_t max_kernel);

/* Floats from the first element of a picture to its last. */
size_t window_in_count(const psb_window *w);
size_t window_out_count(const psb_window *w, int32_t out_channels);

/* One line for check_describe. */
void draw_describe(check *c, const psb_window *w, int32_t out_channels, psb_activation activation);

#endif
