/* SPDX-License-Identifier: Apache-2.0
 *
 * The library's version, from the one place that says it: meson.build.
 */
#include <passerby/passerby.h>

const char *psb_version(void)
{
    return PSB_VERSION;
}
