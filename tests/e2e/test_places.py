#!/usr/bin/env python3
"""Places that are full, gone, locked, no places at all, or opened with the wrong password."""
import shutil
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


if __name__ == "__main__":
    unittest.main()
