#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_layers finds each kind of fault where it was planted, and nothing in a whole tree."""
import unittest

from plant import HEAD, PlantedTest, README, WHOLE


class LayersTest(PlantedTest):
    tool = "check_layers.py"

    def plant(self, path, line, words):
        """One more include at the end of a file."""
        self.assert_fault({path: WHOLE[path] + line + "\n"}, words)

    def test_whole_tree(self):
        self.assert_whole()

    def test_room_without_the_right(self):
        self.plant("src/base/a.c", '#include "media/m.h"',
                   "src/base/a.c:11: found media/m.h: src/layers.txt gives base no right to media")

    def test_sibling_room(self):
        self.plant("src/media/m.c", '#include "kernels/k.h"', "gives media no right to kernels")

    def test_private_header_of_another_room(self):
        self.plant("src/media/m.c", '#include "base/a_int.h"', "a private header of base")
        self.assert_whole({"src/base/a.c": WHOLE["src/base/a.c"] + '#include "base/a_int.h"\n'})

    def test_private_header_used_by_app(self):
        self.plant("src/app/main.c", '#include "base/a_int.h"', "a private header of base")

    def test_outside_header_in_another_room(self):
        self.plant("src/media/m.c", "#include <sodium.h>", "only base may include it")
        self.plant("src/base/a.c", "#include <libavutil/frame.h>", "only media may include it")

    def test_outside_header_that_nobody_declares(self):
        self.plant("src/base/a.c", "#include <curl/curl.h>", "no room of src/layers.txt declares")

    def test_intrinsics_outside_kernels(self):
        self.plant("src/media/m.c", "#include <immintrin.h>", "only kernels may include it")

    def test_outside_header_in_app(self):
        self.plant("src/app/main.c", "#include <libavformat/avformat.h>", "no outside header but libc's")

    def test_include_by_a_way_round(self):
        self.plant("src/media/m.c", '#include "../base/a_int.h"', 'expected "room/file.h"')
        self.plant("src/media/m.c", '#include "a.h"', 'expected "room/file.h"')
        self.plant("src/media/m.c", '#  include   "kernels/k.h"', "no right to kernels")

    def test_include_in_a_comment_is_none(self):
        self.assert_whole({"src/base/a.c": WHOLE["src/base/a.c"] + '/*\n#include "media/m.h"\n*/\n'})

    def test_right_to_a_room_below(self):
        table = WHOLE["src/layers.txt"].replace("base: |", "base: media |")
        self.assert_fault({"src/layers.txt": table}, "base may include media, which does not stand above it")

    def test_unknown_room(self):
        self.assert_fault({"src/extra/x.c": HEAD}, "src/extra: a room that src/layers.txt does not know")

    def test_room_without_readme(self):
        self.assert_fault({"src/media/README.md": None}, "src/media/README.md: not found")

    def test_readme_without_a_heading(self):
        readme = README.replace("## What is not here", "")
        self.assert_fault({"src/media/README.md": readme}, 'heading "What is not here" not found')

    def test_long_file_in_app(self):
        self.assert_fault({"src/app/main.c": WHOLE["src/app/main.c"] + "\n" * 400}, "expected at most 400 in app")
        self.assert_whole({"src/media/m.c": WHOLE["src/media/m.c"] + "\n" * 400})

    def test_public_header_that_needs_more_than_is_installed(self):
        self.plant("include/passerby/status.h", '#include "base/a.h"', "expected only libc and passerby/")
        self.plant("examples/track.c", "#include <sodium.h>", "expected only libc and passerby/")


if __name__ == "__main__":
    unittest.main()
