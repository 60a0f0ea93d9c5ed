#!/usr/bin/env python3
"""Backups into a restic repository with another password, and out of one, by the real programs."""
import json
import os
import subprocess
import unittest

from harness import World, fill


class Copy(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.world.__enter__()
        self.addCleanup(self.world.__exit__, None, None, None)
        self.phone = self.world.phone()
        fill(self.phone.storage, 6)
        self.place, _ = self.world.two_places()
        self.old = self.world.folder / "old"
        self.password = self.world.folder / "old-password"
        self.password.write_text("another password 42\n")
        self.restic("init")

    def restic(self, *words):
        done = subprocess.run(
            ["restic", "--no-cache", "-r", str(self.old), *words], capture_output=True, text=True,
            check=False, env={**os.environ, "RESTIC_PASSWORD_FILE": str(self.password)})
        self.assertEqual(done.returncode, 0, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def copy(self, code, *words):
        done = self.world.lifeboat("snapshot", "copy", *words, "--json")
        self.assertEqual(done.code, code, f"{words}: {done}")
        return json.loads(done.out.splitlines()[-1])

    def test_into_a_restic_repository_and_back(self):
        self.assertEqual(self.world.lifeboat("backup").code, 0)
        there = ["--from", "place-1", "--to", str(self.old), "--to-password-file", str(self.password)]
        planned = self.copy(0, *there, "--dry-run")["result"]
        self.assertTrue(planned["blobs_copied"] and not planned["snapshots"][0]["to"], planned)
        self.assertEqual(json.loads(self.restic("snapshots", "--json")) or [], [])
        copied = self.copy(0, *there)["result"]
        self.assertEqual(len(copied["snapshots"]), 1)
        self.restic("check", "--read-data")
        self.restic("restore", copied["snapshots"][0]["to"], "--target", str(self.world.folder / "back"))
        back = {p.name: p.read_bytes() for p in (self.world.folder / "back").rglob("*") if p.is_file()}
        for path in self.phone.storage.rglob("*"):
            if path.is_file():
                self.assertEqual(back.get(path.name), path.read_bytes(), path)
        self.assertTrue(self.copy(0, *there)["result"]["snapshots"][0]["was_there"])
        # Out of it again: what restic itself made, too.
        self.restic("backup", str(self.phone.storage / "DCIM"))
        home = ["--from", str(self.old), "--from-password-file", str(self.password), "--to", "place-1"]
        result = self.copy(0, *home)["result"]
        self.assertEqual(sorted(s["was_there"] for s in result["snapshots"]), [False, True])
        self.assertEqual(self.world.lifeboat("verify", "--deep", "--place", "place-1").code, 0)

    def test_what_cannot_be(self):
        self.assertEqual(self.world.lifeboat("backup").code, 0)
        self.copy(2, "--from", "place-1")
        self.copy(2, "--from", "place-1", "--to", "place-2")
        folder = self.world.folder / "nothing-here"
        self.copy(14, "--from", "place-1", "--to", str(folder))
        folder.mkdir()
        self.copy(10, "--from", "place-1", "--to", str(folder))
        self.password.write_text("wrong\n")
        self.copy(12, "--from", "place-1", "--to", str(self.old), "--to-password-file",
                  str(self.password))


if __name__ == "__main__":
    unittest.main()
