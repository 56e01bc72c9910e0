#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
r"""Draws the street of the README's picture: people of simple shapes, walking, and their boxes. Nobody was filmed.

How docs/picture.jpg was made (the last line needs Debian's ffmpeg, which nothing else here does):
    tools/draw_picture.py scene
    build/passerby track scene/img1 --fps 10 --detections scene/det.txt -o scene/out
    ffmpeg -i scene/img1/000031.png -i scene/out/redacted.mp4 -filter_complex '[1]select=eq(n\,30)[b];[0][b]hstack' \
        -frames:v 1 -q:v 4 docs/picture.jpg
Usage: tools/draw_picture.py FOLDER
"""
import os
import struct
import sys
import zlib

import numpy as np

WIDTH, HEIGHT, FRAMES = 800, 450, 45
GRID_Y, GRID_X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32) + 0.5


def blend(picture, coverage, color):
    """Paints color where coverage is 1, and mixes at the edges."""
    picture += coverage[..., None] * (np.array(color, np.float32) - picture)


def limb(picture, a, b, radius, color):
    """A line with round ends from a to b; a == b is a disc."""
    ax, ay, bx, by = *a, *b
    dx, dy = bx - ax, by - ay
    along = np.clip(((GRID_X - ax) * dx + (GRID_Y - ay) * dy) / (dx * dx + dy * dy + 1e-6), 0, 1)
    distance = np.hypot(GRID_X - ax - along * dx, GRID_Y - ay - along * dy)
    blend(picture, np.clip(radius + 0.5 - distance, 0, 1), color)


def block(picture, left, top, right, bottom, color):
    inside = np.minimum(np.minimum(GRID_X - left, right - GRID_X), np.minimum(GRID_Y - top, bottom - GRID_Y))
    blend(picture, np.clip(inside + 0.5, 0, 1), color)


def street():
    rng = np.random.default_rng(10)
    picture = np.empty((HEIGHT, WIDTH, 3), np.float32)
    picture[:] = (196, 190, 180)
    block(picture, 0, 0, WIDTH, 165, (150, 118, 98))
    for left in range(20, WIDTH, 130):  # windows and doors
        block(picture, left, 18, left + 84, 78, (228, 222, 210))
        block(picture, left + 5, 23, left + 79, 73, (92, 112, 126))
        block(picture, left + 18, 100, left + 66, 165, (88, 66, 52))
    block(picture, 0, 165, WIDTH, 172, (126, 120, 114))
    for line in range(6):  # paving, closer together further away
        y = 172 + 278 * (line / 6) ** 1.7
        block(picture, 0, y, WIDTH, y + 1, (172, 166, 158))
    for line in range(-12, 13):
        limb(picture, (400 + 40 * line, 172), (400 + 130 * line, HEIGHT), 0.6, (172, 166, 158))
    shade = np.linspace(0.92, 1.06, HEIGHT, dtype=np.float32)[:, None, None]
    return picture * shade + rng.normal(0, 3, picture.shape).astype(np.float32)


#          left at frame 0, feet y, height, speed (px a frame), shirt, trousers, skin, hair
PEOPLE = [(80, 250, 92, 2.6, (176, 60, 52), (52, 58, 82), (224, 180, 150), (60, 40, 30)),
          (640, 268, 100, -2.9, (70, 108, 76), (70, 62, 56), (140, 96, 72), (28, 24, 22)),
          (300, 330, 138, 3.4, (214, 190, 96), (60, 66, 74), (206, 160, 128), (120, 84, 44)),
          (720, 372, 165, -5.0, (66, 92, 150), (38, 38, 44), (234, 196, 170), (172, 142, 92)),
          (40, 420, 190, 4.6, (200, 198, 202), (74, 74, 96), (112, 76, 58), (24, 22, 24)),
          (480, 226, 80, 1.4, (126, 82, 132), (48, 52, 60), (220, 176, 148), (90, 60, 40))]


def draw_person(picture, person, frame):
    """Feet first, head last; the box that a careful hand would draw around it."""
    start, feet, height, speed, shirt, trousers, skin, hair = person
    x, top = start + speed * frame, feet - height
    stride, part = 0.16 * height * np.sin(5.5 * x / height), lambda share: top + share * height
    ahead = np.sign(speed) * height
    from_shadow = np.hypot((GRID_X - x) / (0.24 * height), (GRID_Y - feet) / (0.05 * height))
    blend(picture, 0.35 * np.clip(1.5 - from_shadow, 0, 1), (60, 56, 54))
    for side in (-1, 1):
        limb(picture, (x, part(0.54)), (x + side * stride, part(0.97)), 0.055 * height, trousers)
        limb(picture, (x + side * stride, part(0.975)), (x + side * stride + 0.05 * ahead, part(0.98)), 0.022 * height,
             (36, 30, 28))
    limb(picture, (x, part(0.26)), (x - 0.8 * stride, part(0.52)), 0.036 * height, shirt)
    limb(picture, (x, part(0.27)), (x, part(0.50)), 0.1 * height, shirt)
    limb(picture, (x, part(0.27)), (x + 0.8 * stride, part(0.52)), 0.036 * height, [0.86 * c for c in shirt])
    limb(picture, (x + 0.8 * stride, part(0.54)), (x + 0.8 * stride, part(0.545)), 0.03 * height, skin)
    limb(picture, (x, part(0.15)), (x, part(0.18)), 0.03 * height, skin)
    limb(picture, (x, part(0.075)), (x, part(0.09)), 0.066 * height, skin)
    limb(picture, (x - 0.02 * ahead, part(0.05)), (x + 0.01 * ahead, part(0.045)), 0.055 * height, hair)
    limb(picture, (x + 0.035 * ahead, part(0.085)), (x + 0.035 * ahead, part(0.086)), 0.009 * height, (30, 26, 26))
    reach = max(abs(stride) + 0.06 * height, 0.12 * height)
    return x - reach, top - 0.01 * height, 2 * reach, 1.02 * height


def write_png(path, picture):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = np.clip(picture + 0.5, 0, 255).astype(np.uint8).reshape(HEIGHT, 3 * WIDTH)
    raw = np.hstack([np.zeros((HEIGHT, 1), np.uint8), rows]).tobytes()
    with open(path, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0))
                  + chunk(b"IDAT", zlib.compress(raw, 1)) + chunk(b"IEND", b""))


def main(folder):
    os.makedirs(folder + "/img1", exist_ok=True)
    empty = street()
    with open(folder + "/det.txt", "w") as boxes:
        for frame in range(FRAMES):
            picture = empty.copy()
            for person in sorted(PEOPLE, key=lambda person: person[1]):
                box = draw_person(picture, person, frame)
                boxes.write("%d,-1,%.1f,%.1f,%.1f,%.1f,0.9\n" % (frame + 1, *box))
            write_png("%s/img1/%06d.png" % (folder, frame + 1), picture)


if __name__ == "__main__":
    main(sys.argv[1])
