/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzz target: MOT text. Whatever is read must be boxes: finite, not empty, sorted by frame, all rows reachable.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "formats/mot.h"
#include "geometry/boxes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int holds)
{
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    psb_mot_boxes *boxes = NULL;
    if (psb_mot_boxes_parse(&boxes, "fuzz", (const char *)data, size)) {
        expect(boxes == NULL);
        expect(psb_error_text()[0] != '\0');
        return 0;
    }
    const int64_t last_frame = psb_mot_boxes_last_frame(boxes);
    const int64_t frames[] = {1, last_frame / 2, last_frame, last_frame + 1};
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        const psb_boxes at = psb_mot_boxes_at(boxes, frames[i]);
        expect(at.count > 0 || frames[i] != last_frame || last_frame == 0);
        for (int32_t row_i = 0; row_i < at.count; row_i++) expect(psb_box_is_valid(psb_boxes_at(&at, row_i)));
    }
    psb_mot_boxes_close(&boxes);
    return 0;
}
