/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzz target: COCO JSON, each input both as truth and as results on the truth of a fixed file. Whatever is read must
 * be boxes with finite corners, and the groups must make up the whole.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "formats/coco.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int holds)
{
    if (!holds) abort();
}

static void check_boxes(const psb_coco_boxes *boxes, int32_t picture_count)
{
    expect(boxes->first[0] == 0 && boxes->first[picture_count] == boxes->count);
    for (int32_t p = 0; p < picture_count; p++) expect(boxes->first[p] <= boxes->first[p + 1]);
    for (int32_t i = 0; i < boxes->count; i++) {
        expect(isfinite(boxes->x0_px[i]) && isfinite(boxes->y0_px[i]) && isfinite(boxes->area_px2[i]));
        expect(boxes->x1_px[i] >= boxes->x0_px[i] && boxes->y1_px[i] >= boxes->y0_px[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char known[] = "{\"images\":[{\"id\":1},{\"id\":2}],\"annotations\":[],"
                                "\"categories\":[{\"id\":1,\"name\":\"person\"}]}";
    psb_coco coco;
    if (psb_coco_parse(&coco, "fuzz", (const char *)data, size))
        expect(!coco.picture_id && psb_error_text()[0] != '\0');
    else
        check_boxes(&coco.truth, coco.picture_count);
    psb_coco_fini(&coco);

    psb_coco_boxes results;
    expect(psb_coco_parse(&coco, "known", known, strlen(known)) == PSB_OK);
    if (psb_coco_results_parse(&results, &coco, "fuzz", (const char *)data, size)) {
        expect(!results.first);
    } else {
        check_boxes(&results, coco.picture_count);
        for (int32_t i = 0; i < results.count; i++) expect(isfinite(results.score[i]));
    }
    psb_coco_boxes_fini(&results);
    psb_coco_fini(&coco);
    return 0;
}
