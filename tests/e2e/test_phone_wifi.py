#!/usr/bin/env python3
"""A phone in the network and no adb anywhere: paired by the digits it shows, backed up, restored onto, audited."""
import json
import shutil

from harness import World, Wireless, difference, fill, free_port, tree_of, wait_until
from terminal import Answers, on_terminal


with World() as world:
    # No adb to be found, none that answers, and none that was ever used.
    world.environment["PATH"] = "/nonexistent"
    world.environment["ADB_SERVER_SOCKET"] = f"tcp:localhost:{free_port()}"
    wait_until("adb made its key", (world.home / ".android/adbkey.pub").exists)
    shutil.rmtree(world.home / ".android")
    phone = Wireless(world, "wireless", "--wireless", "--serial", "HW42")
    fill(phone.storage, photos=40)
    (phone.storage / "Android").mkdir(exist_ok=True)

    # Not paired: said, with the way out.
    done = world.lifeboat("phone", "wifi", phone.address)
    assert done.code == 13 and "--pair" in done.err, done
    assert world.lifeboat("phone", "list", "--json").code != 0  # nothing is remembered, and there is no adb

    # A wrong code pairs nobody; the right one does, and is never shown.
    shown = phone.control("pairing-code", "592781")
    code, said = on_terminal(world, Answers("592780", question="shows:"), "phone", "wifi", phone.address,
                             "--pair", f"127.0.0.1:{shown['port']}")
    assert code not in (0, 13) and "code" in said, (code, said)
    assert phone.control("state")["trusted_keys"] == 0
    shown = phone.control("pairing-code", "592781")
    code, said = on_terminal(world, Answers("592781", question="shows:"), "phone", "wifi", phone.address,
                             "--pair", f"127.0.0.1:{shown['port']}")
    assert code == 0 and "Pixel 8" in said and "592781" not in said, (code, said)
    assert phone.control("state")["trusted_keys"] == 1
    key = world.home / ".local/state/lifeboat/adbkey"
    assert key.stat().st_mode & 0o777 == 0o600, "a key of our own, for us only"

    listed = world.lifeboat("phone", "list", "--json").last["result"]["phones"]
    assert [(p["serial"], p["readiness"]) for p in listed] == [(phone.address, "ready")], listed

    # The whole story, over TLS.
    world.place("one", world.folder / "one")
    before = tree_of(phone.storage)
    done = world.lifeboat("backup", "--no-replicate")
    assert done.code == 0, done
    shutil.rmtree(phone.storage / "DCIM")
    audit = world.lifeboat("audit")
    assert audit.code != 0 and "IMG_" in audit.out, audit
    done = world.lifeboat("restore", "latest", "--onto-phone", "--yes")
    assert done.code == 0, done
    assert tree_of(phone.storage) == before, difference(before, tree_of(phone.storage))

    # A phone of `adb tcpip`: it asks its owner, and then both are there.
    second = Wireless(world, "tcpip", "--auth", "accept", "--serial", "HW43")
    done = world.lifeboat("phone", "wifi", second.address, "--json")
    assert done.code == 0 and done.last["result"]["model"] == "Pixel 8", done
    listed = world.lifeboat("phone", "list", "--json").last["result"]["phones"]
    assert len(listed) == 2, listed

    # Gone: named as such, and forgotten when told so.
    phone.control("disappear")
    listed = {p["serial"]: p for p in world.lifeboat("phone", "list", "--json").last["result"]["phones"]}
    assert listed[phone.address]["readiness"] == "offline" and listed[phone.address]["instruction"], listed
    done = world.lifeboat("phone", "wifi", phone.address, "--forget", "--json")
    assert done.code == 0 and done.last["result"]["was_known"], done
    listed = world.lifeboat("phone", "list", "--json").last["result"]["phones"]
    assert [p["serial"] for p in listed] == [second.address], listed

    # What one says of itself does not get into the record as it likes.
    odd = Wireless(world, "odd", "--auth", "accept", "--serial", "x" * 300)
    assert world.lifeboat("phone", "wifi", odd.address).code == 0
    record = world.home / ".local/state/lifeboat/network-phones.json"
    assert {p["address"]: p["hardware"] for p in json.loads(record.read_text())}[odd.address] == ""
    for content in ("x" * 1_100_000, "{"):
        record.write_text(content)
        done = world.lifeboat("phone", "list")
        assert done.code == 2 and "Delete that file" in done.err, done
