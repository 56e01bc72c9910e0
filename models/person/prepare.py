# SPDX-License-Identifier: Apache-2.0
"""Makes the training set once: canvases with damage, and each cell's target, in arrays that training maps into memory.

    prepare.py [CONFIG] [--copies N]

Sample i depends on the seed and i alone, whichever worker makes it. done.npy says which samples are there, so that
training may begin before all are, and an interrupted run goes on. Folder: cache/prepared/DIGEST of the settings.
"""
import argparse
import functools
import multiprocessing
import os
import subprocess
import time

import cv2
import numpy as np

import augment
import teachers
from arrays import arrays
from data import (HERE, cache_folder, digest, is_negative, load_config, part_of, prepared_folder, read_sources,
                  set_names)
from targets import centre_targets, make_targets

CHUNK = 24         # samples that a worker makes at a time; H.264 damage goes by the chunk
FRAMES = 4         # a canvas is filmed for so long with a small pan; the last frame is what remains
SOFT_PER_SCORE = 0.9


@functools.lru_cache(maxsize=4000)
def read_picture(path):
    pixels = cv2.imread(path)
    if pixels is None:
        raise SystemExit(f"{path}: found no picture that OpenCV reads")
    return pixels


def film(canvases, rng):
    """Canvases coded as short H.264 films: what the last frame of each looks like after the coder."""
    height, width = canvases[0].shape[:2]
    frames = []
    for canvas in canvases:
        dx, dy = rng.integers(-3, 4, 2)
        for k in range(FRAMES - 1, -1, -1):
            frames.append(np.roll(canvas, (int(dy) * k, int(dx) * k), (0, 1)).tobytes())
    raw = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}"]
    quiet = ["ffmpeg", "-v", "error", "-threads", "1"]
    coder = ["-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-crf", str(rng.integers(28, 43)), "-bf", "0",
             "-g", str(FRAMES), "-keyint_min", str(FRAMES), "-sc_threshold", "0", "-pix_fmt", "yuv420p", "-f", "h264"]
    coded = subprocess.run(quiet + raw + ["-i", "-"] + coder + ["-"], input=b"".join(frames), stdout=subprocess.PIPE,
                           check=True).stdout
    back = subprocess.run(quiet + ["-f", "h264", "-i", "-", "-vsync", "0"] + raw[:4] + ["-"], input=coded,
                          stdout=subprocess.PIPE, check=True).stdout
    seen = np.frombuffer(back, np.uint8).reshape(-1, height, width, 3)
    if len(seen) != len(frames):
        raise SystemExit(f"ffmpeg: found {len(seen)} frames, expected {len(frames)}")
    return seen[FRAMES - 1::FRAMES]


class Maker:
    """What a worker needs: pictures, teachers, cuts of people, and the arrays."""

    def __init__(self, config, pictures, folder):
        self.settings, self.seed = config["prepare"], config["seed"]
        self.people = [p for p in pictures if not is_negative(p)]
        self.negatives = [p for p in pictures if is_negative(p)] or self.people
        shares = {source["name"]: source.get("share", 1.0) for source in config["sources"]}
        chances = np.cumsum([shares[p.source] for p in self.people])
        self.chances = chances / chances[-1]
        place = os.path.join(config["here"], config["teachers"]["folder"])
        names = config["teachers"]["dense"]
        self.teachers = list(teachers.load(place, names).values())
        self.cuts = augment.person_cuts(self.people, read_picture, np.random.default_rng(self.seed))
        self.out = arrays(folder)

    def pick(self, rng, negative):
        if negative:
            picture = self.negatives[rng.integers(len(self.negatives))]
        else:
            picture = self.people[int(np.searchsorted(self.chances, rng.random(), side="right"))]
        return picture, read_picture(picture.path)

    def targets(self, canvas, width, height):
        """Teachers corrected by labels, as the configuration says; ablations leave one of the two out."""
        scene = canvas.scene() if self.settings.get("labels", True) else augment.Canvas(width, height).scene()
        if self.teachers:
            scores, boxes = teachers.dense_targets(self.teachers, canvas.pixels)
        else:
            scores, boxes = centre_targets(scene["people"], width, height)
        return make_targets(scores, boxes, scene, width, height)

    def make(self, first):
        """Samples first .. first + CHUNK."""
        last = min(first + CHUNK, len(self.out["done"]))
        filmed, width, height = [], self.settings["width"], self.settings["height"]
        for i in range(first, last):
            rng = np.random.default_rng([self.seed, i])
            canvas = augment.compose(self.pick, self.settings, rng)
            if self.cuts and rng.random() < self.settings["paste"]:
                augment.paste_people(canvas, self.cuts, rng)
            self.out["scores"][i], self.out["weights"][i], self.out["boxes"][i] = self.targets(canvas, width, height)
            self.out["pictures"][i] = augment.damage(canvas.pixels, self.settings["damage"], rng)
            if rng.random() < self.settings["damage"].get("h264", 0):
                filmed.append(i)
        if filmed:
            self.out["pictures"][filmed] = film(self.out["pictures"][filmed], np.random.default_rng([self.seed, first]))
        self.out["done"][first:last] = 1
        return last - first


