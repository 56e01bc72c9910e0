/* SPDX-License-Identifier: Apache-2.0
 *
 * The forms are those of MOT16 (Milan et al., "MOT16: A Benchmark for Multi-Object Tracking", arXiv 1603.00831): class
 * 1 is a pedestrian; pixels count from the picture's corner, as everywhere in this tree.
 */
#include "formats/mot_truth.h"

#include <inttypes.h>

psb_status psb_mot_write_truth(psb_outfile *to, const psb_mot_truth *truth)
{
    return psb_outfile_printf(to, "%" PRId64 ",%" PRId64 ",%.10g,%.10g,%.10g,%.10g,%d,1,%.4f\n", truth->frame,
                              truth->id, truth->left, truth->top, truth->width, truth->height, truth->counts,
                              truth->visibility);
}

psb_status psb_mot_write_seqinfo(psb_outfile *to, const psb_mot_sequence *sequence)
{
    return psb_outfile_printf(to,
                              "[Sequence]\nname=%s\nimDir=img1\nframeRate=%.10g\nseqLength=%" PRId64
                              "\nimWidth=%d\nimHeight=%d\nimExt=.jpg\n",
                              sequence->name, sequence->fps, sequence->frames, (int)sequence->width,
                              (int)sequence->height);
}
