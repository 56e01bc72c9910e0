#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The recipe's parts that need torch and OpenCV: loss, verdicts, calibration, folding, and going on after a break.

Exit code 77 where these packages are not. Usage: test_torch.py SOURCE_ROOT
"""
import os
import sys
import tempfile
import unittest

try:
    import cv2  # noqa: F401
    import numpy as np
    import torch
    import yaml  # noqa: F401
except ImportError:
    sys.exit(77)

ROOT = sys.argv.pop(1) if len(sys.argv) > 1 else "."
sys.path.insert(0, os.path.join(ROOT, "models", "person"))

import calibrate  # noqa: E402
import evaluate  # noqa: E402
import loss  # noqa: E402
import network  # noqa: E402
import train  # noqa: E402
from arrays import arrays  # noqa: E402
from batches import Batches  # noqa: E402
from export import Exported  # noqa: E402

TINY = {"widths": [16, 16, 16, 16, 16], "depths": [0, 1, 1, 1], "pyramid": 16}
WIDTH, HEIGHT = 128, 64


def tiny_config():
    config = train.load_config(os.path.join(ROOT, "models", "person", "config.yaml"))
    config["network"] = TINY
    config["train"].update({"batch": 2, "sizes": [[64, 32, 0.5], [WIDTH, HEIGHT, 0.5]], "warm_up": 3})
    return config


def weights_of(run):
    return torch.cat([v.flatten() for v in run.network.state_dict().values() if v.is_floating_point()])


class Resuming(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        made, rng = arrays(self.folder.name, 4, WIDTH, HEIGHT), np.random.default_rng(3)
        made["pictures"][:] = rng.integers(0, 255, made["pictures"].shape)
        made["scores"][:] = rng.integers(0, 255, made["scores"].shape) * (rng.random(made["scores"].shape) < 0.1)
        made["weights"][:], made["boxes"][:], made["done"][:] = 64, [10, 10, 40, 60], 1
        self.batches, self.config = Batches([(self.folder.name, 1)], 13), tiny_config()
        torch.set_num_threads(1)

    def run_steps(self, run, count):
        run.network.train()
        for _ in range(count):
            run.learn(self.batches, run.rate())
        return run

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def test_a_broken_run_ends_where_an_unbroken_one_does(self):
        whole = self.run_steps(train.Run(self.config), 6)
        half = self.run_steps(train.Run(self.config), 3)
        half.save(self.path("t.pt"))
        other = train.Run(self.config)
        other.load(self.path("t.pt"))
        self.run_steps(other, 3)
        self.assertEqual((other.step, other.seen), (6, 12))
        self.assertTrue(torch.equal(weights_of(whole), weights_of(other)))

    def test_the_small_file_alone_goes_on_usefully(self):
        run = self.run_steps(train.Run(self.config), 4)
        run.save_small(self.path("c.npz"))
        other = train.Run(self.config)
        other.load_small(self.path("c.npz"))
        self.assertEqual((other.step, other.seen), (4, 8))
        self.assertTrue(torch.allclose(weights_of(run), weights_of(other), atol=1e-3, rtol=1e-3))
        self.assertLess(other.rate(), self.config["train"]["rate"])  # the optimiser is new: warm up again
        self.run_steps(other, 1)
        self.assertTrue(torch.isfinite(weights_of(other)).all())

    def test_another_networks_weights_are_refused(self):
        run = train.Run(self.config)
        run.save(self.path("t.pt"))
        run.save_small(self.path("c.npz"))
        self.config["network"] = {**TINY, "pyramid": 32}
        for load, name in (("load", "t.pt"), ("load_small", "c.npz")):
            with self.assertRaisesRegex(SystemExit, "another network"):
                getattr(train.Run(self.config), load)(self.path(name))

    def test_learning_lowers_the_loss(self):
        run = train.Run(self.config)
        run.network.train()
        said = [run.learn(self.batches, run.rate())[0] for _ in range(40)]
        self.assertLess(np.mean(said[-5:]), np.mean(said[:5]))


class Forms(unittest.TestCase):
    def test_the_exported_network_says_the_same_boxes_in_yoloxs_form(self):
        torch.manual_seed(1)
        made = network.Person(widths=tuple(TINY["widths"]), depths=tuple(TINY["depths"]), pyramid=16)
        made.train()
        made(torch.randn(4, 3, HEIGHT, WIDTH))  # statistics of the normalisations that are not 0 and 1
        made.eval()
        x = torch.randn(1, 3, HEIGHT, WIDTH)
        with torch.no_grad():
            raw, out = made(x)[0], Exported(made, (WIDTH, HEIGHT), temperature=2.0, shift=-0.5)(x)[0]
        column, row, stride = network.cells_of(WIDTH, HEIGHT)
        boxes = network.boxes_of(raw, (column, row, stride))
        centre = torch.stack([(column + out[:, 0]) * stride, (row + out[:, 1]) * stride], 1)
        self.assertTrue(torch.allclose(centre, (boxes[:, :2] + boxes[:, 2:]) / 2, atol=1e-3))
        self.assertTrue(torch.allclose(out[:, 2].exp() * stride, boxes[:, 2] - boxes[:, 0], atol=1e-3))
        self.assertTrue(torch.allclose(out[:, 4], torch.sigmoid(raw[:, 4] / 2 - 0.5), atol=1e-5))
        self.assertTrue((out[:, 5] == 1).all())

    def test_giou(self):
        a = torch.tensor([[0., 0, 10, 10], [0, 0, 10, 10], [0, 0, 10, 10]])
        b = torch.tensor([[0., 0, 10, 10], [5, 0, 15, 10], [20, 0, 30, 10]])
        self.assertTrue(torch.allclose(loss.giou(a, b), torch.tensor([1.0, 1 / 3, -1 / 3]), atol=1e-5))

    def test_a_right_score_costs_less_than_a_wrong_one(self):
        scores, weights = torch.tensor([[0.8, 0.0]]), torch.ones(1, 2)
        right, wrong = torch.tensor([[1.386, -6.0]]), torch.tensor([[-6.0, 1.386]])
        self.assertLess(loss.score_loss(right, scores, weights), 0.01 * loss.score_loss(wrong, scores, weights))


class Verdicts(unittest.TestCase):
    PEOPLE = np.float32([[0, 0, 10, 20], [40, 0, 50, 20]])

    def judge(self, found, ignore=()):
        found = np.float32(found).reshape(-1, 5)
        return evaluate.judge([found], [(self.PEOPLE, np.float32(ignore).reshape(-1, 4))], 0.5)

    def test_a_person_is_found_once(self):
        _, verdicts, count = self.judge([[0, 0, 10, 20, 0.9], [0, 0, 10, 19, 0.8], [40, 0, 50, 20, 0.7]])
        self.assertEqual((verdicts.tolist(), count), ([1, 0, 1], 2))
        self.assertAlmostEqual(evaluate.average_precision(verdicts, count), (51 + 50 * 2 / 3) / 101, 5)

    def test_what_lies_in_an_ignored_region_counts_neither_way(self):
        _, verdicts, _ = self.judge([[100, 0, 110, 20, 0.9], [0, 0, 10, 20, 0.8]], [[95, 0, 120, 30]])
        self.assertEqual(verdicts.tolist(), [1])

    def test_calibration_finds_the_gain_and_shift_that_were_put_in(self):
        rng = np.random.default_rng(5)
        scores = rng.uniform(0.02, 0.98, 40000)
        verdicts = (rng.random(40000) < calibrate.sigmoid(0.6 * calibrate.logit(scores) - 0.7)).astype(int)
        gain, shift = calibrate.fit(scores, verdicts)
        self.assertAlmostEqual(gain, 0.6, delta=0.05)
        self.assertAlmostEqual(shift, -0.7, delta=0.05)
        better = evaluate.calibration_error(calibrate.apply(scores, (gain, shift)), verdicts)
        self.assertLess(better, 0.02)
        self.assertGreater(evaluate.calibration_error(scores, verdicts), 0.1)


if __name__ == "__main__":
    unittest.main()
