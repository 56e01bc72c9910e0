/* SPDX-License-Identifier: Apache-2.0
 *
 * Boxes and identities drawn over a picture that is one's own and already covered. They are drawn after the cover, so
 * that nothing of the source shows through, and in the identity's colour, which it keeps.
 */
#ifndef PSB_CAMERA_OVERLAY_H
#define PSB_CAMERA_OVERLAY_H

#include <passerby/boxes.h>
#include <passerby/frame.h>

/* Every confirmed track: its box and its number, inside the box's corners. Tentative ones have no number that anybody
 * should remember; theirs is a thin box. Coasting ones are not drawn: nobody saw them where they are predicted. */
void psb_overlay_draw(const psb_image *image, const psb_tracks *tracks);

#endif
