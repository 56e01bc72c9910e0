# SPDX-License-Identifier: Apache-2.0
"""Writes card.md: what the embedded detector is, what it was trained on and what was measured.

    card.py OUT_DIR [--config CONFIG]

Figures come from the JSON files that the other steps left in OUT_DIR (held_out.json, calibration.json, mot.json where
it is there), words from card_text.md; nothing is typed twice. The SHA-256 is that of person.psb beside this file.
"""
import argparse
import hashlib
import json
import os

from data import HERE, is_negative, load_config, read_sources


def read_json(folder, name):
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def identity(origin):
    path = os.path.join(HERE, "person.psb")
    with open(path, "rb") as file:
        data = file.read()
    digest = hashlib.sha256(data).hexdigest()
    return f"File `person.psb`, {len(data)} bytes, SHA-256 `{digest}`; weights: {origin}.\n"


def sources_table(config):
    lines = ["| source | licence | pictures | people with boxes | of them held out |",
             "| --- | --- | --- | --- | --- |"]
    pictures = read_sources(config)
    for source in config["sources"]:
        mine = [p for p in pictures if p.source == source["name"]]
        people = sum(len(p.boxes) for p in mine)
        kind = "nobody in them" if mine and is_negative(mine[0]) else str(people)
        lines.append(f"| {source['name']} | {source['licence']} | {len(mine)} | {kind} | "
                     f"{sum(p.held_out for p in mine)} pictures |")
    return "\n".join(lines) + "\n"


def held_out_table(figures):
    rows = [("pictures / people", f"{figures['pictures']} / {figures['people']}"),
            ("AP50 / AP / miss rate", " / ".join(f"{100 * figures[k]:.1f}" for k in ("ap50", "ap", "miss_rate"))),
            ("expected calibration error, raw scores", f"{figures['ece']:.3f}")]
    rows += [(k.replace("ap50 ", "AP50 on "), f"{100 * v:.1f}") for k, v in figures.items() if k.startswith("ap50 ")]
    rows += [(k.replace("recall ", "found at IoU 0.5, "), v) for k, v in figures.items() if k.startswith("recall ")]
    rows += [(f"{k} ({figures['negatives']} pictures, raw scores)", v) for k, v in figures.items()
             if k.startswith("false people")]
    return "\n".join(["| on pictures held out by scene | in floats |", "| --- | --- |"] +
                     [f"| {k} | {v} |" for k, v in rows]) + "\n"


def mot_table(figures):
    lines = ["| file | " + " | ".join(figures["sequences"]) + " | mean |",
             "| --- |" + " --- |" * (len(figures["sequences"]) + 1)]
    for name, cells in figures["rows"].items():
        lines.append(f"| {name} | " + " | ".join(" / ".join(f"{v:.1f}" for v in c) for c in cells) + " |")
    return "\n".join(lines) + "\n"


def robust_table(figures):
    lines = [f"| AP50 of {figures['pictures']} pictures | ours | YOLOX-nano |", "| --- | --- | --- |"]
    lines += [f"| {name} | {ours} | {theirs} |" for name, (ours, theirs) in figures["rows"].items()]
    return "\n".join(lines) + "\n"


def ablation_table(figures):
    lines = ["| short run | AP50 / AP / miss rate | AP50 on synthetic scenes | false people on negatives at 0.3 |",
             "| --- | --- | --- | --- |"]
    for name, f in figures.items():
        lines.append(f"| {name} | {f['ap50']} / {f['ap']} / {f['miss_rate']} | {f['synth']} | "
                     f"{f['false on negatives at 0.3']} |")
    return "\n".join(lines) + "\n"


def calibration_line(fitted):
    after = fitted.get("ece_after")
    if after is None:
        return "Scores are not calibrated.\n"
    return (f"Scores: logit divided by {fitted['temperature']:.3f}, plus {fitted['shift']:.3f}; expected calibration "
            f"error {fitted['ece_before']:.3f} before, {after:.3f} after (each half of the scenes judged by the other's"
            " fit).\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--config", default=os.path.join(HERE, "config.yaml"))
    given = parser.parse_args()
    with open(os.path.join(HERE, "card_text.md"), encoding="utf-8") as file:
        text = file.read()
    names = ("held_out.json", "calibration.json", "mot.json", "robust.json", "ablation.json")
    held_out, fitted, mot, robust, ablation = (read_json(given.folder, n) for n in names)
    parts = {"IDENTITY": identity(fitted["weights"] if fitted else "unknown"),
             "SOURCES": sources_table(load_config(given.config)),
             "HELD_OUT": held_out_table(held_out) if held_out else "Not measured yet.\n",
             "CALIBRATION": calibration_line(fitted or {}) if fitted else "Scores are not calibrated.\n",
             "ROBUST": robust_table(robust) if robust else "Not measured yet.\n",
             "ABLATION": ablation_table(ablation) if ablation else "Not measured yet.\n",
             "MOT": mot_table(mot) if mot else "Not measured yet.\n"}
    for name, part in parts.items():
        text = text.replace(f"@{name}@\n", part)
    with open(os.path.join(HERE, "card.md"), "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
