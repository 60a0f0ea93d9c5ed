#!/usr/bin/env python3
"""One flipped byte, or a lost tail, in each kind of file: exit 7, and the photos that it costs."""
import json
import unittest

from harness import World, fill


class Damage(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.world.__enter__()
        self.addCleanup(self.world.__exit__, None, None, None)
        self.phone = self.world.phone()
        fill(self.phone.storage, 12, size=400_000)  # more than its apps: what is damaged is mostly photos
        self.place, _ = self.world.two_places()
        ready = self.world.lifeboat("ready")
        self.assertEqual(ready.code, 0, ready)

    def files(self, kind):
        found = [p for p in sorted((self.place / kind).rglob("*")) if p.is_file()]
        self.assertTrue(found, kind)
        return found

    def flip(self, path):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0x20
        return bytes(content)

    def flip_often(self, path):
        """Every blob longer than this is hit, wherever chance has put it."""
        content = bytearray(path.read_bytes())
        for at in range(256, len(content), 512):
            content[at] ^= 0x20
        return bytes(content)

    def cut(self, path):
        return path.read_bytes()[:-40]

    def parity_of(self, path):
        return self.place / "parity" / path.relative_to(self.place).as_posix().removeprefix("data/")

    def damaged(self, kind, harm, with_parity=True):
        """verify --deep with each file of a kind damaged in turn: what it says, as one text each.
        Without its parity nothing but another place mends it."""
        said = []
        for path in self.files(kind):
            parity = self.parity_of(path)
            aside = self.world.folder / "aside"
            if not with_parity:
                parity.rename(aside)
            whole, mode = path.read_bytes(), path.stat().st_mode
            path.chmod(0o600)
            path.write_bytes(harm(path))
            done = self.world.lifeboat("verify", "--deep", "--json", "--place", "place-1")
            self.assertEqual(done.code, 7, f"{harm.__name__} {path.relative_to(self.place)}: {done}")
            path.write_bytes(whole)
            path.chmod(mode)
            if not with_parity:
                aside.rename(parity)
            said.append(done.out)
        self.assertEqual(self.world.lifeboat("verify", "--deep").code, 0, "and whole again")
        return said

    def test_a_flipped_byte_in_a_pack(self):
        """Some pack holds contents, some holds folders and our own list of sums: where its parity
        is lost too, each costs files, and they are named. With it none does."""
        for said in self.damaged("data", self.flip):
            place = json.loads(said.splitlines()[-1])["result"]["places"][0]
            self.assertTrue(place["damages"] and not place["wrong"], said)
        costs = []
        for said in self.damaged("data", self.flip_often, with_parity=False):
            place = json.loads(said.splitlines()[-1])["result"]["places"][0]
            self.assertTrue(place["damages"] and place["wrong"], said)
            costs += [wrong["path"] for wrong in place["wrong"]]
        on_the_phone = {p.name for p in self.phone.storage.rglob("*") if p.is_file()}
        self.assertTrue([path for path in costs if path.split("/")[-1] in on_the_phone], costs)

    def test_a_pack_without_its_tail(self):
        self.damaged("data", self.cut)

    def test_indexes(self):
        for harm in (self.flip, self.cut):
            self.damaged("index", harm)

    def test_snapshots(self):
        for harm in (self.flip, self.cut):
            self.damaged("snapshots", harm)

    def test_keys(self):
        for harm in (self.flip, self.cut):
            self.damaged("keys", harm)

    def repair(self, code, *words):
        done = self.world.lifeboat("place", "repair", *words, "--json")
        self.assertEqual(done.code, code, f"{words}: {done}")
        return json.loads(done.out.splitlines()[-1])["result"]["places"][0]

    def harmed(self, path, harm):
        path.chmod(0o600)
        path.write_bytes(harm(path))

    def test_another_copy_repairs_one_flipped_byte_in_any_file(self):
        """Exit 7 names the place and the photo; the other place has it; afterwards all is as before."""
        before = {path: path.read_bytes() for path in self.place.rglob("*") if path.is_file()}
        for kind in ("data", "index", "snapshots", "keys"):
            for path in self.files(kind)[:3]:
                self.harmed(path, self.flip)
                found = self.world.lifeboat("verify", "--deep", "--json")
                self.assertEqual(found.code, 7, f"{path}: {found}")
                place = json.loads(found.out.splitlines()[-1])["result"]["places"][0]
                self.assertEqual(place["place"], "place-1")
                planned = self.repair(0, "place-1", "--dry-run")
                self.assertTrue(planned["mended"] and planned["whole"], planned)
                self.assertEqual(self.world.lifeboat("verify", "--deep").code, 7, "a dry run changes nothing")
                mended = self.repair(0, "place-1")
                self.assertEqual([m["file"] for m in mended["mended"]],
                                 [path.relative_to(self.place).as_posix()], mended)
                self.assertEqual(self.world.lifeboat("verify", "--deep").code, 0, f"{path}")
                if kind != "index":
                    self.assertEqual(path.read_bytes(), before[path])
        self.harmed(self.place / "config", self.flip)
        self.assertEqual(self.repair(0, "place-1")["mended"][0]["file"], "config")
        self.assertEqual(self.world.lifeboat("verify", "--deep").code, 0)

    def lose_the_largest_pack(self):
        """Photos among what it holds, for they are most of the phone; and no parity mends it."""
        pack = max(self.files("data"), key=lambda path: path.stat().st_size)
        self.harmed(pack, self.flip_often)
        self.parity_of(pack).unlink()
        return pack

    def test_without_another_copy_the_lost_photos_are_named(self):
        """What only one place had and lost: named with its backup, and the rest stays readable."""
        self.assertEqual(self.world.lifeboat("place", "remove", "place-2").code, 0)
        pack = self.lose_the_largest_pack()
        left = self.repair(7)
        self.assertFalse(left["whole"])
        self.assertEqual([r["file"] for r in left["remaining"]], [pack.relative_to(self.place).as_posix()])
        lost = {a["path"].split("/")[-1] for a in left["affected"]}
        on_the_phone = {p.name for p in self.phone.storage.rglob("*") if p.is_file()}
        of_apps = {a["path"].split("/")[-1] for a in left["affected"]
                   if a["path"].startswith(("apps/", "personal/", "lifeboat/"))}
        self.assertTrue(lost & on_the_phone, left)
        self.assertFalse(lost - on_the_phone - of_apps, left)
        self.assertTrue((self.place / "damaged" / pack.relative_to(self.place)).exists())
        target = self.world.folder / "back"
        self.assertIn(self.world.lifeboat("restore", "latest", "--to", str(target)).code, (3, 7))
        back = {p.name for p in target.rglob("*") if p.is_file()}
        self.assertFalse(on_the_phone - lost - back, "every other file comes back")
        # The phone still has them: the next backup brings back the very pieces that were lost, so
        # that the old backup is whole again too.
        self.assertEqual(self.world.lifeboat("backup").code, 0)
        self.assertEqual(self.world.lifeboat("verify", "--deep").code, 0)
        self.repair(0, "place-1")

    def test_a_backup_without_its_lost_photos_is_never_called_whole(self):
        """Left out for good: the backup is partial, and every command names what it does not have."""
        self.assertEqual(self.world.lifeboat("place", "remove", "place-2").code, 0)
        self.lose_the_largest_pack()
        done = self.repair(0, "--leave-out-lost")
        lost = {a["path"] for a in done["affected"] if not a["path"].startswith("lifeboat/")}
        self.assertTrue(lost, done)

        def result(code, *words):
            said = self.world.lifeboat(*words, "--json")
            self.assertEqual(said.code, code, f"{words}: {said}")
            return json.loads(said.out.splitlines()[-1])["result"]

        self.assertEqual(result(0, "snapshot", "list")["snapshots"][0]["state"], "partial")
        shown = {entry["path"] for entry in result(0, "snapshot", "show", "latest")["left_out"]}
        self.assertEqual(shown, lost)
        for depth in ([], ["--deep"]):
            verified = result(7, "verify", *depth)["places"][0]
            self.assertEqual({entry["path"] for entry in verified["wrong"]}, lost)
            self.assertEqual(verified["damages"], [])
        target = self.world.folder / "back"
        back = result(3, "restore", "latest", "--to", str(target))
        self.assertEqual({entry["path"] for entry in back["failed"]}, lost)
        # Gone from the phone too: lost for good, and nobody says that it could be put back.
        stored = {path: self.phone.storage / path.split("/", 1)[1] for path in sorted(lost)}
        victim = next(path for path, file in stored.items() if file.is_file())
        stored[victim].unlink()
        audited = result(6, "audit")
        self.assertEqual([entry["path"] for entry in audited["lost"]], [victim])
        self.assertIn("cannot be brought back", audited["lost"][0]["note"])
        self.assertIn(self.world.lifeboat("audit", "--put-back").code, (3, 6))
        # What the phone still has is stored anew; then the newest backup is whole.
        self.assertEqual(self.world.lifeboat("backup").code, 0)
        result(0, "verify", "--deep")


if __name__ == "__main__":
    unittest.main()
