#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tracker's time: the eleven MOT15 detection files, 1,000 people in one frame, and growth for sparse scenes.

    python3 bench/tracker_speed.py build/bench/bench_tracker ../shared

Everything on one pinned core (the last that is allowed), medians of five rounds by bench_tracker itself. Growth is time
a frame over n log2 n of the people, beside the first row: a figure that stays near 1 or falls is no worse than n log n.
"""
import glob
import json
import math
import os
import subprocess
import sys


def measured(*arguments):
    return json.loads(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    bench, files = sys.argv[1], sorted(glob.glob(os.path.join(sys.argv[2], "data/mot15_text/det_sort_frcnn/*.txt")))
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    figures = measured(bench, *files)
    print("%d files, %d frames: mean %.2f us (%.2f to %.2f; at most 5 asked), p99 %.2f us (at most 20); "
          "%.2f us of the thread's own time, %.1f %% of it for the record (less than 10); load %.2f" %
          (len(files), figures["frames"], figures["mean_us"], figures["least_mean_us"], figures["most_mean_us"],
           figures["p99_us"], figures["cpu_mean_us"], figures["record_percent"], os.getloadavg()[0]))
    first = None
    for people in (250, 500, 1000, 2000, 4000, 8000):
        figures = measured(bench, "--people", str(people))
        unit = figures["cpu_mean_us"] / (people * math.log2(people))
        first = first or unit
        print("%5d people: mean %.1f us a frame%s, %.1f us of own time, %.2f of n log n" %
              (people, figures["mean_us"], " (at most 1500 asked)" if people == 1000 else "", figures["cpu_mean_us"],
               unit / first))


main()
