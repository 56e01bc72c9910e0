#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The recipe's parts that need torch and OpenCV: loss, verdicts, calibration, folding, and going on after a break.

Exit code 77 where these packages are not. Usage: test_torch.py SOURCE_ROOT
"""
import os
import shutil
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

import ablate  # noqa: E402
import augment  # noqa: E402
import calibrate  # noqa: E402
import data  # noqa: E402
import evaluate  # noqa: E402
import loss  # noqa: E402
import network  # noqa: E402
import prepare  # noqa: E402
import team  # noqa: E402
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

    def test_weights_for_use_survive_shrinking(self):
        run = self.run_steps(train.Run(self.config), 3)
        train.save_for_use(run, self.path("b.pt"))
        train.shrink(self.path("b.pt"), self.path("b.npz"))
        (whole, told), (half, told_half) = (train.load_for_use(self.path(n)) for n in ("b.pt", "b.npz"))
        x = torch.randn(1, 3, HEIGHT, WIDTH)
        with torch.no_grad():
            self.assertTrue(torch.allclose(whole(x), half(x), atol=0.02))
        self.assertEqual(told, told_half)

    def test_another_networks_weights_are_refused(self):
        run = train.Run(self.config)
        run.save(self.path("t.pt"))
        run.save_small(self.path("c.npz"))
        self.config["network"] = {**TINY, "pyramid": 32}
        for load, name in (("load", "t.pt"), ("load_small", "c.npz")):
            with self.assertRaisesRegex(SystemExit, "another network"):
                getattr(train.Run(self.config), load)(self.path(name))

    def test_a_team_learns_from_the_mean_of_its_members_samples(self):
        def alone(number):
            run = train.Run(self.config)
            run.network.train()
            run.step = number
            run.size_of_step = lambda: (WIDTH, HEIGHT)
            run.flat.clip = lambda most: None
            run.learn(self.batches, 0.0)
            return run.flat.gradient
        run = train.Run(self.config)
        run.network.train()
        run.size_of_step = lambda: (WIDTH, HEIGHT)
        run.flat.clip = lambda most: None
        run.team = team.Leader(2, run, self.batches)
        run.team.order(0.0)
        run.learn(self.batches, 0.0)
        got = run.flat.gradient.clone()
        run.team.order(0.001)
        run.learn(self.batches, 0.001)
        run.team.end()
        self.assertTrue(torch.allclose(got, (alone(0) + alone(1)) / 2, atol=1e-5))
        self.assertFalse(torch.allclose(got, alone(0), atol=1e-3))
        self.assertEqual((run.step, run.seen, [o.exitcode for o in run.team.others]), (2, 8, [0]))

    def test_learning_lowers_the_loss(self):
        run = train.Run(self.config)
        run.network.train()
        said = [run.learn(self.batches, run.rate())[0] for _ in range(40)]
        self.assertLess(np.mean(said[-5:]), np.mean(said[:5]))


class Ablation(unittest.TestCase):
    def test_a_variant_changes_its_own_part_only(self):
        config = {"a": {"b": 1, "c": {"d": 2}}, "e": [1]}
        self.assertEqual(ablate.laid_over(config, {"a": {"c": {}}}), {"a": {"b": 1, "c": {}}, "e": [1]})
        self.assertEqual(ablate.laid_over(config, {"a": {"b": 3}})["a"], {"b": 3, "c": {"d": 2}})
        whole = train.load_config(os.path.join(ROOT, "models", "person", "config.yaml"))
        for name, change in whole["ablation"]["variants"].items():
            made = ablate.variant_of(whole, change)
            folders = [data.prepared_folder(made, n) for n in data.set_names(made)]
            plain = [data.prepared_folder(ablate.variant_of(whole, {}), n) for n in data.set_names(whole)]
            self.assertEqual(folders == plain, not change, name)


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


def marked_picture(boxes, **about):
    """A black picture whose people are white, and its record."""
    pixels = np.zeros((90, 120, 3), np.uint8)
    for x0, y0, x1, y1 in boxes:
        pixels[y0:y1, x0:x1] = 255
    boxes = data.as_boxes(boxes)
    return pixels, data.Picture("p", "s", "", boxes, data.as_boxes([]), np.ones(len(boxes), np.float32), **about)


class Canvases(unittest.TestCase):
    def test_boxes_go_where_pixels_go(self):
        for seed in range(20):
            pixels, picture = marked_picture([(40, 20, 60, 70)], complete=True, labelled=True)
            canvas, rng = augment.Canvas(128, 64), np.random.default_rng(seed)
            augment.place(canvas, (16, 8, 112, 56), picture, pixels, rng.uniform(0.6, 1.6), rng)
            ys, xs = np.nonzero(canvas.pixels[..., 0] > 200)
            if len(canvas.boxes):
                seen = [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]
                self.assertTrue(np.abs(canvas.boxes[0] - seen).max() < 2.5, (seed, canvas.boxes[0], seen))
            else:
                self.assertTrue(len(xs) == 0 or len(canvas.ignore) == 1, seed)

    def test_what_is_known_of_a_picture_holds_where_it_lies(self):
        rng = np.random.default_rng(1)
        labelled = {"complete": True, "labelled": True}
        for about, field in (({"complete": True}, "empty"), (labelled, "known"), ({}, None)):
            canvas = augment.Canvas(128, 64)
            pixels, picture = marked_picture([], **about)
            augment.place(canvas, (0, 0, 64, 64), picture, pixels, 1.3, rng)
            for name in ("empty", "known"):
                self.assertEqual(getattr(canvas, name).tolist(), [[0, 0, 64, 64]] if name == field else [])

    def test_mosaics_fill_the_canvas_and_depend_on_the_generator_alone(self):
        settings = {"width": 128, "height": 64, "negatives": 0.2, "scale": [0.6, 1.6],
                    "compose": {"single": 1, "pair": 1, "four": 1, "six": 1}}
        pixels, picture = marked_picture([(40, 20, 60, 70)])

        def made(seed):
            return augment.compose(lambda *_: (picture, pixels), settings, np.random.default_rng(seed))
        for seed in range(12):
            self.assertTrue((made(seed).pixels == made(seed).pixels).all())
        for kind, count in (("single", 1), ("pair", 2), ("four", 4), ("six", 6)):
            rects = list(augment.rectangles(128, 64, kind, np.random.default_rng(1)))
            self.assertEqual((len(rects), sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in rects)), (count, 128 * 64))

    def test_a_person_pasted_over_another_hides_him(self):
        canvas = augment.Canvas(128, 64)
        canvas.add_people(data.as_boxes([[i, 20, i + 4, 28] for i in range(0, 120, 6)]), np.ones(20), True)
        augment.paste_people(canvas, [np.full((60, 30, 3), 250, np.uint8)], np.random.default_rng(3))
        self.assertTrue(0.9 in np.round(canvas.sure, 2))
        self.assertEqual(len(canvas.ignore) + (canvas.sure == 1).sum(), 20)

    def test_damage_keeps_the_form_and_changes_the_picture(self):
        pixels = np.random.default_rng(1).integers(0, 255, (64, 128, 3), np.uint8)
        for name, step in augment.STEPS.items():
            got = step(pixels, np.random.default_rng(2))
            self.assertEqual((name, got.shape, got.dtype), (name, pixels.shape, np.uint8))
            self.assertGreater(np.abs(got.astype(int) - pixels).mean(), 1, name)

    @unittest.skipUnless(shutil.which("ffmpeg"), "no ffmpeg here")
    def test_filmed_canvases_come_back_in_order(self):
        canvases = np.stack([np.full((64, 128, 3), v, np.uint8) for v in (30, 120, 220)])
        seen = prepare.film(canvases, np.random.default_rng(1))
        self.assertTrue(np.abs(seen.astype(int).mean((1, 2, 3)) - [30, 120, 220]).max() < 8)


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
