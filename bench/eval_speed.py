#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long `passerby eval tracks` takes, the program's start taken off: PETS09-S2L1 and the 12 Lif_T runs of MOT17.

    python3 bench/eval_speed.py build/passerby ../shared

Starting costs tens of ms (FFmpeg's libraries are loaded) and TrackEval's figure counts no start either: each
call is followed by one of --version, whose time is subtracted. Medians of five rounds in ms, the bars, and
the load of the machine beside them. The Lif_T runs are three calls, one a detector (--suffix). TrackEval
takes 690 ms and 13,800 ms for the same (../shared/data/reference_tables/README.md).
"""
import glob
import os
import statistics
import subprocess
import sys
import time

ROUNDS = 5


def milliseconds(calls):
    begin = time.perf_counter()
    for call in calls:
        subprocess.run(call, check=True, stdout=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - begin)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    passerby, data = sys.argv[1], os.path.join(sys.argv[2], "data")
    tables = os.path.join(data, "reference_tables")
    pets = [[passerby, "eval", "tracks", "--benchmark", "mot15", "--gt", os.path.join(data, "mot15_text"), "--tracks",
             os.path.join(tables, "mot15_devkit/results"), "--sequences", "PETS09-S2L1", "--json"]]
    lif_t, by_detector = [], {}
    for path in sorted(glob.glob(os.path.join(tables, "lif_t/results/*.txt"))):
        run = os.path.basename(path)[:-len(".txt")]
        sequence, detector = run.rsplit("-", 1)
        by_detector.setdefault(detector, []).append(sequence)
    for detector, sequences in by_detector.items():
        lif_t.append([passerby, "eval", "tracks", "--benchmark", "mot17", "--gt", os.path.join(data, "mot17_text"),
                      "--tracks", os.path.join(tables, "lif_t/results"), "--suffix", "-" + detector, "--sequences",
                      ",".join(sequences), "--json"])
    for name, calls, bar in ("PETS09-S2L1", pets, 14), ("12 Lif_T runs", lif_t, 280):
        start = [[passerby, "--version"]] * len(calls)
        rounds = [milliseconds(calls) - milliseconds(start) for _ in range(ROUNDS)]
        print("%-14s median %.1f ms (%.1f to %.1f), at most %d asked; load %.2f" %
              (name, statistics.median(rounds), min(rounds), max(rounds), bar, os.getloadavg()[0]))


main()
