#!/usr/bin/env python3
"""The photographer: not safe, two copies, safe, an update that eats 412 photos, and all of them back."""
import unittest

from harness import World, fill, tree_of

PHOTOS, EATEN = 480, 412


class Story(unittest.TestCase):
    def test_the_photographer(self):
        with World() as world:
            phone = world.phone()
            fill(phone.storage, PHOTOS, size=4_000)
            before = tree_of(phone.storage)

            world.two_places()
            self.assertEqual(world.lifeboat("ready", "--dry-run", "--json").code, 4, "nothing is copied yet")
            self.assertEqual(list((world.folder / "place-1").glob("snapshots/*")), [], "a dry run writes nothing")

            ready = world.lifeboat("ready", "--json")
            self.assertEqual(ready.code, 0, ready)
            world.restic_finds_clean("place-1", "place-2")
            world.restic_restores("place-1", phone)
            world.restic_restores("place-2", phone)

            eaten = sorted((phone.storage / "DCIM/Camera").iterdir())[:EATEN]
            for photo in eaten:
                photo.unlink()
            audit = world.lifeboat("audit", "--json")
            self.assertEqual(audit.code, 6, audit)
            for photo in eaten:
                self.assertIn(photo.name, audit.out)

            back = world.lifeboat("restore", "latest", "--onto-phone", "--missing", "--json")
            self.assertEqual(back.code, 0, back)
            self.assertEqual(world.lifeboat("audit", "--json").code, 0)
            self.assertEqual(tree_of(phone.storage), before, "every byte and every date is back")

    def test_go_goes_when_a_photo_comes(self):
        with World() as world:
            phone = world.phone()
            fill(phone.storage, 20)
            world.two_places()
            ready = world.lifeboat("ready")
            self.assertEqual(ready.code, 0, ready)
            fill(phone.storage, 1, first=500)
            self.assertEqual(world.lifeboat("ready", "--dry-run").code, 4, "a new photo withdraws GO")
            self.assertEqual(world.lifeboat("ready").code, 0, "and the next run copies it")
            world.restic_restores("place-2", phone)


if __name__ == "__main__":
    unittest.main()
