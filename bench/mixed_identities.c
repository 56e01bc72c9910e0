/* SPDX-License-Identifier: Apache-2.0
 *
 * How many identities mix two people, and what it costs to have fewer: docs/doubt.md's figures. The doubt margin goes
 * from 0 over the default upwards; each setting is run on MOT17, on MOT17 thinned, and on MOT15's three sequences.
 *     build/bench/mixed_identities SHARED [CONSTANT=VALUE]...
 * Three measures, because a share of identities also sinks when identities are many: those that mix (a second person
 * in ten frames and a tenth of them), those that touch (three and a twentieth), and the share of frames in which an
 * identity is on another person than the one it is mostly of. SHARED is the folder with data/.
 */
#include <stdio.h>

#include "mot_lab.h"
#include "track/tracker_int.h"

typedef struct set {
    const char *label;
    int32_t from, to; /* sequences */
    lab_sampling sampling;
    bool held_back_only;
} set;

static void run_set(lab_result *out, lab *laboratory, const set *of, const psb_tracker_tuning *tuning)
{
    lab_result parts[LAB_SEQUENCES];
    int32_t count = 0;
    for (int32_t i = of->from; i < of->to; i++)
        if (!of->held_back_only || !laboratory->sequence[i].is_tuning)
            lab_run(&parts[count++], laboratory, i, tuning, of->sampling);
    lab_combine(out, parts, count);
}

static double percent(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : 0;
}

static void print_set(lab *laboratory, const set *of, const psb_tracker_tuning *constants)
{
    const double usual = constants->doubt_margin;
    const double margins[] = {0, usual / 4, usual / 2, usual, 1.5 * usual, 2 * usual};
    double hota_0 = 0, share_0 = 0;
    printf("%s\n  margin    HOTA  against 0   IDSW   mix               of margin 0   touch   foreign frames\n",
           of->label);
    for (size_t i = 0; i < sizeof(margins) / sizeof(margins[0]); i++) {
        psb_tracker_tuning tuning = *constants;
        lab_result r;
        tuning.doubt_margin = margins[i];
        run_set(&r, laboratory, of, &tuning);
        const double hota = 100 * lab_value(&r, "HOTA"), share = percent(r.mixed, r.identities);
        if (i == 0) {
            hota_0 = hota;
            share_0 = share;
        }
        printf("  %6.3f  %6.2f     %+6.2f   %4.0f   %3d of %4d %5.1f %%        %5.2f   %4.1f %%   %4.1f %%%s\n",
               margins[i], hota, hota - hota_0, lab_value(&r, "IDSW"), r.mixed, r.identities, share,
               share_0 > 0 ? share / share_0 : 0, percent(r.touched, r.identities),
               percent((double)r.foreign_frames, (double)r.matched_frames), margins[i] == usual ? "   (default)" : "");
    }
}

int main(int argument_count, char **arguments)
{
    static lab laboratory;
    static const set sets[] = {
        {"MOT17", 0, LAB_MOT17, {.every = 1}, false},
        {"MOT17, held back", 0, LAB_MOT17, {.every = 1}, true},
        {"MOT17, every 3rd frame", 0, LAB_MOT17, {.every = 3}, false},
        {"MOT17, every 6th frame", 0, LAB_MOT17, {.every = 6}, false},
        {"MOT15", LAB_MOT17, LAB_SEQUENCES, {.every = 1}, false},
        {"MOT15, held back", LAB_MOT17, LAB_SEQUENCES, {.every = 1}, true},
    };
    psb_tracker_tuning tuning = psb_tracker_tuning_default;
    if (argument_count < 2) {
        fprintf(stderr, "use: mixed_identities SHARED [CONSTANT=VALUE]...\n");
        return 2;
    }
    lab_take_constants(&tuning, arguments + 2, argument_count - 2);
    lab_open(&laboratory, arguments[1]);
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) print_set(&laboratory, &sets[i], &tuning);
    lab_close(&laboratory);
    return 0;
}
