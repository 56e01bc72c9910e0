# SPDX-License-Identifier: Apache-2.0
"""Canvases: pictures placed, mosaicked, peopled and damaged the ways that cameras damage them.

Placing keeps account of who is where, what is known to be empty and where nothing may be asked. Damage comes after
the teachers have looked: they see the clean canvas, the pupil the damaged one. Every function draws from the
generator given.
"""
import cv2
import numpy as np

from data import as_boxes, is_negative
from geometry import area_of, clip, part_inside

GREY = 114
SEEN_PART = 0.3  # of a box cut by an edge: less of it is ignored rather than asked for


class Canvas:
    def __init__(self, width, height):
        self.width, self.height = width, height
        self.pixels = np.full((height, width, 3), GREY, np.uint8)
        self.boxes, self.sure, self.tight = as_boxes([]), np.zeros(0, np.float32), np.zeros(0, bool)
        self.ignore, self.known, self.empty = as_boxes([]), as_boxes([]), as_boxes([])

    def scene(self):
        """What targets.make_targets asks for."""
        return {"people": {"boxes": self.boxes, "sure": self.sure, "tight": self.tight},
                "ignore": self.ignore, "known": self.known, "empty": self.empty}

    def add_people(self, boxes, sure, tight):
        self.boxes = np.concatenate([self.boxes, boxes]).astype(np.float32)
        self.sure = np.concatenate([self.sure, sure]).astype(np.float32)
        self.tight = np.concatenate([self.tight, np.full(len(boxes), tight)])


def place(canvas, rect, picture, pixels, scale, rng):
    """Puts a picture into a rectangle of the canvas, `scale` times the size that covers it, moved and flipped."""
    x0, y0, x1, y1 = rect
    height, width = pixels.shape[:2]
    fit = max((x1 - x0) / width, (y1 - y0) / height) * scale
    squeeze = rng.uniform(0.92, 1.09)
    w, h = max(8, round(width * fit * squeeze)), max(8, round(height * fit / squeeze))
    flip = rng.random() < 0.5
    small = cv2.resize(pixels[:, ::-1] if flip else pixels, (w, h),
                       interpolation=cv2.INTER_AREA if fit < 0.6 else cv2.INTER_LINEAR)
    left = x0 + int(round(rng.random() * ((x1 - x0) - w)))
    top = y0 + int(round(rng.random() * ((y1 - y0) - h)))
    seen = [max(left, x0), max(top, y0), min(left + w, x1), min(top + h, y1)]
    canvas.pixels[seen[1]:seen[3], seen[0]:seen[2]] = small[seen[1] - top:seen[3] - top, seen[0] - left:seen[2] - left]
    move(canvas, picture, (w / width, h / height, left, top, flip, w), seen)


def move(canvas, picture, way, seen):
    """Takes a picture's boxes and regions along to where its pixels went."""
    sx, sy, left, top, flip, w = way

    def moved(boxes):
        boxes = boxes * np.float32([sx, sy, sx, sy])
        if flip:
            boxes[:, [0, 2]] = w - boxes[:, [2, 0]]
        return boxes + np.float32([left, top, left, top])
    boxes, ignore = moved(picture.boxes.copy()), moved(picture.ignore.copy())
    cut = clip(boxes, *seen)
    part = area_of(cut) / np.maximum(area_of(boxes), 1e-6)
    good = (part > SEEN_PART) & (cut[:, 3] - cut[:, 1] >= 8)
    canvas.add_people(cut[good], picture.sure[good], picture.tight)
    left_over = cut[~good & (area_of(cut) > 0)]
    canvas.ignore = np.concatenate([canvas.ignore, clip(ignore, *seen), left_over]).astype(np.float32)
    if is_negative(picture):
        canvas.empty = np.concatenate([canvas.empty, as_boxes(seen)])
    elif picture.complete:
        canvas.known = np.concatenate([canvas.known, as_boxes(seen)])


GRIDS = {"single": (1, 1), "pair": (2, 1), "four": (2, 2), "six": (3, 2)}  # columns, rows


def cuts_of(length, count, rng):
    """Where `count` parts of about equal length begin and end."""
    part = length / count
    inner = [int(part * (i + rng.uniform(-0.25, 0.25))) for i in range(1, count)]
    return [0, *inner, length]


def rectangles(width, height, kind, rng):
    columns, rows = GRIDS[kind]
    ys = cuts_of(height, rows, rng)
    for y0, y1 in zip(ys, ys[1:]):
        xs = cuts_of(width, columns, rng)
        yield from ((x0, y0, x1, y1) for x0, x1 in zip(xs, xs[1:]))


def compose(pick, settings, rng):
    """A clean canvas. pick(rng, negative) gives a picture and its pixels."""
    canvas = Canvas(settings["width"], settings["height"])
    kinds = list(settings["compose"])
    chances = np.array([settings["compose"][k] for k in kinds], float)
    kind = kinds[rng.choice(len(kinds), p=chances / chances.sum())]
    for rect in rectangles(canvas.width, canvas.height, kind, rng):
        picture, pixels = pick(rng, rng.random() < settings["negatives"])
        low, high = np.log(settings["scale"])
        scale = np.exp(rng.uniform(low if kind == "single" else low / 4, high))
        place(canvas, rect, picture, pixels, scale, rng)
    return canvas


