#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""install-deps says what is missing and no more; nothing is installed here (TRY_ONLY, stand-ins on the PATH)."""
import os
import shutil
import subprocess
import tempfile
import unittest

TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "install-deps")


@unittest.skipUnless(shutil.which("dpkg-query"), "no Debian here")
class InstallDepsTest(unittest.TestCase):
    def run_tool(self, packages, try_only="1", stand_ins=None):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "packages.txt")
            with open(path, "w", encoding="utf-8") as file:
                file.write(packages)
            for name, text in (stand_ins or {}).items():
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write("#!/bin/sh\n" + text)
                os.chmod(os.path.join(folder, name), 0o755)
            environment = dict(os.environ, TRY_ONLY=try_only, PATH=folder + ":" + os.environ["PATH"])
            done = subprocess.run([TOOL, path], env=environment, capture_output=True, text=True, check=False)
            return done.returncode, done.stdout, done.stderr

    def test_nothing_missing_is_silent(self):
        self.assertEqual(self.run_tool("# a comment\ndpkg\n\nbase-files # another\n"), (0, "", ""))

    def test_missing_packages_are_said_first(self):
        code, out, _ = self.run_tool("dpkg\nno-such-package-a\nno-such-package-b\n")
        self.assertEqual(code, 0)
        self.assertIn("missing: no-such-package-a no-such-package-b\n", out)
        self.assertNotIn("missing: dpkg", out)

    def test_without_root_the_line_is_printed(self):
        stand_ins = {"id": "echo 1000\n", "sudo": "exit 1\n", "apt-get": "echo must not run; exit 1\n"}
        code, out, err = self.run_tool("no-such-package-a\n", "", stand_ins)
        self.assertEqual(code, 4)
        self.assertIn("sudo apt-get install -y --no-install-recommends no-such-package-a", err)
        self.assertNotIn("must not run", out + err)

    def test_lists_are_fetched_only_when_needed(self):
        for first, expected in (("0", ["install"]), ("1", ["install", "update", "install"])):
            with tempfile.NamedTemporaryFile("r") as log:
                apt = f'echo "$1" >> {log.name}\n[ {first} = 0 ] && exit 0\ngrep -q update {log.name}\n'
                self.assertEqual(self.run_tool("no-such-package-a\n", "", {"id": "echo 0\n", "apt-get": apt})[0], 0)
                self.assertEqual(log.read().split(), expected)

    def test_apt_that_fails_is_exit_4(self):
        code, _, err = self.run_tool("no-such-package-a\n", "", {"id": "echo 0\n", "apt-get": "exit 100\n"})
        self.assertEqual(code, 4)
        self.assertIn("apt-get failed", err)


if __name__ == "__main__":
    unittest.main()
