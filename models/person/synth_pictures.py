# SPDX-License-Identifier: Apache-2.0
"""Makes a source of synthetic scenes: films by `passerby synth`, some frames as pictures, their truth as annotations.

    synth_pictures.py PASSERBY [CONFIG]

Settings: `synth` of the configuration. Seeds begin at 100000, where the generator keeps the clothes and places that
are for training; tests, counting and audits use seeds below. Boxes reach round the whole body, as the sequences' do;
people of whom less than `least_visible` is seen become regions where nothing is asked.
"""
import json
import os
import subprocess
import sys

import cv2
import numpy as np

from data import HERE, load_config, synth_folder

FIRST_SEED = 100000
LIGHTS = ("day", "overcast", "dusk", "night", "changing")


def address(settings, number):
    """A scene's synth:// address; its choices depend on its number alone."""
    rng = np.random.default_rng([FIRST_SEED, number])
    scene = settings["scenes"][number % len(settings["scenes"])]
    rain = round(float(rng.uniform(0.2, 1)), 2) if rng.random() < 0.2 else 0
    return scene, (f"synth://{scene}?seed={FIRST_SEED + number}&fps=1&frames={settings['frames']}"
                   f"&people={rng.integers(*settings['people'])}&size={settings['size']}"
                   f"&light={LIGHTS[rng.integers(len(LIGHTS))]}&rain={rain}&noise={rng.integers(0, 12)}")


def truth_of(path, least_visible):
    """{frame: (boxes, ignored)} of a MOTChallenge truth with visibility."""
    frames = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            v = [float(x) for x in line.split(",")]
            boxes, ignored = frames.setdefault(int(v[0]), ([], []))
            asked = v[6] != 0 and v[8] >= least_visible
            (boxes if asked else ignored).append(v[2:6])
    return frames


def take(folder, name, film, records, settings):
    """Writes each frame of a film as a picture, and appends its records."""
    truth = truth_of(os.path.join(film, "gt", "gt.txt"), settings["least_visible"])
    video, frame = cv2.VideoCapture(os.path.join(film, "video.mp4")), 0
    while True:
        there, pixels = video.read()
        if not there:
            break
        frame += 1
        number, file_name = len(records["images"]) + 1, f"{name}_{frame:03d}.jpg"
        cv2.imwrite(os.path.join(folder, "images", file_name), pixels, [cv2.IMWRITE_JPEG_QUALITY, 92])
        records["images"].append({"id": number, "file_name": file_name, "width": pixels.shape[1],
                                  "height": pixels.shape[0], "scene": name})
        for crowd, boxes in enumerate(truth.get(frame, ((), ()))):
            for box in boxes:
                records["annotations"].append({"id": len(records["annotations"]) + 1, "image_id": number,
                                               "category_id": 1, "bbox": box, "iscrowd": crowd})


def make(program, config):
    """The folder; nothing where no source of the list asks for it, or where it is there already."""
    if not any(source["folder"] == "synth" for source in config["sources"]):
        return None
    settings, folder = config["synth"], synth_folder(config)
    if os.path.exists(os.path.join(folder, "annotations.json")):
        return folder
    os.makedirs(os.path.join(folder, "images"), exist_ok=True)
    records = {"images": [], "annotations": [], "categories": [{"id": 1, "name": "person"}]}
    for number in range(settings["films"]):
        scene, where = address(settings, number)
        film = os.path.join(folder, "film")
        subprocess.run(["rm", "-rf", film], check=True)
        subprocess.run([program, "synth", where, "-o", film, "--quiet"], check=True)
        take(folder, f"{scene}_{number}", film, records, settings)
    subprocess.run(["rm", "-rf", film], check=True)
    with open(os.path.join(folder, "annotations.json"), "w", encoding="utf-8") as file:
        json.dump(records, file)
    return folder


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    made = make(sys.argv[1], load_config(sys.argv[2] if len(sys.argv) > 2 else os.path.join(HERE, "config.yaml")))
    print(made or "no source asks for synthetic scenes")