def paste_people(canvas, cuts, rng):
    """Pastes one to four people cut from other pictures, softly, some in front of others."""
    for _ in range(rng.integers(1, 5)):
        cut = cuts[rng.integers(len(cuts))]
        h = int(np.exp(rng.uniform(np.log(18), np.log(min(cut.shape[0] * 1.3, canvas.height * 0.8) + 19))))
        w = max(5, round(cut.shape[1] * h / cut.shape[0]))
        if w >= canvas.width or h >= canvas.height:
            continue
        small = cv2.resize(cut[:, ::-1] if rng.random() < 0.5 else cut, (w, h), interpolation=cv2.INTER_AREA)
        x, y = rng.integers(canvas.width - w), rng.integers(canvas.height - h)
        spread_x, spread_y = np.linspace(-1, 1, w), np.linspace(-1, 1, h)
        mask = np.clip(6 * (1.08 - (np.abs(spread_x[None]) ** 4 + np.abs(spread_y[:, None]) ** 6)), 0, 1)[..., None]
        under = canvas.pixels[y:y + h, x:x + w]
        canvas.pixels[y:y + h, x:x + w] = (small * mask + under * (1 - mask)).astype(np.uint8)
        box = as_boxes([x, y, x + w, y + h])
        hidden = part_inside(canvas.boxes, box)[:, 0] > 0.65 if len(canvas.boxes) else np.zeros(0, bool)
        canvas.ignore = np.concatenate([canvas.ignore, canvas.boxes[hidden]])
        canvas.boxes, canvas.sure, canvas.tight = canvas.boxes[~hidden], canvas.sure[~hidden], canvas.tight[~hidden]
        canvas.add_people(box, [0.9], True)


def person_cuts(pictures, read, rng, most=400):
    """Pixels of labelled people who are large enough and hide no one."""
    cuts = []
    for i in rng.permutation(len(pictures)):
        picture = pictures[i]
        if not (picture.tight and picture.labelled) or len(cuts) >= most:
            continue
        others = part_inside(picture.boxes, picture.boxes).sum(1) if len(picture.boxes) else []
        for box, covered in zip(picture.boxes.astype(int), others):
            x0, y0, x1, y1 = np.maximum(box, 0)
            if covered < 1.15 and y1 - y0 >= 60 and 1.4 < (y1 - y0) / max(x1 - x0, 1) < 4:
                cuts.append(read(picture.path)[y0:y1, x0:x1].copy())
    return cuts


def blur(pixels, rng):
    return cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.4, 1.6))


def motion(pixels, rng):
    length, angle = int(rng.integers(3, 10)), rng.uniform(0, np.pi)
    kernel = np.zeros((length, length), np.float32)
    middle = (length - 1) / 2
    for t in np.linspace(-middle, middle, 3 * length):
        kernel[int(round(middle + t * np.sin(angle))), int(round(middle + t * np.cos(angle)))] = 1
    return cv2.filter2D(pixels, -1, kernel / kernel.sum())


def dark(pixels, rng):
    """Low light: few photons, so noise that grows with the gain."""
    light = rng.uniform(0.12, 0.5)
    noise = rng.normal(0, rng.uniform(3, 14), pixels.shape[:2] + (1 if rng.random() < 0.4 else 3,))
    return np.clip(pixels * light * rng.uniform(1.0, 1.8) + noise, 0, 255).astype(np.uint8)


def rain(pixels, rng):
    """Streaks of one direction, brighter than what they cross, and less contrast behind."""
    height, width = pixels.shape[:2]
    layer = np.zeros((height, width), np.float32)
    slant, length = rng.uniform(-0.4, 0.4), rng.uniform(6, 22)
    for x, y in rng.uniform([0, 0], [width, height], (int(rng.integers(150, 700)), 2)):
        cv2.line(layer, (int(x), int(y)), (int(x + slant * length), int(y + length)), float(rng.uniform(0.2, 1)), 1)
    layer = cv2.GaussianBlur(layer, (0, 0), 0.7)[..., None]
    hazy = pixels * rng.uniform(0.7, 0.95) + rng.uniform(10, 40)
    return np.clip(hazy + layer * rng.uniform(50, 120), 0, 255).astype(np.uint8)


def night(pixels, rng):
    """Infrared: grey, dark round a bright middle."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).astype(np.float32)
    height, width = grey.shape
    y, x = np.mgrid[-1:1:height * 1j, -1:1:width * 1j]
    lamp = np.exp(-((x - rng.uniform(-0.4, 0.4)) ** 2 + (y - rng.uniform(-0.4, 0.4)) ** 2) / rng.uniform(0.5, 2))
    lit = grey * (0.15 + rng.uniform(0.5, 1.1) * lamp) + rng.normal(0, rng.uniform(2, 9), grey.shape)
    return np.repeat(np.clip(lit, 0, 255).astype(np.uint8)[..., None], 3, 2)


def cast(pixels, rng):
    gains = rng.uniform(0.72, 1.28, 3)
    return np.clip(pixels * gains, 0, 255).astype(np.uint8)


def grey(pixels, rng):
    return cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)


def jpeg(pixels, rng):
    return cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(12, 65))])[1], 1)


STEPS = {"cast": cast, "grey": grey, "rain": rain, "night": night, "motion": motion, "blur": blur, "dark": dark,
         "jpeg": jpeg}  # in the order of a camera: light, lens, sensor, coder; h264 goes by whole chunks (prepare.py)


def damage(pixels, chances, rng):
    for name, step in STEPS.items():
        if rng.random() < chances.get(name, 0):
            pixels = step(pixels, rng)
    return pixels
