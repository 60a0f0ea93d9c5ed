#!/usr/bin/env python3
"""One place only, default settings, damage at random: parity gives every byte back, by itself."""
import json
import os
import random
import shutil
import unittest

from harness import World, difference, fill, tree_of

SEED = int(os.environ.get("LIFEBOAT_TEST_SEED", random.SystemRandom().randrange(2**32)))


class Parity(unittest.TestCase):
    def setUp(self):
        print(f"LIFEBOAT_TEST_SEED={SEED}", flush=True)
        self.chance = random.Random(SEED)
        self.world = World()
        self.world.__enter__()
        self.addCleanup(self.world.__exit__, None, None, None)
        self.phone = self.world.phone()
        fill(self.phone.storage, 40, 60_000)
        self.place = self.world.place("place-1")
        self.said(0, "backup")

    def said(self, code, *words):
        done = self.world.lifeboat(*words, "--json")
        self.assertEqual(done.code, code, f"seed {SEED}: {words}: {done}")
        return json.loads(done.out.splitlines()[-1])["result"]

    def files(self, kind):
        found = [p for p in sorted((self.place / kind).rglob("*")) if p.is_file()]
        self.assertTrue(found, kind)
        return found

    def write(self, path, content):
        path.chmod(0o600)
        path.write_bytes(content)

    def flip_a_sector(self, path):
        """Up to 4096 bytes in a row are wrong."""
        content = bytearray(path.read_bytes())
        size = min(self.chance.choice([512, 1024, 4096]), len(content))
        at = self.chance.randrange(len(content) - size + 1)
        content[at:at + size] = bytes(byte ^ self.chance.randint(1, 255) for byte in content[at:at + size])
        self.write(path, content)

    def cut_the_tail(self, path):
        content = path.read_bytes()
        self.write(path, content[:-self.chance.randint(1, min(4096, len(content) - 1))])

    def parity_of(self, path):
        name = path.relative_to(self.place).as_posix()
        return self.place / "parity" / name.removeprefix("data/")

    def restores_everything(self, name):
        target = self.world.folder / name
        self.said(0, "restore", "latest", "--to", str(target))
        expected = {path: (size, digest) for path, (size, _, digest) in tree_of(self.phone.storage).items()}
        root = next(p for p in target.rglob("DCIM") if p.is_dir()).parent
        found = {path: (size, digest) for path, (size, _, digest) in tree_of(root).items()}
        self.assertEqual(found, expected, f"seed {SEED}: {difference(expected, found)}")

    def is_mended(self, before):
        mended = self.said(0, "place", "repair")["places"][0]
        self.assertEqual(mended["sources"], [], "there is no other place")
        self.assertTrue(mended["whole"], mended)
        self.assertEqual({path.relative_to(self.place).as_posix() for path in before},
                         {m["file"] for m in mended["mended"]}, mended)
        for path, content in before.items():
            self.assertEqual(path.read_bytes(), content, path)
        self.assertEqual(self.said(0, "verify", "--deep")["places"][0]["damages"], [])
        self.world.restic_finds_clean("place-1")

    def test_a_sector_of_every_pack_then_a_tail(self):
        for harm in (self.flip_a_sector, self.cut_the_tail):
            before = {path: path.read_bytes() for path in self.files("data")}
            for path in before:
                harm(path)
            damages = self.said(7, "verify", "--deep")["places"][0]["damages"]
            self.assertEqual({d["file"] for d in damages},
                             {path.relative_to(self.place).as_posix() for path in before})
            for damage in damages:
                self.assertIn("its parity can repair it", damage["problem"])
            self.restores_everything(f"back-{harm.__name__}")
            self.is_mended(before)

    def test_every_file_has_it_and_a_backup_goes_without_when_it_is_off(self):
        for kind in ("data", "index", "snapshots", "keys"):
            for path in self.files(kind):
                self.assertTrue(self.parity_of(path).exists(), path)
        self.assertTrue((self.place / "parity/config").exists())
        self.said(0, "config", "set", "repository.parity", "0")
        before = {path: path.read_bytes() for path in self.files("parity")}
        fill(self.phone.storage, 3, first=100)
        self.said(0, "backup")
        self.assertEqual({path: path.read_bytes() for path in self.files("parity")}, before)
        done = self.world.lifeboat("place", "repair", "--parity")
        self.assertEqual(done.code, 2, done)
        self.assertIn("repository.parity", done.err)

    def test_lost_cut_and_damaged_parity_is_told_and_made_again(self):
        """It is never damage: nothing is lost yet."""
        whole = {path: path.read_bytes() for path in self.files("parity")}
        names = [path for path in whole if path.parent.name != "parity"]
        lost, cut, flipped = self.chance.sample(names, 3)
        lost.unlink()
        self.write(cut, whole[cut][:self.chance.randrange(136)])
        self.flip_a_sector(flipped)
        checked = self.world.lifeboat("verify", "--deep")
        self.assertEqual(checked.code, 0, f"seed {SEED}: {checked}")
        self.assertIn("place repair --parity", checked.out)
        planned = self.said(0, "place", "repair", "--parity", "--dry-run")["places"][0]["parity"]
        self.assertEqual((planned["written"], planned["mended"]), (3, 2), planned)
        self.assertFalse(lost.exists(), "a dry run writes nothing")
        made = self.said(0, "place", "repair", "--parity")["places"][0]["parity"]
        self.assertEqual((made["written"], made["mended"], made["damages"]), (3, 2, []), made)
        self.assertEqual({path: path.read_bytes() for path in self.files("parity")}, whole)
        self.assertNotIn("--parity", self.world.lifeboat("verify", "--deep").out)

    def test_a_place_without_any_gets_it(self):
        shutil.rmtree(self.place / "parity")
        self.assertEqual(self.world.lifeboat("place", "repair", "--parity").code, 0)
        for path in self.files("data"):
            self.assertTrue(self.parity_of(path).exists(), path)
        before = {path: path.read_bytes() for path in self.files("data")}
        for path in before:
            self.flip_a_sector(path)
        self.is_mended(before)

    def test_a_second_place_has_its_own_and_prune_takes_away_what_is_left_over(self):
        second = self.world.place("place-2")
        fill(self.phone.storage, 5, first=200)
        self.said(0, "backup")
        for place in (self.place, second):
            packs = {p.name for p in (place / "data").rglob("*") if p.is_file()}
            parity = {p.name for p in (place / "parity").rglob("*") if p.is_file()}
            self.assertLessEqual(packs, parity, place)
        orphan = self.place / "parity/00" / ("0" * 64)
        orphan.parent.mkdir(exist_ok=True)
        orphan.write_bytes(b"left over")
        hints = self.said(0, "verify")["places"]
        self.assertTrue(any("are gone" in hint for place in hints for hint in place["hints"]), hints)
        self.said(0, "place", "prune", "place-1")
        self.assertFalse(orphan.exists())
        self.world.restic_finds_clean("place-1", "place-2")


if __name__ == "__main__":
    unittest.main()
