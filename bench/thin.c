/* SPDX-License-Identifier: Apache-2.0
 *
 * The tracker where cheap cameras live: boxes and truth of MOT17 thinned to every 3rd and every 6th frame, renumbered
 * as peers.md says, and to half of the frames, dropped at random by three seeds, beside the even half.
 *     build/bench/thin SHARED [CONSTANT=VALUE]...
 * Prints the full rate, too, and MOT15's three sequences. SHARED is the folder with data/.
 */
#include <stdio.h>

#include "mot_lab.h"
#include "track/tracker_int.h"

static double print_run(const char *label, lab *laboratory, int32_t from, int32_t to, const psb_tracker_tuning *tuning,
                        lab_sampling sampling)
{
    lab_result parts[LAB_SEQUENCES], all;
    for (int32_t i = from; i < to; i++) lab_run(&parts[i - from], laboratory, i, tuning, sampling);
    lab_combine(&all, parts, to - from);
    const double hota = 100 * lab_value(&all, "HOTA");
    printf("%-24s %6.2f %6.2f %6.2f %5.0f   %d of %d\n", label, hota, 100 * lab_value(&all, "MOTA"),
           100 * lab_value(&all, "IDF1"), lab_value(&all, "IDSW"), all.mixed, all.identities);
    return hota;
}

int main(int argument_count, char **arguments)
{
    static lab laboratory;
    psb_tracker_tuning tuning = psb_tracker_tuning_default;
    if (argument_count < 2) {
        fprintf(stderr, "use: thin SHARED [CONSTANT=VALUE]...\n");
        return 2;
    }
    lab_take_constants(&tuning, arguments + 2, argument_count - 2);
    lab_open(&laboratory, arguments[1]);
    printf("%-24s   HOTA   MOTA   IDF1  IDSW   identities that mix two people\n", "");
    print_run("MOT17", &laboratory, 0, LAB_MOT17, &tuning, (lab_sampling){.every = 1});
    print_run("MOT17 every 3rd", &laboratory, 0, LAB_MOT17, &tuning, (lab_sampling){.every = 3});
    print_run("MOT17 every 6th", &laboratory, 0, LAB_MOT17, &tuning, (lab_sampling){.every = 6});
    const double even = print_run("MOT17 every 2nd", &laboratory, 0, LAB_MOT17, &tuning, (lab_sampling){.every = 2});
    for (uint64_t seed = 1; seed <= 3; seed++) {
        char label[32];
        snprintf(label, sizeof(label), "MOT17 uneven, seed %d", (int)seed);
        const double uneven = print_run(label, &laboratory, 0, LAB_MOT17, &tuning, (lab_sampling){.drop_seed = seed});
        printf("%-24s %+6.2f\n", "  against every 2nd", uneven - even);
    }
    print_run("MOT15", &laboratory, LAB_MOT17, LAB_SEQUENCES, &tuning, (lab_sampling){.every = 1});
    print_run("MOT17 offline", &laboratory, 0, LAB_MOT17, &tuning, (lab_sampling){.is_offline = true});
    print_run("MOT15 offline", &laboratory, LAB_MOT17, LAB_SEQUENCES, &tuning, (lab_sampling){.is_offline = true});
    lab_close(&laboratory);
    return 0;
}
