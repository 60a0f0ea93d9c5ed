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
        fill(self.phone.storage, 12)
        self.place, _ = self.world.two_places()
        self.assertEqual(self.world.lifeboat("ready").code, 0)

    def files(self, kind):
        found = [p for p in sorted((self.place / kind).rglob("*")) if p.is_file()]
        self.assertTrue(found, kind)
        return found

    def flip(self, path):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0x20
        return bytes(content)

    def cut(self, path):
        return path.read_bytes()[:-40]

    def damaged(self, kind, harm):
        """verify --deep with each file of a kind damaged in turn: what it says, as one text each."""
        said = []
        for path in self.files(kind):
            whole, mode = path.read_bytes(), path.stat().st_mode
            path.chmod(0o600)
            path.write_bytes(harm(path))
            done = self.world.lifeboat("verify", "--deep", "--json", "--place", "place-1")
            self.assertEqual(done.code, 7, f"{harm.__name__} {path.relative_to(self.place)}: {done}")
            path.write_bytes(whole)
            path.chmod(mode)
            said.append(done.out)
        self.assertEqual(self.world.lifeboat("verify", "--deep").code, 0, "and whole again")
        return said

    def test_a_flipped_byte_in_a_pack(self):
        """Some pack holds contents, some holds folders and our own list of sums: each costs files,
        and they are named."""
        costs = []
        for said in self.damaged("data", self.flip):
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


if __name__ == "__main__":
    unittest.main()
