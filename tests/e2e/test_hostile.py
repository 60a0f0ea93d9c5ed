#!/usr/bin/env python3
"""A phone that refuses, changes, lies, never ends or talks nonsense: told, survived, never believed."""
import unittest

from harness import World, fill


class Hostile(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.world.__enter__()
        self.addCleanup(self.world.__exit__, None, None, None)
        self.phone = self.world.phone()
        fill(self.phone.storage, 20)
        self.world.two_places()

    def photo(self, number=7):
        path = sorted((self.phone.storage / "DCIM/Camera").iterdir())[number]
        return path, path.relative_to(self.phone.storage).as_posix()

    def survived(self, done, codes):
        """It ended by itself, with one of these codes, and both places are whole."""
        self.assertIn(done.code, codes, done)
        if (self.world.folder / "place-2/config").exists():
            self.world.restic_finds_clean("place-1", "place-2")

    def test_a_refused_file_is_named_and_blocks(self):
        path, short = self.photo()
        self.phone.ctl("refuse", short, "EACCES")
        done = self.world.lifeboat("ready")
        self.survived(done, (4,))
        self.assertIn(path.name, done.out + done.err)

    def test_a_file_that_changes_once_is_read_again(self):
        _, short = self.photo()
        self.phone.ctl("change-while-read", short, "grow", "1")
        self.survived(self.world.lifeboat("ready"), (0,))
        self.world.restic_restores("place-1", self.phone)

    def test_a_file_that_never_rests_is_never_believed(self):
        """Named and blocking; or, when a reading met what is on the phone now, proven equal."""
        path, short = self.photo()
        self.phone.ctl("change-while-read", short, "grow", "100000")
        done = self.world.lifeboat("ready")
        self.survived(done, (0, 4))
        if done.code == 4:
            self.assertIn(path.name, done.out + done.err)
        else:
            self.world.restic_restores("place-1", self.phone)

    def test_a_file_that_vanishes_costs_nothing_else(self):
        _, short = self.photo()
        self.phone.ctl("vanish-between-list-and-read", short)
        self.survived(self.world.lifeboat("backup"), (0, 3))
        self.world.restic_restores("place-1", self.phone)

    def test_a_size_that_is_a_lie_is_named(self):
        path, short = self.photo()
        self.phone.ctl("lie-size", short, "123")
        done = self.world.lifeboat("ready")
        self.survived(done, (4,))
        self.assertIn(path.name, done.out + done.err)

    def test_names_that_would_leave_the_folder(self):
        self.phone.ctl("hostile-names", "Download")
        done = self.world.lifeboat("ready")
        self.survived(done, (3, 4))
        self.assertNotIn("\x1b[2J", done.out + done.err, "nothing from the phone steers the terminal")
        listed = self.world.restic("place-1", "ls", "latest").out
        self.assertNotIn("/../", listed)
        target = self.world.folder / "deep/inside/target"
        self.world.lifeboat("restore", "latest", "--to", target)
        outside = [p for p in (self.world.folder / "deep").rglob("*") if p.is_file() and target not in p.parents]
        self.assertEqual(outside, [])

    def test_a_name_of_four_gigabytes(self):
        self.phone.ctl("hostile-names", "Download", "4g")
        self.survived(self.world.lifeboat("backup"), (1, 3, 13))

    def test_a_listing_without_end(self):
        self.phone.ctl("endless-listing", "Download")
        self.survived(self.world.lifeboat("backup", seconds=300), (1, 3, 13))

    def test_a_phone_that_talks_nonsense(self):
        self.phone.ctl("garbage", "on")
        self.survived(self.world.lifeboat("ready"), (1, 13))

    def test_a_phone_that_goes_away_and_comes_back(self):
        self.phone.ctl("disappear")
        done = self.world.lifeboat("ready")
        self.assertEqual(done.code, 13, done)
        self.phone.ctl("come-back")
        self.phone.connect()
        self.survived(self.world.lifeboat("ready"), (0,))


if __name__ == "__main__":
    unittest.main()
