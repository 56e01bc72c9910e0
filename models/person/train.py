# SPDX-License-Identifier: Apache-2.0
"""Trains: a trunk of constant rate that may be interrupted for ever, and short branches that end in weights for use.

    train.py trunk  [CONFIG] [--minutes M]
    train.py branch [CONFIG] [--steps N] [--from WEIGHTS.pt --rate R] -o WEIGHTS.pt
    train.py shrink WEIGHTS.pt -o WEIGHTS.npz

Warm-up, stable, decay (Hu et al., MiniCPM, 2024, arXiv 2404.06395): the trunk never decays, so it needs no end in
sight; a branch starts from it and lets the rate fall as a cosine. The trunk's state is written to the cache every few
minutes, and in half precision to checkpoint.npz, which `make keep` brings here to be committed: from that file alone
a run goes on (the optimiser then begins anew, with a short warm-up). curve.csv has the learning curve. SIGSTOP does
no harm. A branch may also go on from an earlier one's weights, at a lower rate: more of the samples then count.
"""
import argparse
import csv
import json
import math
import os
import shutil
import signal
import sys
import time

import numpy as np
import torch

from batches import Batches
from data import HERE, cache_folder, digest, load_config, prepared_folder, set_names
from loss import total_loss
from network import Person, boxes_of, cells_of
from team import Alone, Leader

SMALL, CURVE = "checkpoint.npz", "curve.csv"  # beside the trunk in the cache; `make keep` brings them here
FORM = 1  # of checkpoint.npz
REFRESH_STEPS = 200  # after so many, what has been prepared meanwhile is seen


class Averaged:
    """The moving average of weights and statistics, quick at first: after n steps it forgets over about n / 10."""

    def __init__(self, network, decay):
        self.decay, self.values = decay, [v.detach().clone() for v in network.state_dict().values()]

    @torch.no_grad()
    def add(self, network, step):
        decay = min(self.decay, (1 + step) / (10 + step))
        for mine, new in zip(self.values, network.state_dict().values()):
            if mine.is_floating_point():
                mine.lerp_(new, 1 - decay)
            else:
                mine.copy_(new)

    def state(self, network):
        return dict(zip(network.state_dict().keys(), self.values))


class Flat:
    """A network's parameters and gradients as two rows of numbers, which its tensors become parts of: one addition
    for an optimiser's step and one copy for a team's mean, where a hundred small ones cost as much as the gradients."""

    def __init__(self, network):
        heavy = [p for p in network.parameters() if p.ndim > 1]
        light = [p for p in network.parameters() if p.ndim <= 1]
        self.values = torch.cat([p.detach().flatten() for p in heavy + light])
        self.gradient = torch.zeros_like(self.values)
        self.split, first = sum(p.numel() for p in heavy), 0
        for p in heavy + light:
            last = first + p.numel()
            p.data, p.grad = self.values[first:last].view_as(p), self.gradient[first:last].view_as(p)
            first = last

    def optimiser(self, settings):
        """Weight decay for what multiplies, none for biases and normalisation."""
        groups = []
        for part, decay in ((slice(0, self.split), settings["weight_decay"]), (slice(self.split, None), 0.0)):
            values = torch.nn.Parameter(self.values[part])
            values.grad = self.gradient[part]
            groups.append({"params": [values], "weight_decay": decay})
        return torch.optim.AdamW(groups, lr=settings["rate"], betas=(0.9, 0.99))

    def clip(self, most):
        self.gradient.mul_((most / (self.gradient.norm() + 1e-6)).clamp(max=1))


def network_of(config):
    return Person(**{k: tuple(v) if isinstance(v, list) else v for k, v in config["network"].items()})


