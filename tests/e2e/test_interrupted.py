#!/usr/bin/env python3
"""A cable that is cut, a program that is killed: the next run goes on, and nothing is damaged."""
import random
import signal
import time
import unittest

from harness import World, end, fill

FILES, SIZE = 1500, 16_000
CONTENT = FILES * SIZE
MEASURING = 2_000_000  # how fast the wire is, before much is sent over it


class CutCable(unittest.TestCase):
    def cut_at(self, percent):
        with World() as world:
            phone = world.phone(cable=True)
            fill(phone.storage, FILES, SIZE)
            world.two_places()
            phone.cable.counted()
            phone.cable.cut_after = MEASURING + CONTENT * percent // 100
            cut = world.lifeboat("backup", "--json")
            self.assertEqual(cut.code, 13, cut)
            counts = [line for line in cut.lines if "bytes_done" in line][-1]
            copied, total = counts["bytes_done"], counts["bytes_total"]
            # The adb server holds up to some megabytes that the phone sent and nobody received.
            self.assertGreater(copied, CONTENT * (percent - 10) // 200)
            self.assertNotIn('"complete"', world.lifeboat("snapshot", "list", "--json").out)

            phone.cable.cut_after = None
            phone.connect()
            phone.cable.counted()
            again = world.lifeboat("backup", "--json")
            second = phone.cable.counted()
            self.assertEqual(again.code, 0, again)
            nothing_new = world.lifeboat("backup", "--json")
            self.assertEqual(nothing_new.code, 0, nothing_new)
            listing = phone.cable.counted()  # what a run costs that copies nothing

            # What the second run sent beyond what was missing. Packets have heads: one per cent.
            apps = world.lifeboat("ls", "latest", "personal", "-r", "--json")
            assert apps.code == 0, apps
            missing = total - copied + sum(one.get("bytes", one.get("size", 0)) for one in apps.of_type("item"))
            sent_twice = second - listing - missing - missing // 100 - MEASURING
            self.assertLess(sent_twice, copied // 100,
                            f"copied {copied} of {total}; second run {second}, of which listing {listing}")
            world.restic_finds_clean("place-1", "place-2")
            world.restic_restores("place-1", phone)

    def test_at_10_percent(self):
        self.cut_at(10)

    def test_at_50_percent(self):
        self.cut_at(50)

    def test_at_90_percent(self):
        self.cut_at(90)


class Killed(unittest.TestCase):
    def test_at_twenty_moments(self):
        seed = random.randrange(10**6)
        chance = random.Random(seed)
        with World() as world, self.subTest(seed=seed):
            phone = world.phone()
            fill(phone.storage, 40)
            world.two_places()
            began = time.monotonic()
            self.assertEqual(world.lifeboat("backup").code, 0)
            whole = time.monotonic() - began
            for turn in range(20):
                fill(phone.storage, 10, first=1000 + 10 * turn)
                run = world.start_lifeboat("backup")
                time.sleep(chance.uniform(0, whole))
                end(run, signal.SIGKILL)
            done = world.lifeboat("backup", "--json")
            self.assertEqual(done.code, 0, done)
            world.restic_finds_clean("place-1", "place-2")
            world.restic_restores("place-1", phone)
            world.restic_restores("place-2", phone)


if __name__ == "__main__":
    unittest.main()
