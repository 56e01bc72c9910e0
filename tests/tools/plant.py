# SPDX-License-Identifier: Apache-2.0
"""A small tree in a temporary folder for the tests of the checks: whole at first, then with one fault planted.

Every test says which fault's words it wants to read, so that a check that fails for another reason does not pass.
"""
import os
import subprocess
import sys
import tempfile
import unittest

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools")
HEAD = "/* SPDX-License-Identifier: Apache-2.0\n *\n * What it does stands here.\n * And the idea stands here.\n */\n"
README = "\n".join(f"## {heading}\ntext" for heading in (
    "What it is", "What it may include", "Front door", "Lifetimes and threads", "Where to begin reading",
    "What is not here"))
WHOLE = {
    "src/layers.txt": "# a table\nbase: | sodium.h\nkernels: base | immintrin.h\nmedia: base | libav\napp: *\n",
    "src/base/README.md": README,
    "src/base/a.h": HEAD + "#include <stdint.h>\n",
    "src/base/a.c": HEAD + '#include "base/a.h"\n\n#include <sodium.h>\n\n#include <passerby/status.h>\n',
    "src/base/a_int.h": HEAD,
    "src/kernels/README.md": README,
    "src/kernels/k.c": HEAD + '#include <immintrin.h>\n\n#include "base/a.h"\n',
    "src/media/README.md": README,
    "src/media/m.c": HEAD + '#include <libavformat/avformat.h>\n\n#include "base/a.h"\n',
    "src/app/README.md": README,
    "src/app/main.c": HEAD + '#include <stdio.h>\n\n#include "media/m.h"\n',
    "include/passerby/status.h": HEAD + "#include <stddef.h>\n",
    "tests/media/test_m.c": HEAD,
    "examples/track.c": HEAD + "#include <passerby/status.h>\n",
}


class PlantedTest(unittest.TestCase):
    """One tool, a whole tree, and a fault."""
    tool = None

    def run_tool(self, *arguments):
        done = subprocess.run([sys.executable, os.path.join(TOOLS, self.tool), *arguments], capture_output=True,
                              text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def run_with(self, changes):
        """The tool's answer for the whole tree with these files put in (None: taken out)."""
        with tempfile.TemporaryDirectory() as root:
            for path, text in {**WHOLE, **changes}.items():
                if text is None:
                    continue
                os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(text)
            return self.run_tool(root)

    def assert_whole(self, changes=None):
        code, text = self.run_with(changes or {})
        self.assertEqual(code, 0, text)

    def assert_fault(self, changes, words):
        code, text = self.run_with(changes)
        self.assertEqual(code, 1, text)
        self.assertIn(words, text)
        self.assertIn(": 1 faults", text)
