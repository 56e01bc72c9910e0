#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run-tests counts what Meson's log says: a stand-in `meson` on the PATH writes one of each result."""
import json
import os
import subprocess
import tempfile
import unittest

TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "run-tests")
STAND_IN = """#!/bin/sh
mkdir -p "$3/meson-logs"
cat > "$3/meson-logs/testlog.json" <<'END'
%s
END
echo "shared: $PSB_SHARED"
exit %d
"""


def row(name, result, stdout=""):
    return json.dumps({"name": name, "result": result, "duration": 0.1, "stdout": stdout, "stderr": ""})


class RunTestsTest(unittest.TestCase):
    def run_tool(self, rows, code, shared=None):
        with tempfile.TemporaryDirectory() as folder:
            meson = os.path.join(folder, "meson")
            with open(meson, "w", encoding="utf-8") as file:
                file.write(STAND_IN % ("\n".join(rows), code))
            os.chmod(meson, 0o755)
            environment = dict(os.environ, PATH=folder + ":" + os.environ["PATH"], PSB_SHARED=shared or "/nowhere")
            done = subprocess.run([TOOL, os.path.join(folder, "build")], env=environment, capture_output=True,
                                  text=True, check=False)
            return done.returncode, done.stdout.splitlines()

    def test_all_well(self):
        code, lines = self.run_tool([row("a", "OK"), row("b", "OK")], 0)
        self.assertEqual((code, lines[-1]), (0, "2 passed, 0 failed"))
        self.assertEqual(lines[0], "shared: ")  # a folder that is not there is not handed on

    def test_shared_folder_is_absolute(self):
        self.assertEqual(self.run_tool([row("a", "OK")], 0, "/tmp/../tmp")[1][0], "shared: /tmp")

    def test_failures_show_their_log(self):
        rows = [row("a", "OK"), row("b", "FAIL", "why b fell"), row("c", "TIMEOUT"), row("d", "SKIP")]
        code, lines = self.run_tool(rows, 1)
        self.assertEqual((code, lines[-1]), (1, "1 passed, 2 failed, 1 skipped"))
        self.assertIn("why b fell", lines)

    def test_nothing_run_is_a_failure(self):
        code, lines = self.run_tool([], 0)
        self.assertEqual((code, lines[-1]), (1, "0 passed, 1 failed"))

    def test_meson_itself_failed(self):
        code, lines = self.run_tool([row("a", "OK")], 2)
        self.assertEqual((code, lines[-1]), (1, "1 passed, 1 failed"))


if __name__ == "__main__":
    unittest.main()
