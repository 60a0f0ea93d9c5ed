#!/usr/bin/env python3
"""Places that are full, gone, locked, no places at all, or opened with the wrong password."""
import shutil
import subprocess
import time
import unittest

from harness import World, end, fill


class Places(unittest.TestCase):
    def test_wrong_password(self):
        with World() as world:
            world.phone()
            world.two_places()
            wrong = world.password_file("wrong", "not this one, sorry")
            for command in (["ready"], ["verify"], ["snapshot", "list"]):
                done = world.lifeboat(*command, LIFEBOAT_PASSWORD_FILE=str(wrong))
                self.assertEqual(done.code, 12, done)
                self.assertNotIn("not this one", done.out + done.err)

    def test_a_folder_that_is_no_repository(self):
        with World() as world:
            world.phone()
            place, _ = world.two_places()
            shutil.rmtree(place)
            place.mkdir()
            (place / "holiday.jpg").write_bytes(b"not a repository")
            done = world.lifeboat("snapshot", "list", "--place", "place-1")
            self.assertEqual(done.code, 10, done)
            self.assertIn("place-1", done.err)

    def test_a_small_disk_is_refused_before_the_first_byte(self):
        with World() as world:
            phone = world.phone()
            fill(phone.storage, 20, 10_000)
            with world.small_disk("small", "12m") as small:
                if small is None:
                    self.skipTest("mounting a small disk needs root")
                world.place("place-1")
                world.place("small", small / "place")
                self.assertEqual(world.lifeboat("backup").code, 0)
                fill(phone.storage, 100, 300_000, first=100)
                packs = sorted(p.name for p in (small / "place").rglob("*") if p.is_file())
                done = world.lifeboat("backup", "--json", "--place", "small")
                self.assertEqual(done.code, 15, done)
                self.assertEqual(sorted(p.name for p in (small / "place").rglob("*") if p.is_file()), packs)
                self.assertEqual(world.lifeboat("verify", "--deep", "--place", "small").code, 0, "the last good one stays")

    def test_a_disk_that_fills_up_meanwhile(self):
        with World() as world:
            phone = world.phone()
            fill(phone.storage, 20, 10_000)
            with world.small_disk("small", "64m") as small:
                if small is None:
                    self.skipTest("mounting a small disk needs root")
                world.place("small", small / "place")
                self.assertEqual(world.lifeboat("backup").code, 0)
                fill(phone.storage, 100, 300_000, first=100)
                run = world.start_lifeboat("backup")
                time.sleep(0.15)
                with self.assertRaises(OSError), open(small / "ballast", "wb", buffering=0) as ballast:
                    while True:
                        ballast.write(b"x" * 65536)
                self.assertIn(run.wait(120), (14, 15))
                checked = world.restic(small / "place", "check", "--read-data", "--no-lock")
                self.assertEqual(checked.code, 0, checked)  # the last good one stays
                (small / "ballast").unlink()
                again = world.lifeboat("backup")
                self.assertEqual(again.code, 0, again)
                checked = world.restic(small / "place", "check", "--read-data")
                self.assertEqual(checked.code, 0, checked)

    def test_a_place_that_goes_away_meanwhile(self):
        with World() as world:
            phone = world.phone()
            fill(phone.storage, 400, 60_000)
            first, second = world.two_places()
            run = world.start_lifeboat("ready")
            time.sleep(0.3)
            away = second.with_name("away")
            second.rename(away)
            self.assertNotEqual(run.wait(120), 0, "one place is not enough")
            if second.exists():  # a folder that appeared in its stead holds no copy
                self.assertEqual(world.restic("place-2", "snapshots").code, 1)
                shutil.rmtree(second)
            away.rename(second)
            again = world.lifeboat("ready")
            self.assertEqual(again.code, 0, again)
            world.restic_finds_clean("place-1", "place-2")
            world.restic_restores("place-2", phone)

    def test_two_runs_at_once(self):
        with World() as world:
            phone = world.phone()
            fill(phone.storage, 200, 30_000)
            world.two_places()
            runs = [world.start_lifeboat("backup") for _ in range(2)]
            codes = sorted(run.wait(120) for run in runs)
            self.assertEqual(codes[0], 0)
            self.assertIn(codes[1], (0, 11), "the other one waits, or says that it is locked")
            world.restic_finds_clean("place-1", "place-2")
            world.restic_restores("place-1", phone)
            for run in runs:
                end(run)

    def test_reading_works_on_a_full_disk_and_on_one_that_cannot_be_written(self):
        """verify, ls, restore, stats and copies out of it: exit 0, a word that no lock was written."""
        with World() as world:
            phone = world.phone()
            fill(phone.storage, 6)
            with world.small_disk("small", "40m") as small:
                if small is None:
                    self.skipTest("mounting a small disk needs root")
                world.place("small", small / "place")
                self.assertEqual(world.lifeboat("backup").code, 0)
                world.place("roomy")
                other = world.folder / "other"
                restic = {"RESTIC_PASSWORD_FILE": str(world.password)}
                made = world.run(["restic", "--no-cache", "-r", other, "init"], **restic)
                self.assertEqual(made.code, 0, made)

                def reads(what, says):
                    before = {p: p.stat().st_size for p in (small / "place").rglob("*")}
                    for command in (["verify"], ["verify", "--deep"], ["stats"]):
                        done = world.lifeboat(*command, "--place", "small")
                        self.assertEqual(done.code, 0, f"{what}: {done}")
                    checked = world.lifeboat("verify", "--deep", "--place", "small")
                    self.assertIn("No lock could be written", checked.err, what)
                    self.assertIn(says, checked.err)
                    self.assertEqual(world.lifeboat("ls", "latest", "--place", "small").code, 0, what)
                    target = world.folder / f"back-{what}"
                    done = world.lifeboat("restore", "latest", "--place", "small", "--to", str(target))
                    self.assertEqual(done.code, 0, f"{what}: {done}")
                    done = world.lifeboat("snapshot", "copy", "--from", "small", "--to", str(other),
                                          "--to-password-file", str(world.password))
                    self.assertEqual(done.code, 0, f"{what}: {done}")
                    self.assertIn("No lock could be written", done.err, what)
                    after = {p: p.stat().st_size for p in (small / "place").rglob("*")}
                    self.assertEqual(before, after, "nothing is left behind")

                with open(small / "filler", "wb", buffering=0) as filler:
                    try:
                        while True:
                            filler.write(bytes(4096))
                    except OSError:
                        pass
                reads("full", "space")
                (small / "filler").unlink()
                subprocess.run(["mount", "-o", "remount,ro", small], check=True)
                try:
                    reads("read-only", "ead-only")
                finally:
                    subprocess.run(["mount", "-o", "remount,rw", small], check=True)
                checked = world.run(["restic", "--no-cache", "-r", other, "check", "--read-data"], **restic)
                self.assertEqual(checked.code, 0, checked)


if __name__ == "__main__":
    unittest.main()
