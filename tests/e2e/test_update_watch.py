#!/usr/bin/env python3
"""An iPhone's update is watched: one that works, and one that goes through recovery mode."""
import json
import signal

from harness import World, end, wait_until

CHIP = "CPID:8101 CPRV:11 BDID:0C ECID:000A11112222801E IBFL:3C SRNM:[F17SIM00LBOT]"


class Usb:
    """A made-up folder as /sys/bus/usb/devices, with links to folders as there."""

    def __init__(self, world):
        self.folder, self.real = world.folder / "usb", world.folder / "usb-devices"
        self.folder.mkdir()
        world.environment["LIFEBOAT_USB_DEVICES"] = str(self.folder)

    def plug(self, product, serial=CHIP, name="1-1"):
        device = self.real / product
        device.mkdir(parents=True, exist_ok=True)
        for file, text in (("idVendor", "05ac"), ("idProduct", product), ("serial", serial)):
            (device / file).write_text(text + "\n")
        (self.folder / name).symlink_to(device)

    def unplug(self, name="1-1"):
        (self.folder / name).unlink()


class Watch:
    """`lifeboat update watch --json`, left running."""

    def __init__(self, world, *words):
        self.log = world.folder / "lifeboat.log"
        self.log.unlink(missing_ok=True)
        self.process = world.start_lifeboat("update", "watch", "--json", *words)

    def lines(self):
        if not self.log.exists():
            return []
        whole = self.log.read_text().rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines() if line.startswith("{")]

    def modes(self):
        return [line["step"]["mode"] for line in self.lines() if line.get("state") == "update"]

    def until(self, *modes):
        wait_until(f"it tells {modes}", lambda: self.modes()[-len(modes):] == list(modes), 60)

    def ends(self, code):
        assert self.process.wait(60) == code, self.log.read_text()
        return self.lines()[-1]


def an_update(world, iphone):
    watch = Watch(world)
    watch.until("normal")
    iphone.control("update", "18.1")
    result = watch.ends(0)["result"]
    assert (result["version_before"], result["version_after"]) == ("17.6.1", "18.1"), result
    assert [step["mode"] for step in result["steps"]][-1] == "normal" and result["steps"][-1]["updated"], result
    told = [line for line in watch.lines() if line.get("state") == "update"]
    assert "lifeboat audit" in told[-1]["next"], told[-1]
    kept = [record for record in evidence(world) if record["fact"] == "update.mode"]
    assert [(record["subject"], record["value"]) for record in kept] == \
        [(str(number), step["mode"]) for number, step in enumerate(result["steps"], 1)], kept
    systems = [record["value"] for record in evidence(world) if record["fact"] == "update.system"]
    assert systems[0].startswith("17.6.1 (") and systems[-1].startswith("18.1 ("), systems


def evidence(world):
    """The log of what was seen, line by line; `lifeboat` checks its chain before it writes on."""
    log = world.home / ".local/state/lifeboat/evidence.jsonl"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def one_that_fails_first(world, usb):
    """The daemon goes with the phone; then recovery mode, DFU, and the update over the old system."""
    iphone = world.iphone("second", personality="ios17")
    watch = Watch(world)
    watch.until("normal")
    iphone.unplug()
    watch.until("gone")
    usb.plug("1281")
    watch.until("recovery")
    usb.unplug()
    usb.plug("1227")
    watch.until("dfu")
    for mode in ("recovery", "dfu"):
        page = next(line for line in watch.lines() if line.get("step", {}).get("mode") == mode)
        assert "idevicerestore --latest" in page["next"] and "update was tried" in page["never"], page
    usb.unplug()
    watch.until("gone")
    again = world.iphone("second", personality="ios17")
    watch.until("normal")
    assert not watch.lines()[-1]["step"]["updated"], watch.lines()[-1]
    again.control("update", "18.1")
    result = watch.ends(0)["result"]
    assert result["version_after"] == "18.1" and len(result["steps"]) >= 6, result
    again.unplug()


def stopped_and_at_the_limit(world, usb):
    usb.plug("1282")
    late = world.lifeboat("update", "watch", "--timeout", "1")
    assert late.code == 13 and "recovery mode" in late.out and "irecovery -n" in late.err, late
    assert "Never" in late.out and "Restore" in late.out, late
    other = world.lifeboat("update", "watch", "00008101-000A11112222999E", "--timeout", "1")
    assert other.code == 13 and "gone from USB" in other.out and "recovery" not in other.out, other
    unknown = world.lifeboat("update", "watch", "nobody")
    assert unknown.code == 13 and "not connected" in unknown.err, unknown
    watch = Watch(world)
    watch.until("recovery")
    watch.process.send_signal(signal.SIGINT)
    assert watch.ends(130)["type"] == "error"
    usb.unplug()


with World() as world:
    assert world.lifeboat("update", "watch", "--timeout", "soon").code == 2
    blind = world.lifeboat("update", "watch")
    assert blind.code == 13 and "cannot be read" in blind.err, blind
    usb = Usb(world)
    iphone = world.iphone(reboot_ms=1500)
    an_update(world, iphone)
    end(iphone.process)
    one_that_fails_first(world, usb)
    stopped_and_at_the_limit(world, usb)
print("ok")
