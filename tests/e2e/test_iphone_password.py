#!/usr/bin/env python3
"""Somebody gives an iPhone's backups another password, before a backup and in the middle of one: what is
told, what opens with which, and that nothing is lost."""
import shutil
import unittest

from harness import World, put, tree_of


class NewPassword(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.world.__enter__()
        self.addCleanup(self.world.__exit__, None, None, None)
        self.iphone = self.world.iphone(keybag_iterations=100, photos=12, cloud_only=0, reboot_ms=200)
        self.world.two_places()
        self.done("phone", "pair")
        self.old, self.new = (self.password(name) for name in ("old", "new"))
        self.done("phone", "encryption", "on", "--new-password-file", self.old)

    def password(self, name):
        return self.world.password_file(name, f"{name} harbour lantern 41")

    def done(self, *words, code=0, **variables):
        done = self.world.lifeboat(*words, **variables)
        self.assertEqual(done.code, code, done)
        return done

    def with_password(self, file, *words, code=0):
        return self.done(*words, "--phone-password-file", file, code=code)

    def plan(self, files):
        self.iphone.control("fault", "new-password", f"{files}=new harbour lantern 41")

    def finding(self, done, check="R-110"):
        return next(one for one in done.of_type("verdict")[-1]["findings"] if one["check"] == check)

    def newest(self):
        listed = self.done("snapshot", "list", "--json").last["result"]["snapshots"]
        return max(listed, key=lambda one: one["time"])["id"]

    def photos_of(self, snapshot, password):
        target = self.world.folder / "restored"
        shutil.rmtree(target, ignore_errors=True)
        self.with_password(password, "restore", snapshot, "DCIM", "--to", target)
        return {name: (size, digest) for name, (size, _, digest) in tree_of(target / "DCIM").items()}

    def on_phone(self):
        return {name: (size, digest) for name, (size, _, digest) in tree_of(self.iphone.media / "DCIM").items()}

    def refused(self, snapshot, password):
        done = self.with_password(password, "restore", snapshot, "DCIM", "--to", self.world.folder / "no", code=12)
        self.assertIn("password", done.err)
        self.assertIn("when this one was made", done.err.replace("\n", " "), done)

    def test_before_a_backup(self):
        self.with_password(self.old, "ready")
        first, before = self.newest(), self.on_phone()
        self.iphone.control("add-photos", 2)
        self.plan(0)
        stale = self.with_password(self.old, "ready", "--json", code=4)
        found = self.finding(stale)
        self.assertEqual((found["outcome"], found["code"]), ("fail", "rehearsal.new_password"), found)
        self.assertIn("another password now", found["text"], found)
        self.assertIn("new password", found["next"], found)
        self.assertIn("earlier backups open with it only", found["next"], found)
        self.assertFalse(self.iphone.control("state")["faults"])
        # What was saved under the new password is kept, and said in one line each time.
        told = self.with_password(self.old, "backup")
        self.assertIn("the password of the iPhone's backups was changed", told.out)
        self.assertIn("Keep both", told.out)
        blind = self.done("ready", "--json", code=4)
        self.assertEqual(self.finding(blind)["outcome"], "unknown")
        whole = self.with_password(self.new, "ready", "--deep", "--json")
        self.assertEqual(self.finding(whole)["outcome"], "pass")
        second = self.newest()
        self.assertEqual(self.photos_of(second, self.new), self.on_phone())
        self.assertEqual(self.photos_of(first, self.old), before)
        self.refused(second, self.old)
        self.refused(first, self.new)
        self.world.restic_finds_clean("place-1", "place-2")
        # An audit against the old one says why it cannot compare.
        audit = self.with_password(self.new, "audit", "--baseline", first, code=1)
        self.assertIn("was changed", audit.err)
        self.assertIn("--baseline", audit.err)
        self.with_password(self.new, "audit")

    def test_in_the_middle_of_a_backup(self):
        for number in range(60):
            put(self.iphone.media / f"DCIM/200APPLE/IMG_{number:04}.JPG", b"\xff\xd8" * (1000 + number), 1_780_000_000)
        self.plan(20)
        # It began with the old keys, and ends with them.
        ready = self.with_password(self.old, "ready", "--deep", "--json")
        self.assertEqual(self.finding(ready)["outcome"], "pass")
        self.assertFalse(self.iphone.control("state")["faults"])
        first = self.newest()
        self.assertEqual(self.photos_of(first, self.old), self.on_phone())
        late = self.with_password(self.old, "ready", "--json", code=4)
        self.assertEqual(self.finding(late)["code"], "rehearsal.new_password")
        self.with_password(self.new, "ready", "--deep")
        self.assertEqual(self.photos_of(self.newest(), self.new), self.on_phone())
        self.assertEqual(self.photos_of(first, self.old), self.on_phone())

    def test_in_the_middle_of_one_that_breaks_off(self):
        self.with_password(self.old, "backup")
        first, before = self.newest(), self.on_phone()
        for number in range(60):
            put(self.iphone.media / f"DCIM/200APPLE/IMG_{number:04}.JPG", b"\xff\xd8" * (1000 + number), 1_780_000_000)
        self.plan(20)
        self.iphone.control("fault", "die-after-files", 40)
        self.with_password(self.old, "backup", code=13)
        self.iphone.control("plug")
        self.assertEqual(self.photos_of(first, self.old), before)
        rest = self.with_password(self.new, "backup", "--json").last["result"]
        self.assertEqual(rest["iphone"]["opened"], "yes", rest)
        self.assertEqual(self.photos_of(self.newest(), self.new), self.on_phone())
        self.assertEqual(self.photos_of(first, self.old), before)
        self.with_password(self.new, "ready", "--deep")

    def test_a_dry_run_asks_for_nothing_that_it_would_not_use(self):
        dry = self.with_password(self.old, "ready", "--dry-run", "--json", code=4)
        self.assertIn("A dry run opens nothing", self.finding(dry)["next"])


if __name__ == "__main__":
    unittest.main()
