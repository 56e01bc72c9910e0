#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The recipe's parts that need numpy alone: sources, scenes, geometry, targets, windows, verdicts, calibration.

Usage: test_recipe.py SOURCE_ROOT
"""
import json
import os
import sys
import tempfile
import unittest

try:
    import numpy as np
except ImportError:
    sys.exit(77)

ROOT = sys.argv.pop(1) if len(sys.argv) > 1 else "."
sys.path.insert(0, os.path.join(ROOT, "models", "person"))

import data  # noqa: E402
import geometry  # noqa: E402
import targets  # noqa: E402
from arrays import arrays  # noqa: E402
from batches import Batches, Prepared, flip, tint  # noqa: E402

WIDTH, HEIGHT = 128, 64
CENTRES, STRIDE_OF = targets.cell_grid(WIDTH, HEIGHT)


def scene(people=(), sure=None, tight=True, ignore=(), known=(), empty=()):
    people = data.as_boxes(people)
    return {"people": {"boxes": people, "sure": np.ones(len(people)) if sure is None else np.array(sure),
                       "tight": np.full(len(people), tight)},
            "ignore": data.as_boxes(ignore), "known": data.as_boxes(known), "empty": data.as_boxes(empty)}


def quiet_teacher():
    """Nobody anywhere: every cell says a box of its stride's size, with no score."""
    half = STRIDE_OF[:, None] / 2
    return np.zeros(len(STRIDE_OF), np.float32), np.concatenate([CENTRES - half, CENTRES + half], 1).astype(np.float32)


def cell_of(x, y, stride):
    corners = CENTRES - stride / 2
    inside = (corners <= [x, y]).all(1) & (corners + stride > [x, y]).all(1)
    return int(np.flatnonzero((STRIDE_OF == stride) & inside)[0])


