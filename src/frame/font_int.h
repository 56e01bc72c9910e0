/* SPDX-License-Identifier: Apache-2.0
 *
 * Letters as rows of pixels, for draw.c. One size, ASCII; draw.c enlarges by whole factors. Read draw.c first: what a
 * letter's colour and ground are is decided there.
 */
#ifndef PSB_FRAME_FONT_INT_H
#define PSB_FRAME_FONT_INT_H

#include <stdint.h>

enum { PSB_FONT_WIDTH = 5, PSB_FONT_HEIGHT = 7 };

/* PSB_FONT_HEIGHT rows, the leftmost pixel in bit 4. Never NULL; static. */
const uint8_t *psb_font_rows(char letter);

#endif
