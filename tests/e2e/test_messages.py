#!/usr/bin/env python3
"""Text and picture messages of an Android phone: backed up, wiped, put back, and proven."""
import json
import unittest
import xml.etree.ElementTree as ElementTree

from harness import World, fill


def of_messages(run):
    """What became of the messages, as the summary in the last line says."""
    return [one for one in run.lines[-1]["result"]["records"] if one["class"] == "messages"][0]


def messages_on(phone):
    """What the phone's agent can carry of the texts: no half characters, and of two equal ones one."""
    rows = json.loads(phone.ctl("personal", "dump", "sms"))["tables"]["sms"]
    return {(row["address"], row["body"], row["date"], row["type"])
            for row in rows if row["type"] in (1, 2) and isinstance(row["body"], str)}


class Messages(unittest.TestCase):
    def test_wiped_and_put_back(self):
        with World() as world:
            phone = world.phone(messages=120, mms=12, contacts=20)
            fill(phone.storage, 3)
            world.two_places()
            self.assertEqual(world.lifeboat("backup").code, 0)

            out = world.folder / "out"
            self.assertEqual(world.lifeboat("restore", "latest", "personal/messages", "--to", out).code, 0)
            # A parser that takes nothing but XML judges the file for other programs.
            root = ElementTree.parse(next(out.rglob("messages.xml"))).getroot()
            self.assertEqual((root.tag, int(root.get("count"))), ("smses", 132))
            self.assertEqual((len(root.findall("sms")), len(root.findall("mms"))), (120, 12))
            self.assertGreater(len(root.findall("mms/parts/part[@data]")), 11)

            phone.ctl("personal", "wipe")
            self.assertNotEqual(world.lifeboat("audit").code, 0)
            back = world.lifeboat("restore", "latest", "--onto-phone", "--records", "messages", "--json")
            self.assertEqual(back.code, 0, back)
            outcome = of_messages(back)
            self.assertEqual((outcome["wanted"], outcome["compared_equal"]), (132, 132), outcome)

            again = world.lifeboat("restore", "latest", "--onto-phone", "--records", "messages", "--json")
            outcome = of_messages(again)
            self.assertEqual((outcome["written"], outcome["already_there"]), (0, 132), outcome)

    def test_by_the_phones_own_agent(self):
        with World() as world:
            phone = world.phone(messages=40)
            fill(phone.storage, 3)
            world.place("place-1")
            self.assertEqual(world.lifeboat("backup").code, 0)
            texts = messages_on(phone)
            phone.ctl("personal", "wipe")
            refused = world.lifeboat("restore", "latest", "--to", world.folder / "out", "--messages-by-agent")
            self.assertEqual(refused.code, 2, refused)
            back = world.lifeboat("restore", "--onto-phone", "--records", "messages", "--messages-by-agent", "--json",
                                  seconds=300)
            self.assertIn(back.code, (0, 3), back)  # a lock or a subject is not carried, and is named
            self.assertTrue([one for one in back.lines if one.get("code") == "phone.allow_restore"], back)
            self.assertGreaterEqual(of_messages(back)["written"], len(texts))
            self.assertEqual(messages_on(phone), texts)

    def test_where_the_phone_refuses_the_right_its_agent_is_asked(self):
        with World() as world:
            phone = world.phone(messages=40, personality="miui")
            fill(phone.storage, 3)
            world.place("place-1")
            self.assertEqual(world.lifeboat("backup").code, 0)
            texts = messages_on(phone)
            phone.ctl("personal", "wipe")
            back = world.lifeboat("restore", "--onto-phone", "--records", "messages", seconds=300)
            self.assertIn(back.code, (0, 3), back)
            self.assertIn("Trying its own backup agent instead", back.out + back.err)
            self.assertEqual(messages_on(phone), texts)


if __name__ == "__main__":
    unittest.main()