class Sources(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.config = {"here": self.folder.name}

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def coco(self, annotations, images=None):
        self.write("a/annotations.json", json.dumps({
            "images": images or [{"id": 1, "file_name": "s1_0.jpg"}, {"id": 2, "file_name": "s2_0.jpg"}],
            "annotations": annotations,
            "categories": [{"id": 1, "name": "person"}, {"id": 2, "name": "dog"}]}))
        return {"name": "a", "folder": "a", "form": "coco", "complete": True, "scene": r"(s\d)", "held_out": ["s2"]}

    def test_coco_reads_people_and_ignored_regions_and_nothing_else(self):
        source = self.coco([{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 10, 20]},
                            {"id": 2, "image_id": 1, "category_id": 1, "bbox": [5, 5, 4, 4], "iscrowd": 1},
                            {"id": 3, "image_id": 1, "category_id": 2, "bbox": [0, 0, 9, 9]}])
        first, second = data.read_source(source, self.config)
        self.assertEqual(first.boxes.tolist(), [[1, 2, 11, 22]])
        self.assertEqual(first.ignore.tolist(), [[5, 5, 9, 9]])
        self.assertEqual(len(second.boxes), 0)
        self.assertTrue(first.labelled and first.complete and not data.is_negative(first))

    def test_scenes_are_held_out_whole(self):
        first, second = data.read_source(self.coco([]), self.config)
        self.assertEqual([(p.scene, p.held_out) for p in (first, second)], [("s1", False), ("s2", True)])

    def test_a_scene_of_the_record_goes_before_the_name(self):
        source = self.coco([], [{"id": 1, "file_name": "s1_0.jpg", "scene": "s2"}])
        self.assertTrue(data.read_source(source, self.config)[0].held_out)

    def test_an_unlabelled_record_is_not_background(self):
        source = self.coco([], [{"id": 1, "file_name": "s1_0.jpg", "unlabelled": True}])
        self.assertFalse(data.read_source(source, self.config)[0].complete)

    def test_an_annotation_of_no_picture_is_a_fault_with_its_number(self):
        source = self.coco([{"id": 7, "image_id": 9, "category_id": 1, "bbox": [0, 0, 1, 1]}])
        with self.assertRaisesRegex(SystemExit, "annotation 7: found image 9"):
            data.read_source(source, self.config)

    def test_one_in_keeps_about_its_share(self):
        held = sum(data.is_held_out({"name": "x", "one_in": 8}, str(i)) for i in range(4000))
        self.assertTrue(400 < held < 600, held)
        self.assertFalse(data.is_held_out({"name": "x"}, "3"))

    def test_open_only_leaves_out_what_has_no_stated_licence(self):
        self.write("n/images/p.jpg", "")
        self.write("o/images/p.jpg", "")
        config = {"here": self.folder.name, "sources": [
            {"name": "n", "folder": "n", "form": "negatives"},
            {"name": "o", "folder": "o", "form": "negatives", "open": True}]}
        self.assertEqual([p.source for p in data.read_sources(config)], ["n", "o"])
        self.assertEqual([p.source for p in data.read_sources({**config, "open_only": True})], ["o"])
        self.assertTrue(all(data.is_negative(p) for p in data.read_sources(config)))

    def test_strange_forms_and_missing_folders_are_named(self):
        with self.assertRaisesRegex(SystemExit, "found form voc"):
            data.read_source({"name": "a", "folder": "a", "form": "voc"}, self.config)
        with self.assertRaisesRegex(SystemExit, "found no such folder"):
            data.read_source({"name": "a", "folder": "zz", "form": "coco"}, self.config)

    def test_yolo_labels_are_parts_of_the_picture(self):
        try:
            import cv2
        except ImportError:
            self.skipTest("no OpenCV here")
        os.makedirs(os.path.join(self.folder.name, "y", "images"))
        cv2.imwrite(os.path.join(self.folder.name, "y", "images", "p.png"), np.zeros((50, 100, 3), np.uint8))
        self.write("y/labels/p.txt", "0 0.5 0.5 0.2 0.4\n3 0.5 0.5 1 1\n")
        source = {"name": "y", "folder": "y", "form": "yolo", "complete": True}
        self.assertEqual(np.round(data.read_source(source, self.config)[0].boxes).tolist(), [[40, 15, 60, 35]])
        self.write("y/labels/p.txt", "0 0.5 0.5\n")
        with self.assertRaisesRegex(SystemExit, "p.txt:1: found 3 values"):
            data.read_source(source, self.config)

    def test_the_digest_ignores_places_and_sees_values(self):
        self.assertEqual(data.digest({"a": 1, "here": "x"}), data.digest({"a": 1, "here": "y"}))
        self.assertNotEqual(data.digest({"a": 1}), data.digest({"a": 2}))


class Geometry(unittest.TestCase):
    def test_overlap(self):
        a = np.float32([[0, 0, 10, 10]])
        b = np.float32([[5, 0, 15, 10], [20, 20, 30, 30], [0, 0, 10, 5]])
        self.assertTrue(np.allclose(geometry.iou_of(a, b), [[1 / 3, 0, 0.5]]))
        self.assertTrue(np.allclose(geometry.part_inside(b, a)[:, 0], [0.5, 0, 1]))

    def test_suppression_keeps_the_best_of_those_that_overlap(self):
        rows = np.array([[0, 0, 10, 10, 0.5], [1, 0, 11, 10, 0.9], [40, 0, 50, 10, 0.1], [2, 0, 12, 10, 0.6]])
        self.assertEqual(geometry.suppress(rows, 0.5)[:, 4].tolist(), [0.9, 0.1])