class Run:
    """A network, its average and its optimiser at a step."""

    def __init__(self, config):
        self.config, self.settings, self.team = config, config["train"], Alone()
        torch.manual_seed(config["seed"])
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.network = network_of(config).to(self.device)
        self.flat = Flat(self.network)
        self.average = Averaged(self.network, self.settings["average"])
        self.optimiser = self.flat.optimiser(self.settings)
        self.step, self.seen, self.warm_from = 0, 0, 0
        self.cells = {}

    # Whole state, in the cache: going on from it is as if nothing had happened.
    def save(self, path):
        state = {"network": self.network.state_dict(), "average": self.average.values, "step": self.step,
                 "seen": self.seen, "warm_from": self.warm_from, "optimiser": self.optimiser.state_dict(),
                 "shape": digest(self.config["network"])}
        torch.save(state, path + ".part")
        os.replace(path + ".part", path)

    def load(self, path):
        state = torch.load(path, map_location=self.device)
        if state["shape"] != digest(self.config["network"]):
            raise SystemExit(f"{path}: found weights of another network, expected the configuration's")
        self.network.load_state_dict(state["network"])
        self.average.values = state["average"]
        self.step, self.seen, self.warm_from = state["step"], state["seen"], state["warm_from"]
        if len(state["optimiser"]["state"]) == len(self.optimiser.param_groups):
            self.optimiser.load_state_dict(state["optimiser"])
        else:
            self.warm_from = self.step  # written by another form of the optimiser, which begins anew

    # The small state: weights and average in half precision, step, seed, digest. No optimiser.
    def save_small(self, path):
        values = {"form": FORM, "step": self.step, "seen": self.seen, "seed": self.config["seed"],
                  "network": digest(self.config["network"]), "config": digest(self.config)}
        average = self.average.state(self.network)
        for name, value in self.network.state_dict().items():
            if value.is_floating_point():
                values["weights/" + name] = value.detach().cpu().numpy().astype(np.float16)
                values["average/" + name] = average[name].detach().cpu().numpy().astype(np.float16)
        np.savez_compressed(path + ".part.npz", **values)
        os.replace(path + ".part.npz", path)

    def load_small(self, path):
        with np.load(path) as stored:
            if int(stored["form"]) != FORM or str(stored["network"]) != digest(self.config["network"]):
                raise SystemExit(f"{path}: found weights of another network, expected the configuration's")
            state = self.network.state_dict()
            for name, value in state.items():
                if value.is_floating_point():
                    value.copy_(torch.from_numpy(stored["weights/" + name].astype(np.float32)))
            for name, value in zip(state, self.average.values):
                if value.is_floating_point():
                    value.copy_(torch.from_numpy(stored["average/" + name].astype(np.float32)))
            self.step, self.seen = int(stored["step"]), int(stored["seen"])
        self.warm_from = self.step

    def rate(self):
        since = self.step - self.warm_from
        return self.settings["rate"] * min(1.0, (since + 1) / self.settings["warm_up"])

    def size_of_step(self):
        """The same for the same step, in the shares of the configuration."""
        shares = np.array([s[2] for s in self.settings["sizes"]], float)
        chance = np.random.default_rng([self.config["seed"], 2, self.step]).random()
        width, height, _ = self.settings["sizes"][int(np.searchsorted(np.cumsum(shares / shares.sum()), chance))]
        return width, height

    def learn(self, batches, rate):
        """One step; returns the loss's parts."""
        size = self.size_of_step()
        if self.step % REFRESH_STEPS == 0:
            batches.refresh()
        if size not in self.cells:
            self.cells[size] = [c.to(self.device) for c in cells_of(*size)]
        number = self.step * self.team.size + self.team.rank
        x, targets = batches.batch(number, self.settings["batch"], *size, self.device)
        out = self.network(x)
        loss, parts = total_loss(out, boxes_of(out, self.cells[size]), targets, self.settings)
        self.flat.gradient.zero_()
        loss.backward()
        self.team.mean(self.flat.gradient)
        self.flat.clip(10.0)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.step()
        self.average.add(self.network, self.step)
        self.step += 1
        self.seen += len(x) * self.team.size
        return parts


