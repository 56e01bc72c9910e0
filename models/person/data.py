# SPDX-License-Identifier: Apache-2.0
"""Sources of pictures: folders in COCO form, in YOLO form, without labels, or with nobody in them.

A source is one entry of the configuration's list, so that a user's own folder joins by one line. Pictures are told
apart by scene, and validation keeps whole scenes: two frames of one camera are never on both sides.
"""
import hashlib
import json
import os
import re
from dataclasses import dataclass, field

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp")
FORMS = ("coco", "yolo", "unlabelled", "negatives")


@dataclass
class Picture:
    path: str
    source: str
    scene: str
    boxes: np.ndarray                # [n, 4] x0 y0 x1 y1, people, pixels
    ignore: np.ndarray               # [n, 4] regions where nothing is asked
    sure: np.ndarray = field(default_factory=lambda: np.zeros(0))  # [n] 1 = labelled, less = a teacher's score
    complete: bool = False           # what fits no box is background
    tight: bool = False              # boxes fit bodies better than a teacher's
    labelled: bool = False           # boxes were drawn by people
    held_out: bool = False


def load_config(path):
    """The configuration; config["here"] is its folder, which relative folders begin at."""
    import yaml
    with open(path, encoding="utf-8") as file:
        config = yaml.safe_load(file)
    config["here"] = os.path.dirname(os.path.abspath(path))
    return config


def digest(value):
    """Sixteen hexadecimal digits that change when the configuration does (places aside)."""
    kept = {k: v for k, v in value.items() if k != "here"} if isinstance(value, dict) else value
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:16]


def cache_folder(*parts):
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(base, "passerby", "train", *parts)
    os.makedirs(folder, exist_ok=True)
    return folder


def set_of(source):
    """The set that a source's pictures are prepared in: each has its number of canvases and its share of the steps."""
    return source.get("set", "real")


def part_of(config, name):
    """The configuration of one set alone: its sources, its number of canvases."""
    sources = [{k: v for k, v in s.items() if k != "set"} for s in config["sources"] if set_of(s) == name]
    return {**config, "sources": sources, "prepare": {**config["prepare"], "copies": config["sets"][name]["copies"]}}


def set_names(config):
    """Sets with at least one source whose folder is there; a set that is switched off has share 0."""
    there = {set_of(s) for s in config["sources"]}
    return [name for name, about in config["sets"].items() if name in there and about["share"] > 0]


def prepared_folder(config, name):
    """Where a set's samples lie: another folder for other settings."""
    part = part_of(config, name)
    asked = {k: part[k] for k in ("seed", "open_only", "sources", "teachers", "prepare")}
    asked["prepare"] = {k: v for k, v in asked["prepare"].items() if k != "workers"}
    return cache_folder("prepared", digest(asked))


def synth_folder(config):
    return cache_folder("synth", digest(config["synth"]))


def as_boxes(rows):
    return np.asarray(rows, np.float32).reshape(-1, 4)


def list_pictures(folder):
    """Names under folder/images, or under the folder itself where it has no such folder."""
    inner = os.path.join(folder, "images")
    place = inner if os.path.isdir(inner) else folder
    names = sorted(n for n in os.listdir(place) if n.lower().endswith(SUFFIXES))
    if not names:
        raise SystemExit(f"{place}: found no pictures, expected at least one of {', '.join(SUFFIXES)}")
    return place, names


def read_coco(folder):
    """Yields (path, boxes, ignore, record) for each picture of annotations.json."""
    path = os.path.join(folder, "annotations.json")
    with open(path, encoding="utf-8") as file:
        found = json.load(file)
    person = {c["id"] for c in found.get("categories", []) if c["name"] == "person"} or {1}
    rows = {image["id"]: ([], []) for image in found["images"]}
    for a in found["annotations"]:
        if a["image_id"] not in rows:
            raise SystemExit(f"{path}: annotation {a['id']}: found image {a['image_id']}, expected one of the list")
        if a["category_id"] in person:
            x, y, w, h = a["bbox"]
            rows[a["image_id"]][bool(a.get("iscrowd"))].append([x, y, x + w, y + h])
    for image in found["images"]:
        boxes, ignore = rows[image["id"]]
        yield os.path.join(folder, "images", image["file_name"]), as_boxes(boxes), as_boxes(ignore), image


def read_yolo_line(line, place, width, height):
    """A person's corners; None for another class."""
    values = line.split()
    if len(values) < 5:
        raise SystemExit(f"{place}: found {len(values)} values, expected 5: class x y width height")
    if int(values[0]) != 0:
        return None
    x, y, w, h = (float(v) for v in values[1:5])
    return [(x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height]


def read_yolo(folder):
    """The same for images/NAME.jpg with labels/NAME.txt: class, centre and size as parts of the picture."""
    import cv2
    place, names = list_pictures(folder)
    for name in names:
        path = os.path.join(place, name)
        label = os.path.join(folder, "labels", os.path.splitext(name)[0] + ".txt")
        boxes = []
        if os.path.exists(label):
            height, width = cv2.imread(path).shape[:2]
            with open(label, encoding="utf-8") as file:
                boxes = [read_yolo_line(line, f"{label}:{i + 1}", width, height) for i, line in enumerate(file)]
            boxes = [b for b in boxes if b]
        yield path, as_boxes(boxes), as_boxes([]), {}


def read_plain(folder):
    place, names = list_pictures(folder)
    for name in names:
        yield os.path.join(place, name), as_boxes([]), as_boxes([]), {}


READERS = {"coco": read_coco, "yolo": read_yolo, "unlabelled": read_plain, "negatives": read_plain}


def scene_of(source, path, record):
    if record.get("scene"):
        return record["scene"]
    match = re.search(source.get("scene") or r"^(.*)$", os.path.splitext(os.path.basename(path))[0])
    return (match.group(1) if match and match.groups() else match.group(0)) if match else ""


def is_held_out(source, scene):
    if scene in source.get("held_out", []):
        return True
    one_in = source.get("one_in", 0)
    number = int(hashlib.sha256(f"{source['name']}/{scene}".encode()).hexdigest()[:8], 16)
    return bool(one_in) and number % one_in == 0


def read_source(source, config):
    if source.get("form") not in FORMS:
        raise SystemExit(f"source {source.get('name')}: found form {source.get('form')}, expected one of {FORMS}")
    folder = synth_folder(config) if source["folder"] == "synth" else os.path.join(config["here"], source["folder"])
    if not os.path.isdir(folder):
        raise SystemExit(f"{folder}: found no such folder, expected source {source['name']}'s pictures")
    negative = source["form"] == "negatives"
    pictures = []
    for path, boxes, ignore, record in READERS[source["form"]](folder):
        labelled = not negative and source["form"] != "unlabelled" and not record.get("unlabelled")
        scene = scene_of(source, path, record)
        pictures.append(Picture(
            path, source["name"], scene, boxes, ignore, np.ones(len(boxes), np.float32),
            complete=negative or bool(labelled and source.get("complete")), tight=bool(source.get("tight")),
            labelled=labelled, held_out=is_held_out(source, scene)))
    return pictures


def read_sources(config):
    """All pictures of the list; with open_only, those of sources with a stated open licence."""
    sources = [s for s in config["sources"] if s.get("open") or not config.get("open_only")]
    return [p for s in sources for p in read_source(s, config)]


def is_negative(picture):
    return picture.complete and not picture.labelled