class Targets(unittest.TestCase):
    def make(self, scores, boxes, where):
        s, w, b = targets.make_targets(scores, boxes, where, WIDTH, HEIGHT)
        return s / 255, w / targets.WEIGHT_ONE, b.astype(np.float32)

    def test_cells_run_row_by_row_stride_by_stride(self):
        self.assertEqual(len(STRIDE_OF), 16 * 8 + 8 * 4 + 4 * 2)
        self.assertEqual(CENTRES[[0, 1, 16, 128]].tolist(), [[4, 4], [12, 4], [4, 12], [8, 8]])

    def test_a_missed_person_gets_the_centre_cell_of_the_fitting_stride(self):
        for box, stride in (([60, 20, 70, 44], 8), ([50, 0, 74, 60], 16), ([0, 0, 128, 64], 32)):
            scores, weights, boxes = self.make(*quiet_teacher(), scene([box]))
            at = cell_of((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, stride)
            self.assertEqual(np.flatnonzero(scores).tolist(), [at])
            self.assertEqual(boxes[at].tolist(), box)
            self.assertGreater(weights[at], 1)

    def test_a_teachers_cell_that_fits_a_label_is_raised_to_the_overlap(self):
        scores, boxes = quiet_teacher()
        at = cell_of(64, 32, 8)
        scores[at], boxes[at] = 0.3, [60, 20, 70, 43]
        got, _, drawn = self.make(scores, boxes, scene([[60, 20, 70, 44]]))
        self.assertAlmostEqual(got[at], 23 / 24, 2)
        self.assertEqual(drawn[at].tolist(), [60, 20, 70, 44])
        _, _, kept = self.make(scores, boxes, scene([[60, 20, 70, 44]], tight=False))
        self.assertEqual(kept[at].tolist(), [60, 20, 70, 43])

    def test_where_labels_are_complete_a_stranger_is_doubted_and_on_negatives_nobody(self):
        scores, boxes = quiet_teacher()
        at, whole = cell_of(64, 32, 8), [[0, 0, WIDTH, HEIGHT]]
        scores[at], boxes[at] = 0.8, [60, 20, 70, 44]
        for where, expected in ((scene(), 0.8), (scene(known=whole), 0.8 * targets.DOUBTED), (scene(empty=whole), 0)):
            self.assertAlmostEqual(self.make(scores, boxes, where)[0][at], expected, 2)

    def test_ignored_regions_weigh_nothing_but_people_in_them_do(self):
        scores, boxes = quiet_teacher()
        at, other = cell_of(64, 32, 8), cell_of(20, 20, 8)
        scores[[at, other]] = 0.8
        boxes[at], boxes[other] = [60, 20, 70, 44], [16, 8, 24, 32]
        _, weights, _ = self.make(scores, boxes, scene([[60, 20, 70, 44]], ignore=[[0, 0, WIDTH, HEIGHT]]))
        self.assertEqual(weights[other], 0)
        self.assertGreater(weights[at], 0)

    def test_without_teachers_the_middle_of_a_person_is_asked_and_the_smaller_goes_first(self):
        people = {"boxes": data.as_boxes([[10, 4, 70, 60], [30, 20, 42, 44]]), "sure": np.float32([1, 0.8])}
        scores, boxes = targets.centre_targets(people, WIDTH, HEIGHT)
        self.assertEqual(sorted(set(scores.tolist())), [0, np.float32(0.8), 1])
        small = scores == np.float32(0.8)
        self.assertTrue((STRIDE_OF[small] == 8).all() and (boxes[small] == people["boxes"][1]).all())
        self.assertTrue((STRIDE_OF[scores == 1] == 16).all())
        self.assertTrue((np.abs(CENTRES[scores == 1] - [40, 32]) <= 24).all())
        self.assertEqual(targets.centre_targets({"boxes": data.as_boxes([]), "sure": []}, WIDTH, HEIGHT)[0].max(), 0)

    def test_a_small_persons_cells_weigh_more_than_a_large_ones(self):
        scores, boxes = quiet_teacher()
        few, many = [cell_of(20, 20, 8)], [cell_of(x, y, 8) for x in (60, 68, 76, 84) for y in (12, 20, 28, 36)]
        scores[few + many] = 0.9
        boxes[few], boxes[many] = [16, 10, 24, 30], [56, 4, 92, 60]
        _, weights, _ = self.make(scores, boxes, scene())
        self.assertGreater(weights[few[0]], 2 * weights[many[0]])


class Windows(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        made = arrays(self.folder.name, 2, WIDTH, HEIGHT)
        made["scores"][0, cell_of(68, 36, 8)] = 200
        made["weights"][:] = targets.WEIGHT_ONE
        made["boxes"][:] = [60, 30, 76, 42]
        made["pictures"][0, 30:42, 60:76] = 255
        made["done"][0] = 1

    def test_a_windows_cells_boxes_and_pixels_move_together(self):
        batches = Prepared(self.folder.name)
        pixels, scores, _, boxes = batches.window(0, 32, 32, 64, 32)
        at = int(np.flatnonzero(scores)[0])
        self.assertEqual(at, 0 * 8 + 4)  # column (68 - 32) / 8, row (36 - 32) / 8
        self.assertEqual(boxes[at].tolist(), [28, 0, 44, 10])
        self.assertEqual(pixels[5, 30].tolist(), [255, 255, 255])
        self.assertEqual(len(scores), 8 * 4 + 4 * 2 + 2)

    def test_a_box_that_a_window_cuts_away_is_not_asked_for(self):
        made = arrays(self.folder.name)
        made["boxes"][:] = [0, 0, 100, 34]
        _, scores, weights, _ = Prepared(self.folder.name).window(0, 32, 32, 64, 32)
        self.assertEqual(weights[np.flatnonzero(scores)].tolist(), [0])

    def test_only_samples_that_are_done_are_drawn(self):
        prepared = Prepared(self.folder.name)
        self.assertEqual(prepared.there.tolist(), [0])
        arrays(self.folder.name)["done"][1] = 1
        self.assertEqual(prepared.refresh(), 2)

    def test_sets_are_drawn_by_their_shares(self):
        with tempfile.TemporaryDirectory() as other:
            made = arrays(other, 1, WIDTH, HEIGHT)
            made["pictures"][:], made["done"][:] = 200, 1
            batches, rng = Batches([(self.folder.name, 3), (other, 1)], 1), np.random.default_rng(2)
            bright = sum(batches.sample(rng, WIDTH, HEIGHT)[0].mean() > 60 for _ in range(400))
            self.assertTrue(60 < bright < 140, bright)

    def test_a_sets_folder_knows_nothing_of_other_sets(self):
        config = {"seed": 1, "open_only": False, "teachers": {}, "prepare": {"workers": 2, "copies": 5},
                  "sets": {"real": {"copies": 5, "share": 1}, "synth": {"copies": 2, "share": 1}},
                  "sources": [{"name": "a"}, {"name": "b", "set": "synth"}]}
        less = {**config, "sources": [{"name": "a"}]}
        self.assertEqual(data.part_of(config, "real"), {**data.part_of(less, "real"), "sets": config["sets"]})
        self.assertEqual([s["name"] for s in data.part_of(config, "synth")["sources"]], ["b"])
        self.assertEqual((data.set_names(config), data.set_names(less)), (["real", "synth"], ["real"]))

    def test_flipping_twice_is_nothing_and_once_mirrors(self):
        rng = np.random.default_rng(1)
        cells = len(STRIDE_OF)
        given = (rng.integers(0, 255, (HEIGHT, WIDTH, 3)), rng.random(cells), rng.random(cells),
                 rng.random((cells, 4)).astype(np.float32))
        once = flip(*given, WIDTH, HEIGHT)
        self.assertEqual(once[1][0], given[1][15])
        self.assertTrue(np.allclose(once[3][0, [0, 2]], WIDTH - given[3][15, [2, 0]]))
        for a, b in zip(flip(*once, WIDTH, HEIGHT), given):
            self.assertTrue(np.allclose(a, b, atol=1e-4))

    def test_tinting_keeps_the_form_and_the_order_of_greys(self):
        ramp = np.repeat(np.arange(256, dtype=np.uint8).reshape(1, 256, 1), 3, 2)
        for seed in range(8):
            made = tint(ramp, np.random.default_rng(seed))
            self.assertEqual((made.shape, made.dtype), (ramp.shape, np.uint8))
            self.assertTrue((np.diff(made.astype(int), axis=1) >= 0).all())


if __name__ == "__main__":
    unittest.main()