def write_curve(row):
    """Appends to the cache's curve, which begins as the one that was kept."""
    path, kept = os.path.join(cache_folder("trunk"), CURVE), os.path.join(HERE, CURVE)
    if not os.path.exists(path) and os.path.exists(kept):
        shutil.copy(kept, path)
    is_new = not os.path.exists(path)
    with open(path, "a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow(["run", "step", "samples", "rate", "score_loss", "box_loss", "cpu_minutes", "ap50", "ap"])
        writer.writerow(row)


def measure(run):
    """AP50 and AP of the average on the pictures held out, in percent; empty where there are none."""
    from evaluate import held_out_accuracy
    kept = {k: v.detach().clone() for k, v in run.network.state_dict().items()}
    run.network.load_state_dict(run.average.state(run.network))
    run.network.eval()
    found = held_out_accuracy(run.network, run.config, run.device)
    run.network.train()
    run.network.load_state_dict(kept)
    return [f"{100 * v:.1f}" for v in found]


class Diary:
    """Prints now and then, and writes a row of the curve when asked."""

    def __init__(self, run, name):
        self.run, self.name, self.parts, self.begun = run, name, [], time.time()
        self.first_seen = run.seen

    def add(self, parts):
        self.parts.append(parts)
        if self.run.step % 50 == 0:
            score, box = np.mean(self.parts[-50:], 0)
            pace = (self.run.seen - self.first_seen) / (time.time() - self.begun)
            print(f"{self.name} {self.run.step} {self.run.seen} score {score:.3f} box {box:.3f} {pace:.1f}/s",
                  flush=True)

    def close_row(self, rate):
        score, box = np.mean(self.parts or [(0, 0)], 0)
        row = [self.name, self.run.step, self.run.seen, f"{rate:.6f}", f"{score:.4f}", f"{box:.4f}",
               f"{time.process_time() / 60:.0f}", *measure(self.run)]
        write_curve(row)
        print("curve", *row, flush=True)
        self.parts = []


def begin(config, path):
    """A run at the newest state there is: the cache's, else the kept small file's, else none."""
    run, kept = Run(config), os.path.join(HERE, SMALL)
    if os.path.exists(path):
        run.load(path)
    elif os.path.exists(kept):
        run.load_small(kept)
    print(f"from step {run.step}, {run.seen} samples", flush=True)
    return run


def begin_from(config, path, rate):
    """A run at a branch's weights, which are also its average; the optimiser is new and its rate another."""
    run = Run(config)
    state = torch.load(path, map_location=run.device)
    if state["config"] != config["network"]:
        raise SystemExit(f"{path}: found weights of another network, expected the configuration's")
    run.network.load_state_dict(state["network"])
    run.average = Averaged(run.network, run.settings["average"])
    run.step, run.seen, run.warm_from = state["step"], state["samples"], state["step"]
    run.settings = {**run.settings, "rate": rate or run.settings["rate"]}
    return run


def trunk_path(config):
    return os.path.join(cache_folder("trunk"), digest(config["network"]) + ".pt")


def gather(run):
    """The batches, and the team that learns from them: one process where there is a GPU."""
    config, size = run.config, run.settings["processes"] if run.device == "cpu" else 1
    sets = [(prepared_folder(config, name), config["sets"][name]["share"]) for name in set_names(config)]
    batches = Batches(sets, config["seed"])
    if size > 1:
        run.team = Leader(size, run, batches)
    return batches


def grow(config, minutes):
    """The trunk, until the time is over or SIGTERM or SIGINT asks for an end."""
    path, small = trunk_path(config), os.path.join(cache_folder("trunk"), SMALL)
    run, stop = begin(config, path), []
    batches = gather(run)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.append(1))
    diary, end = Diary(run, "trunk"), time.time() + 60 * minutes
    saved = validated = time.time()
    run.network.train()
    while not stop and time.time() < end:
        rate = run.rate()
        run.team.order(rate)
        diary.add(run.learn(batches, rate))
        if time.time() - saved > 60 * run.settings["checkpoint_minutes"]:
            run.save(path)
            run.save_small(small)
            saved = time.time()
        if time.time() - validated > 60 * run.settings["validate_minutes"]:
            diary.close_row(rate)
            validated = time.time()
    run.team.end()
    run.save(path)
    run.save_small(small)
    diary.close_row(run.rate())