maker = None  # of this worker process


def begin(config, pictures, folder):
    global maker
    cv2.setNumThreads(1)
    maker = Maker(config, pictures, folder)


def make(first):
    return maker.make(first)


def begin_soft(config):
    global maker
    cv2.setNumThreads(1)
    maker = list(teachers.load(os.path.join(config["here"], config["teachers"]["folder"]),
                               config["teachers"]["soft"]).values())


def soften(path):
    return teachers.soft_boxes(maker, read_picture(path))


def add_soft_boxes(config, pictures):
    """Gives pictures without complete labels the teachers' people, beside the labelled ones."""
    asked = [p for p in pictures if not p.complete]
    key = digest([[f"{p.source}/{os.path.basename(p.path)}" for p in asked], config["teachers"]["soft"]])
    path = os.path.join(cache_folder("soft"), key + ".npz")
    if not os.path.exists(path):
        begin_soft(config)  # here first: a teacher that is not to be had would make a pool begin for ever
        with multiprocessing.Pool(config["prepare"]["workers"], begin_soft, (config,)) as pool:
            found = pool.map(soften, [p.path for p in asked], 8)
        np.savez(path, *found)
    with np.load(path) as stored:
        for picture, key in zip(asked, stored.files):
            soft = stored[key].astype(np.float32)
            if len(picture.boxes) and len(soft):
                overlap = augment.part_inside(soft[:, :4], picture.boxes).max(1)
                soft = soft[overlap < 0.5]
            picture.boxes = np.concatenate([picture.boxes, soft[:, :4]])
            picture.sure = np.concatenate([picture.sure, np.minimum(1, SOFT_PER_SCORE * soft[:, 4] + 0.1)])


def prepare(config, name, copies=None):
    """One set of the configuration."""
    folder, begun, config = prepared_folder(config, name), time.time(), part_of(config, name)
    settings = config["prepare"]
    pictures = [p for p in read_sources(config) if not p.held_out]
    print(f"{name}: {len(pictures)} pictures to train on; {folder}", flush=True)
    add_soft_boxes(config, pictures)
    print(f"soft boxes after {time.time() - begun:.0f} s", flush=True)
    out = arrays(folder, copies or settings["copies"], settings["width"], settings["height"])
    firsts = [i for i in range(0, len(out["done"]), CHUNK) if not out["done"][i:i + CHUNK].all()]
    made = 0
    with multiprocessing.Pool(settings["workers"], begin, (config, pictures, folder)) as pool:
        for count in pool.imap_unordered(make, firsts):
            made += count
            if made % (CHUNK * 20) < CHUNK:
                print(f"{made} samples, {time.time() - begun:.0f} s", flush=True)
    print(f"{int(out['done'].sum())} samples in {folder}, {time.time() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config", nargs="?", default=os.path.join(HERE, "config.yaml"))
    parser.add_argument("--copies", type=int, help="fewer canvases, for a trial")
    given = parser.parse_args()
    asked = load_config(given.config)
    for set_name in set_names(asked):
        prepare(asked, set_name, given.copies)
