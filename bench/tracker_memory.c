/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory of a tracker that runs for days: synthetic frames in which people come and go without end, and what the
 * process holds on the way.
 *     build/bench/tracker_memory              10 million frames: four and a half days at 25 a second
 *     build/bench/tracker_memory 100000
 * Prints resident memory and all allocations so far at a tenth, half and the end; it is flat when the last two rows
 * hold what the first does (256 kB are libc's own), and exits 1 when they do not. Identities begin below 2^32 and
 * pass it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <passerby/tracker.h>

#include "alloc_count.h"
#include "base/rng.h"
#include "geometry/boxes.h"
#include "track/tracker_int.h"

enum { PLACES = 5 };

/* One who crosses the picture, then is gone for a while; the next in this place is somebody else. */
typedef struct passer {
    float x, y, speed_px, height_px;
} passer;

static void fail(void)
{
    fprintf(stderr, "tracker_memory: %s\n", psb_error_text());
    exit(3);
}

static int64_t resident_kb(void)
{
    long pages = 0, resident = 0;
    FILE *const file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    if (file) fclose(file);
    return (int64_t)resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void look(psb_boxes *boxes, passer *passers, psb_rng *rng)
{
    boxes->count = 0;
    for (int32_t i = 0; i < PLACES; i++) {
        passer *const p = &passers[i];
        p->x += p->speed_px;
        if (p->x > 1400)
            *p = (passer){-400 * (float)psb_rng_unit(rng), (float)(120 * i), 4 + 8 * (float)psb_rng_unit(rng),
                          80 + 60 * (float)psb_rng_unit(rng)};
        if (p->x < 0 || p->x > 1280 || psb_rng_below(rng, 12) == 0) continue;
        const psb_box box = {p->x, p->y, p->x + 0.4F * p->height_px, p->y + p->height_px};
        if (psb_boxes_append(boxes, box, 0.7F + 0.3F * (float)psb_rng_unit(rng))) fail();
    }
}

typedef struct checkpoint {
    int64_t first_kb, first_allocations;
    bool is_flat;
} checkpoint;

static void print_checkpoint(checkpoint *io, int64_t frame, int64_t frames, int64_t last_id)
{
    const int64_t now_kb = resident_kb(), allocations = alloc_count_now();
    if (!io->first_kb) *io = (checkpoint){now_kb, allocations, true};
    io->is_flat = io->is_flat && now_kb <= io->first_kb + 256 && allocations == io->first_allocations;
    printf("%3" PRId64 " %%: frame %" PRId64 ", %" PRId64 " kB resident, %" PRId64 " allocations, identity %" PRId64
           "\n",
           100 * frame / frames, frame, now_kb, allocations, last_id);
}

int main(int argument_count, char **arguments)
{
    const int64_t frames = argument_count > 1 ? strtoll(arguments[1], NULL, 10) : 10000000;
    psb_tracker *tracker = NULL;
    psb_boxes boxes;
    psb_rng rng;
    passer passers[PLACES];
    checkpoint seen = {0};
    psb_rng_init(&rng, 1);
    if (psb_boxes_init(&boxes, PLACES) || psb_tracker_create(&tracker, NULL)) fail();
    printf("%" PRId64 " kB resident before the first frame\n", resident_kb());
    tracker->next_id = ((int64_t)1 << 32) - 100;
    for (int32_t i = 0; i < PLACES; i++) passers[i] = (passer){1400, 0, 1, 1};
    for (int64_t frame = 1; frame <= frames; frame++) {
        const psb_tracks *tracks = NULL;
        look(&boxes, passers, &rng);
        if (psb_tracker_step(tracker, &tracks, &boxes, (double)frame / 25)) fail();
        if (frame == frames / 10 || frame == frames / 2 || frame == frames)
            print_checkpoint(&seen, frame, frames, tracker->next_id - 1);
    }
    printf("%s\n", seen.is_flat ? "flat" : "NOT FLAT");
    psb_tracker_destroy(&tracker);
    psb_boxes_fini(&boxes);
    return seen.is_flat ? 0 : 1;
}
