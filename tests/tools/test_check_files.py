#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_sizes, check_heads, check_pages and check_globals find what was planted, at the gate and not before it."""
import os
import subprocess
import tempfile
import unittest

from plant import HEAD, PlantedTest


def function(body, arguments="void"):
    return HEAD + f"\nint f({arguments})\n{{\n{body}}}\n"


class SizesTest(PlantedTest):
    tool = "check_sizes.py"

    def gate(self, good, bad, words, path="src/media/m.c"):
        self.assert_whole({path: good})
        self.assert_fault({path: bad}, words)

    def test_function_lines(self):
        self.gate(function("    x();\n" * 77), function("    x();\n" * 78), "f: 81 lines, expected at most 80")

    def test_ways(self):
        self.gate(function("    if (a) x();\n" * 14), function("    if (a && b) x();\n" * 8), "f: 17 ways")

    def test_words_in_strings_and_comments_are_no_ways(self):
        self.assert_whole({"src/media/m.c": function('    x("if if if ? && ||"); /* if for while */\n' * 16)})

    def test_switch_counts_once(self):
        self.assert_whole({"src/media/m.c": function("    case 1: break;\n" * 40)})

    def test_depth(self):
        deep = "".join(" " * 4 * level + "if (a)\n" for level in range(1, 6))
        self.gate(function(deep[:deep.rindex(" " * 20)]), function(deep), "f: 5 deep, expected at most 4")
        self.assert_whole({"src/kernels/k.c": function(deep)})

    def test_arguments(self):
        self.gate(function("", "int a, int b, int c, int d, int e, void (*g)(int, int)"),
                  function("", "int a, int b, int c,\n      int d, int e, int g, int h"), "f: 7 arguments")

    def test_file_lines(self):
        self.gate(HEAD + "\n" * 695, HEAD + "\n" * 696, "701 lines, expected at most 700")
        self.assert_whole({"tests/media/test_m.c": HEAD + "\n" * 900})


class HeadsTest(PlantedTest):
    tool = "check_heads.py"

    def test_whole_tree(self):
        self.assert_whole()

    def test_missing_licence(self):
        self.assert_fault({"src/media/m.c": "/* What it does.\n * The idea. */\n"},
                          "src/media/m.c:1: expected \"/* SPDX")
        self.assert_fault({"tools/x.py": "print()\n"}, "tools/x.py: no \"SPDX")
        self.assert_fault({"tools/x": "#!/bin/sh\n"}, "tools/x: no \"SPDX")

    def test_missing_introduction(self):
        self.assert_fault({"src/media/m.c": "/* SPDX-License-Identifier: Apache-2.0 */\nint x;\n"}, "src/media/m.c:1:")
        self.assert_fault({"src/media/m.c": HEAD.replace(" * And the idea stands here.\n", "")}, "of 1 sentences")
        self.assert_fault({"src/media/m.c": HEAD.replace("here.\n * And", "here\n * and")}, "of 1 sentences")

    def test_endless_introduction(self):
        self.assert_fault({"src/media/m.c": HEAD.replace(" */", " * More.\n" * 14 + " */")}, "of 16 lines")


class PagesTest(PlantedTest):
    tool = "check_pages.py"

    def test_paths(self):
        page = "docs/howto-x.md"
        self.assert_whole({page: "`src/media/m.c:12`, `tests/ROOM/test_FILE.c` and `include/passerby/*.h`\n"})
        self.assert_fault({page: "first\nuse `src/media/none.c`\n"}, f"{page}:2: found `src/media/none.c`")
        self.assert_fault({page: "`src/none/test_FILE.c`\n"}, "`src/none/test_FILE.c`, which is not there")


class GlobalsTest(PlantedTest):
    tool = "check_globals"

    def build(self, more):
        """The tool's answer for one library of one object, status.c.o, with the error text and `more`."""
        with tempfile.TemporaryDirectory() as build:
            folder = os.path.join(build, "src", "base")
            os.makedirs(folder)
            source, made = os.path.join(folder, "status.c"), os.path.join(folder, "status.c.o")
            with open(source, "w", encoding="utf-8") as file:
                file.write("_Thread_local char error_text[9];\nconst char *const words[] = {\"a\"};\n" + more)
            subprocess.run(["cc", "-fPIC", "-c", source, "-o", made], check=True)
            subprocess.run(["ar", "rc", os.path.join(folder, "libbase.a"), made], check=True)
            return self.run_tool(build)

    def test_globals(self):
        self.assertEqual(self.build("")[0], 0, self.build("")[1])
        for more, words in (("int count = 1;", "count stands in .data"), ("static int hidden; int *x(void);"
                            "int *x(void) { return &hidden; }", "hidden stands in .bss"),
                            ("_Thread_local int other;", "other stands in .tbss")):
            code, text = self.build(more)
            self.assertEqual(code, 1, text)
            self.assertIn(words, text)


if __name__ == "__main__":
    unittest.main()
