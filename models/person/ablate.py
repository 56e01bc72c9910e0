# SPDX-License-Identifier: Apache-2.0
"""What mattered: the same short training from random weights, each time with one thing left out.

    ablate.py OUT_DIR [--config CONFIG] [--only NAME,NAME]

`ablation` of the configuration has the variants: parts of the configuration that are put over it. Every variant gets
its own canvases, as many of them, as many steps and the same seed. Measured on the pictures held out by the whole
configuration, so that all variants answer the same questions. Goes on where it was interrupted; OUT_DIR/ablation.json
has the figures for the card, curve.csv a row for each.
"""
import argparse
import json
import os

import torch

from data import HERE, load_config, set_names
from evaluate import report
from prepare import prepare
from train import Run, branch, load_for_use

SIZE = (448, 256)


def laid_over(config, change):
    """The configuration with a variant's parts in place of its own; an empty part empties."""
    if not (isinstance(config, dict) and isinstance(change, dict) and change):
        return change
    return {**config, **{k: laid_over(config.get(k), v) for k, v in change.items()}}


def variant_of(config, change):
    settings = config["ablation"]
    sets = {name: {**about, "copies": min(about["copies"], round(settings["copies"] * about["share"]))}
            for name, about in config["sets"].items()}
    made = {**config, "sets": sets, "train": {**config["train"], "sizes": settings["sizes"]}}
    return laid_over(made, change) if change else made


def run_variant(config, name, folder):
    made = variant_of(config, config["ablation"]["variants"][name])
    for set_name in set_names(made):
        prepare(made, set_name)
    weights = os.path.join(folder, f"ablation_{name.replace(' ', '_')}.pt")
    branch(Run(made), config["ablation"]["steps"], weights, name)
    figures = report(load_for_use(weights)[0], config, SIZE)
    synth = figures.get("ap50 the set synth, apart from these,")
    return {**{k: round(100 * figures[k], 1) for k in ("ap50", "ap", "miss_rate")},
            "synth": None if synth is None else round(100 * synth, 1),
            "false on negatives at 0.3": figures["false people on negatives at 0.3"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--config", default=os.path.join(HERE, "config.yaml"))
    parser.add_argument("--only", help="names of variants, with commas between")
    given = parser.parse_args()
    config, path = load_config(given.config), os.path.join(given.folder, "ablation.json")
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    os.makedirs(given.folder, exist_ok=True)
    found = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    for name in given.only.split(",") if given.only else config["ablation"]["variants"]:
        if name in found:
            continue
        found[name] = run_variant(config, name, given.folder)
        print(name, found[name], flush=True)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(found, file, indent=1)


if __name__ == "__main__":
    main()
