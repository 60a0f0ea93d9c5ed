"""An Android phone's messages, contacts, calls, calendars and words: copied, lost, told, put back, never doubled."""
import json
import unittest
import xml.etree.ElementTree

from harness import World, fill, wait_until

CLASSES = {"contacts": "contacts", "messages": "messages", "calls": "calls", "calendar": "events",
           "dictionary": "words"}


def classes_of(result, key="records"):
    return {one["class"]: one for one in result.last["result"][key]}


def rows(phone, table):
    return json.loads(phone.ctl("personal", "dump", table))["tables"][table]


def texts(phone):
    """Every text message that a computer may see, without the phone's own numbers."""
    return sorted((row["address"] or "", row["body"] if row["body"] is not None else "NULL", row["date"], row["type"])
                  for row in rows(phone, "sms") if row["type"] in (1, 2) and isinstance(row["body"], str | None))


class Records(unittest.TestCase):
    def backed_up(self, world, **options):
        phone = world.phone(**({"people_data": "small"} | options))
        fill(phone.storage, 5, size=4_000)
        world.place("place-1")
        done = world.lifeboat("backup", "--json", seconds=300)
        self.assertEqual(done.code, 0, done)
        return phone, classes_of(done, "records")

    def audited(self, world, code, *more):
        done = world.lifeboat("audit", "--json", *more, seconds=300)
        self.assertEqual(done.code, code, done)
        return classes_of(done, "classes")

    def test_a_wiped_phone_gets_everything_back_and_nothing_twice(self):
        with World() as world:
            phone, saved = self.backed_up(world)
            for one in CLASSES:
                self.assertEqual(saved[one]["reading"], "complete", saved[one])
                self.assertGreater(saved[one]["count"], 0, one)
            before = texts(phone)
            phone.ctl("personal", "wipe")
            phone.ctl("accounts", "none")  # nobody has signed in yet
            lost = self.audited(world, 6)
            for one in CLASSES:
                self.assertEqual(lost[one]["lost"], saved[one]["count"], one)
            done = world.lifeboat("restore", "--onto-phone", "--missing", "--json", seconds=300)
            self.assertEqual(done.code, 0, done)
            for one, outcome in classes_of(done).items():
                self.assertEqual(outcome["compared_equal"], outcome["written"], one)
            self.assertEqual(texts(phone), before)
            now = self.audited(world, 0)
            for one in CLASSES:
                self.assertFalse(now[one]["lost"] or now[one]["changed"] or now[one]["added"], now[one])
            again = world.lifeboat("restore", "--onto-phone", "--records", ",".join(CLASSES), "--json", seconds=300)
            self.assertEqual(again.code, 0, again)
            for one, outcome in classes_of(again).items():
                self.assertEqual(outcome["written"], 0, one)
            self.assertEqual(texts(phone), before)

    def test_contacts_of_an_account_that_is_signed_in_wait_for_its_sync(self):
        with World() as world:
            phone, saved = self.backed_up(world)
            phone.ctl("personal", "wipe")
            done = world.lifeboat("restore", "--onto-phone", "--records", "contacts", "--json", seconds=300)
            self.assertEqual(done.code, 0, done)
            outcome = classes_of(done)["contacts"]
            self.assertLess(outcome["written"], saved["contacts"]["count"])
            self.assertIn("wait until it has synced", " ".join(outcome["cannot_come_back"]))
            waiting = saved["contacts"]["count"] - outcome["written"]
            self.assertEqual(self.audited(world, 6)["contacts"]["lost"], waiting, "and until then they count as lost")

    def test_an_update_that_renumbers_every_row_loses_nothing(self):
        with World() as world:
            phone, _ = self.backed_up(world)
            phone.ctl("personal", "renumber")
            for one in self.audited(world, 0).values():
                self.assertFalse(one.get("lost"), one)
                self.assertFalse(one.get("added"), one)

    def test_what_was_lost_is_named_and_put_back_by_one_command(self):
        with World() as world:
            phone, saved = self.backed_up(world)
            phone.ctl("personal", "lose", "contacts", "3")
            phone.ctl("personal", "lose", "events", "2")
            lost = self.audited(world, 6)
            self.assertEqual((lost["contacts"]["lost"], lost["calendar"]["lost"]), (3, 2), lost)
            self.assertEqual(len(lost["contacts"]["lost_records"]), 3)
            self.assertTrue(all(lost["contacts"]["lost_records"]))
            self.audited(world, 0, "--put-back")
            told = world.lifeboat("audit")
            self.assertEqual(told.code, 0, told)
            self.assertIn("Everything is still here", told.out)

    def test_a_dry_run_writes_nothing(self):
        with World() as world:
            phone, saved = self.backed_up(world)
            phone.ctl("personal", "wipe")
            done = world.lifeboat("restore", "--onto-phone", "--records", "all", "--dry-run", "--json", seconds=300)
            self.assertEqual(done.code, 0, done)
            self.assertEqual(classes_of(done)["messages"]["written"], saved["messages"]["count"])
            self.assertEqual(texts(phone), [])

    def test_an_account_that_is_gone_is_named_to_sign_in_again(self):
        with World() as world:
            phone, saved = self.backed_up(world)
            self.assertEqual(saved["accounts"]["count"], 2, saved["accounts"])
            kept = world.lifeboat("restore", "latest", "personal/accounts", "--to", world.folder / "out")
            self.assertEqual(kept.code, 0, kept)
            lines = (world.folder / "out/personal/accounts/accounts.jsonl").read_text().splitlines()[1:]
            self.assertIn({"name": "ada@example.com", "type": "com.google"}, [json.loads(line) for line in lines])
            phone.ctl("accounts", "remove", "com.google", "ada@example.com")
            now = self.audited(world, 0)["accounts"]  # nothing that a backup could have kept is lost
            self.assertEqual((now["lost"], now["is_loss"]), (1, False), now)
            self.assertEqual(now["lost_records"], ["ada@example.com (com.google)"])
            told = world.lifeboat("audit")
            self.assertEqual(told.code, 0, told)
            self.assertIn("ada@example.com (com.google)", told.out)
            self.assertIn("Sign in to these again", told.out)
            self.assertNotIn("Everything is still here", told.out)
            done = world.lifeboat("restore", "--onto-phone", "--records", "accounts", "--json")
            self.assertEqual(done.code, 0, done)
            outcome = classes_of(done)["accounts"]
            self.assertEqual((outcome["already_there"], outcome["written"]), (1, 0), outcome)
            self.assertIn("ada@example.com", outcome["cannot_come_back"][0])
            phone.ctl("accounts", "add", "com.google", "ada@example.com")
            self.assertIn("Everything is still here", world.lifeboat("audit").out)

    def test_what_apps_may_do_comes_back_with_them(self):
        with World() as world:
            phone, saved = self.backed_up(world)
            granted = saved["permissions"]["count"]
            world.adb("-s", phone.address, "shell", "appops set com.whatsapp SYSTEM_ALERT_WINDOW allow")
            world.adb("-s", phone.address, "shell", "appops set --uid com.whatsapp MANAGE_EXTERNAL_STORAGE allow")
            self.assertEqual(world.lifeboat("backup", seconds=300).code, 0)
            phone.ctl("apps", "remove", "com.whatsapp")
            gone = self.audited(world, 6)["permissions"]
            self.assertEqual((gone["before"], gone["lost"]), (granted + 2, 4), gone)
            self.assertIn("com.whatsapp: show over other apps (allow)", gone["lost_records"])
            done = world.lifeboat("restore", "--onto-phone", "--records", "apps,permissions", "--json", seconds=300)
            self.assertEqual(done.code, 0, done)
            outcome = classes_of(done)["permissions"]
            self.assertEqual((outcome["written"], outcome["compared_equal"]), (4, 4), outcome)
            told = world.adb("-s", phone.address, "shell", "appops get com.whatsapp").out
            self.assertEqual(told.splitlines(), ["Uid mode: MANAGE_EXTERNAL_STORAGE: allow", "SYSTEM_ALERT_WINDOW: allow"])
            self.assertEqual(self.audited(world, 0)["permissions"]["lost"], 0)

    def test_a_phone_that_does_not_show_its_calls_says_so(self):
        with World() as world:
            _, saved = self.backed_up(world, personality="a12-samsung")
            self.assertEqual(saved["calls"]["reading"], "refused")
            self.assertTrue(saved["calls"]["why"])
            self.assertEqual(saved["messages"]["reading"], "complete")
            told = world.lifeboat("backup")
            self.assertIn(saved["calls"]["why"][:40], told.out)

    def test_the_files_are_of_use_without_lifeboat(self):
        with World() as world:
            phone, saved = self.backed_up(world)
            target = world.folder / "out"
            done = world.lifeboat("restore", "latest", "personal", "--to", target)
            self.assertEqual(done.code, 0, done)
            folder = target / "personal"
            cards = (folder / "contacts/contacts.vcf").read_text(errors="replace")
            people = sum(1 for row in rows(phone, "contacts"))  # the phone joins what several accounts know of one
            self.assertEqual(cards.count("BEGIN:VCARD"), people)
            messages = xml.etree.ElementTree.parse(folder / "messages/messages.xml").getroot()
            self.assertEqual(len(messages), saved["messages"]["count"])
            calls = xml.etree.ElementTree.parse(folder / "calls/calls.xml").getroot()
            self.assertEqual(len(calls), saved["calls"]["count"])
            self.assertTrue(list((folder / "calendar").glob("*.ics")))

    def test_pulling_the_cable_in_a_restore_doubles_nothing(self):
        with World() as world:
            phone = world.phone(cable=True, people_data="small", messages=600)
            fill(phone.storage, 5, size=4_000)
            world.place("place-1")
            self.assertEqual(world.lifeboat("backup", seconds=300).code, 0)
            before = texts(phone)
            phone.ctl("personal", "wipe")
            run = world.start_lifeboat("restore", "--onto-phone", "--records", "messages")
            self.addCleanup(run.kill)
            wait_until("some messages are back", lambda: rows(phone, "sms") or run.poll() is not None, 60)
            phone.cable.cut()
            world.adb("disconnect", phone.address)
            run.wait(120)
            phone.connect()
            done = world.lifeboat("restore", "--onto-phone", "--records", "messages", "--json", seconds=300)
            self.assertEqual(done.code, 0, done)
            self.assertEqual(texts(phone), before)


if __name__ == "__main__":
    unittest.main()