def branch(run, steps, out, name="branch"):
    """From where a run stands to weights for use: the rate falls as a cosine over `steps`."""
    batches = gather(run)
    diary, first = Diary(run, name), run.step
    run.network.train()
    while run.step < first + steps:
        rate = run.rate() * 0.5 * (1 + math.cos(math.pi * (run.step - first) / steps))
        run.team.order(rate)
        diary.add(run.learn(batches, rate))
        if run.step % 200 == 0:
            save_for_use(run, out)
    run.team.end()
    save_for_use(run, out)
    diary.close_row(0.0)


def save_for_use(run, path):
    torch.save({"network": run.average.state(run.network), "config": run.config["network"], "step": run.step,
                "samples": run.seen}, path + ".part")
    os.replace(path + ".part", path)


def shrink(path, out):
    """A branch's weights in half precision, to be committed: the .psb can be made from them again when its form or the
    quantiser changes."""
    if path.endswith(".npz"):
        return  # made from these very weights
    state = torch.load(path, map_location="cpu")
    values = {"config": json.dumps(state["config"]), "step": state["step"], "samples": state["samples"]}
    values.update({"use/" + name: value.numpy().astype(np.float16) for name, value in state["network"].items()
                   if value.is_floating_point()})
    np.savez_compressed(out, **values)


def load_half(stored):
    network = network_of({"network": json.loads(str(stored["config"]))})
    state = network.state_dict()
    state.update({name[4:]: torch.from_numpy(stored[name].astype(np.float32)) for name in stored.files
                  if name.startswith("use/")})
    network.load_state_dict(state)
    return network.eval(), f"branch, step {int(stored['step'])}, {int(stored['samples'])} samples"


def load_for_use(path):
    """The network of a branch (.pt, or .npz when shrunk) or the average of a small file, and where it comes from."""
    if path.endswith(".npz"):
        with np.load(path) as stored:
            if "form" not in stored.files:
                return load_half(stored)
        run = Run(load_config(os.path.join(HERE, "config.yaml")))
        run.load_small(path)
        run.network.load_state_dict(run.average.state(run.network))
        return run.network.eval(), f"trunk, step {run.step}, {run.seen} samples"
    state = torch.load(path, map_location="cpu")
    network = network_of({"network": state["config"]})
    network.load_state_dict(state["network"])
    return network.eval(), f"branch, step {state['step']}, {state['samples']} samples"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["trunk", "branch", "shrink"])
    parser.add_argument("config", nargs="?", default=os.path.join(HERE, "config.yaml"))
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--from", dest="begin_from", metavar="WEIGHTS.pt")
    parser.add_argument("--rate", type=float, help="of a branch that goes on from weights")
    parser.add_argument("-o", "--output")
    given = parser.parse_args()
    config = None if given.what == "shrink" else load_config(given.config)
    torch.set_num_threads(1)  # processes instead: team.py
    torch.set_flush_denormal(True)
    if given.what == "trunk":
        grow(config, given.minutes)
    elif given.what == "shrink":
        shrink(given.config, given.output)
    else:
        if not given.output:
            sys.exit("train.py branch: found no -o, expected where the weights go")
        run = begin(config, trunk_path(config)) if not given.begin_from else \
            begin_from(config, given.begin_from, given.rate)
        branch(run, given.steps or config["train"]["decay_steps"], given.output)


if __name__ == "__main__":
    main()
