/* SPDX-License-Identifier: Apache-2.0
 *
 * Microseconds a frame of the tracker alone, on given boxes:
 *     taskset -c 1 build/bench/bench_tracker ../shared/data/mot15_text/det_sort_frcnn/SEQ.txt...
 *     taskset -c 1 build/bench/bench_tracker --people 1000
 * Five rounds over all files; the medians of the rounds' means and p99 are printed, and the spread of the means.
 * cpu_mean_us is the thread's own time for the files, its two clock readings a frame included: what to read on a busy
 * machine. Each file is run twice in a row, with the record and without, by turns which first: record_percent is what
 * the record costs of a step, copy and the filling in of its terms, by the thread's own time; all other figures are
 * with it. Frames come at 25 a second. Reading the files is not in the time.
 *
 *     build/bench/bench_tracker --once with FILE...      one round, nothing but steps: to count instructions of both
 *     build/bench/bench_tracker --once without FILE...   (valgrind --tool=callgrind --toggle-collect=psb_tracker_step)
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <passerby/tracker.h>

#include "base/clock.h"
#include "base/histogram.h"
#include "formats/mot.h"
#include "geometry/boxes.h"
#include "track/tracker_int.h"

enum { ROUNDS = 5, SYNTHETIC_FRAMES = 200 };

static void fail(void)
{
    fprintf(stderr, "bench_tracker: %s\n", psb_error_text());
    exit(3);
}

typedef struct stopwatch {
    psb_clock clock;
    psb_histogram histogram;
    int64_t sum_ns;
    int64_t cpu_ns;      /* of this thread, so without the time that other processes took */
    int64_t bare_cpu_ns; /* the same without the record */
} stopwatch;

static int64_t thread_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void timed_step(stopwatch *watch, psb_tracker *tracker, const psb_boxes *boxes, double time_s)
{
    const psb_tracks *tracks = NULL;
    const int64_t start_ns = psb_clock_now_ns(&watch->clock);
    const psb_status status = psb_tracker_step(tracker, &tracks, boxes, time_s);
    const int64_t duration_ns = psb_clock_now_ns(&watch->clock) - start_ns;
    if (status) fail();
    psb_histogram_add(&watch->histogram, duration_ns);
    watch->sum_ns += duration_ns;
}

/* The thread's own time for a file's frames. watch may be NULL. */
static int64_t run_frames(stopwatch *watch, const psb_mot_boxes *file, bool has_record)
{
    psb_tracker *tracker = NULL;
    if (psb_tracker_create(&tracker, NULL)) fail();
    if (!has_record) psb_record_destroy(&tracker->record);
    stopwatch unread = {.clock = psb_clock_system()};
    const int64_t last_frame = psb_mot_boxes_last_frame(file), start_ns = thread_ns();
    for (int64_t frame = 1; frame <= last_frame; frame++) {
        const psb_boxes boxes = psb_mot_boxes_at(file, frame);
        timed_step(watch ? watch : &unread, tracker, &boxes, (double)frame / 25);
    }
    const int64_t duration_ns = thread_ns() - start_ns;
    psb_tracker_destroy(&tracker);
    return duration_ns;
}

static void run_file(stopwatch *watch, const char *path, bool is_record_first)
{
    psb_mot_boxes *file = NULL;
    if (psb_mot_boxes_open(&file, path)) fail();
    if (is_record_first) watch->cpu_ns += run_frames(watch, file, true);
    watch->bare_cpu_ns += run_frames(NULL, file, false);
    if (!is_record_first) watch->cpu_ns += run_frames(watch, file, true);
    psb_mot_boxes_close(&file);
}

static int run_once(int count, char **paths, bool has_record)
{
    for (int i = 0; i < count; i++) {
        psb_mot_boxes *file = NULL;
        if (psb_mot_boxes_open(&file, paths[i])) fail();
        run_frames(NULL, file, has_record);
        psb_mot_boxes_close(&file);
    }
    return 0;
}

/* People on a grid about as wide as high, each swinging about a place of its own. */
static void run_grid(stopwatch *watch, int32_t people)
{
    psb_boxes boxes;
    psb_tracker *tracker = NULL;
    const int32_t in_row = (int32_t)ceil(sqrt(2.0 * people));
    if (psb_boxes_init(&boxes, people) || psb_tracker_create(&tracker, NULL)) fail();
    const int64_t start_ns = thread_ns();
    for (int32_t frame = 0; frame < SYNTHETIC_FRAMES; frame++) {
        boxes.count = 0;
        for (int32_t i = 0; i < people; i++) {
            const float x = 55.0F * (float)(i % in_row) + (float)((frame + 7 * i) % 16 - 8);
            const float y = 110.0F * (float)(i / in_row);
            if (psb_boxes_append(&boxes, (psb_box){x, y, x + 40, y + 100}, 0.9F)) fail();
        }
        timed_step(watch, tracker, &boxes, frame / 25.0);
    }
    watch->bare_cpu_ns = watch->cpu_ns += thread_ns() - start_ns; /* here always with the record */
    psb_tracker_destroy(&tracker);
    psb_boxes_fini(&boxes);
}

static int compare(const void *a, const void *b)
{
    const double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

int main(int argument_count, char **arguments)
{
    double mean_us[ROUNDS], p99_us[ROUNDS], cpu_us[ROUNDS], record_percent[ROUNDS];
    int64_t frames = 0;
    if (argument_count < 2) {
        fprintf(stderr, "use: bench_tracker DET.txt... | --people N\n");
        return 2;
    }
    if (strcmp(arguments[1], "--once") == 0 && argument_count > 3)
        return run_once(argument_count - 3, arguments + 3, strcmp(arguments[2], "with") == 0);
    const bool is_grid = strcmp(arguments[1], "--people") == 0 && argument_count == 3;
    for (int32_t round = 0; round < ROUNDS; round++) {
        static stopwatch watch; /* 16 KB of buckets */
        watch = (stopwatch){.clock = psb_clock_system()};
        if (is_grid)
            run_grid(&watch, (int32_t)strtol(arguments[2], NULL, 10));
        else
            for (int i = 1; i < argument_count; i++) run_file(&watch, arguments[i], (i + round) % 2 == 0);
        frames = watch.histogram.count;
        mean_us[round] = frames ? (double)watch.sum_ns / 1000 / (double)frames : 0;
        cpu_us[round] = frames ? (double)watch.cpu_ns / 1000 / (double)frames : 0;
        record_percent[round] =
            watch.cpu_ns ? 100.0 * (double)(watch.cpu_ns - watch.bare_cpu_ns) / (double)watch.cpu_ns : 0;
        p99_us[round] = 1000 * psb_histogram_ms(&watch.histogram, 0.99);
    }
    qsort(mean_us, ROUNDS, sizeof(*mean_us), compare);
    qsort(cpu_us, ROUNDS, sizeof(*cpu_us), compare);
    qsort(record_percent, ROUNDS, sizeof(*record_percent), compare);
    qsort(p99_us, ROUNDS, sizeof(*p99_us), compare);
    printf("{\"frames\": %lld, \"mean_us\": %.2f, \"p99_us\": %.2f, \"least_mean_us\": %.2f, \"most_mean_us\": %.2f, "
           "\"cpu_mean_us\": %.2f, \"record_percent\": %.1f}\n",
           (long long)frames, mean_us[ROUNDS / 2], p99_us[ROUNDS / 2], mean_us[0], mean_us[ROUNDS - 1],
           cpu_us[ROUNDS / 2], record_percent[ROUNDS / 2]);
    return 0;
}
