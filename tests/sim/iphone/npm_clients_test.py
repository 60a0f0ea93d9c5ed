"""go-ios and appium-ios-device from npm: npm_clients_test.py LIFEBOAT_SIM WORK_FOLDER go-ios|appium|personalities."""
import hashlib
import json
import pathlib
import platform
import subprocess
import sys
import tempfile

from phone import Iphone, check, need

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from node_peers import install  # noqa: E402: it lies one folder up

UDID = "00008101-000A11112222801E"
VERSIONS = {"ios14": "14.8.1", "ios16": "16.7.10", "ios17": "17.6.1", "ios26": "26.1"}


class GoIos:
    """The program that the package carries; the script that would fetch or link it is not run."""

    def __init__(self, node, phone, over="TCP"):
        machine = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64"}[platform.machine()]
        self.program = node / f"node_modules/go-ios/dist/go-ios-linux-{machine}_linux_{machine}/ios"
        self.phone, self.over = phone, over

    def run(self, *words):
        # The spelling of a UNIX socket that this client takes is a bare path.
        address = self.phone.address if self.over == "TCP" else self.phone.socket
        return self.phone.run(self.program, *words, address=address)

    def text(self, *words):
        done = self.run(*words)
        assert done.returncode == 0, (words, done.stdout, done.stderr, self.phone.text())
        return done.stdout.decode()

    def json(self, *words):
        return json.loads(self.text(*words))


def go_ios(program, node, work):
    with Iphone(program, work / "world", "--trust", "deny", "--photos", 4, "--cloud-only", 2) as phone:
        for over in ("TCP", "UNIX"):
            listed = GoIos(node, phone, over).json("list")
            check(f"list over {over}", listed == {"deviceList": [UDID]}, listed)
        ios = GoIos(node, phone)
        check("a denied pairing", ios.run("pair").returncode != 0)
        phone.control("consent", "accept")
        paired = ios.run("pair")
        check("pair", paired.returncode == 0 and b"Successfully paired" in paired.stderr + paired.stdout, paired)
        info = ios.json("info")
        check("info", info["ProductVersion"] == "17.6.1" and info["SerialNumber"] == "F17SIM00LBOT"
              and info["DeviceName"] == "Ada's iPhone", info)
        apps = {app["CFBundleIdentifier"]: app for app in ios.json("apps")}
        check("apps", {"net.whatsapp.WhatsApp", "com.google.Authenticator", "org.whispersystems.signal"} <= set(apps)
              and "com.apple.mobilesafari" not in apps, sorted(apps))
        check("system apps", [app["CFBundleIdentifier"] for app in ios.json("apps", "--system")]
              == ["com.apple.mobilesafari"])
        language = ios.json("lang")
        check("lang", language["Language"] == "en" and language["Locale"] == "en_GB", language)
        phone.control("battery", 41, "discharging")
        battery = ios.json("batterycheck")
        check("batterycheck", battery["BatteryCurrentCapacity"] == 41 and battery["BatteryIsCharging"] is False, battery)
        phone.control("disk-free", 123456789)
        space = ios.json("diskspace")
        check("diskspace", space["FreeBytes"] == 123456789 and space["Model"] == "iPhone13,2", space)
        registry = ios.json("batteryregistry")
        check("batteryregistry", registry["CycleCount"] == 312 and registry["AppleRawMaxCapacity"] == 2493
              and registry["CurrentCapacity"] == 41, registry)
        check("lockdown get", ios.json("lockdown", "get", "BuildVersion") == "21G93")
        phone.control("find-my", "on")
        check("lockdown get of a domain", ios.json("lockdown", "get", "--domain=com.apple.fmip")
              == {"IsAssociated": True})
        gestalt = ios.json("mobilegestalt", "ProductType")
        check("mobilegestalt", gestalt["Diagnostics"]["MobileGestalt"]["Status"] == "MobileGestaltDeprecated", gestalt)
        tree = ios.text("fsync", "tree", "--path=/")
        media = work / "world/files/CameraRollDomain/Media"
        names = [path.name for path in media.rglob("*")]
        check("fsync tree", len(names) > 12 and all(f"-{name}" in tree for name in names), tree)
        check("it uses the record of Debian's programs", ios.text("devicename").strip() != ""
              and phone.out("idevicepair", "validate").startswith("SUCCESS"))


def appium(program, node, work):
    with Iphone(program, work / "world", "--photos", 6) as phone:
        # It cannot pair: it takes the record that another program made.
        phone.out("idevicepair", "pair")
        media = work / "world/files/CameraRollDomain/Media"
        dcim = sorted(f"/{path.relative_to(media)}" for path in (media / "DCIM").rglob("*"))
        done = phone.run(need("node"), node / "peer.mjs", UDID, address=phone.address)
        check("the peer ends well", done.returncode == 0, done)
        told = json.loads(done.stdout.splitlines()[-1])
        check("devices", told["devices"] == [UDID], told["devices"])
        check("info", told["version"] == "17.6.1" and told["info"]["ProductType"] == "iPhone13,2"
              and "SerialNumber" not in told["info"], told["info"])
        check("a session", told["serial"] == "F17SIM00LBOT" and told["encrypts"] is False
              and told["zone"] == "Europe/London", told["zone"])
        check("installation_proxy", {"com.azure.authenticator", "org.whispersystems.signal"} <= set(told["users"])
              and list(told["system"]) == ["com.apple.mobilesafari"], told["users"])
        check("Lookup", told["looked"] == {"net.whatsapp.WhatsApp": {"CFBundleIdentifier": "net.whatsapp.WhatsApp",
              "CFBundleShortVersionString": "25.29.77"}}, told["looked"])
        check("AFC lists", sorted(told["paths"]) == dcim, told["paths"])
        original = (media / told["read"]["path"].lstrip("/")).read_bytes()
        check("AFC reads", told["read"]["sha256"] == hashlib.sha256(original).hexdigest(), told["read"])
        written = (media / "Books/new.bin").read_bytes()
        check("AFC writes", told["written"] == hashlib.sha256(written).hexdigest())
        check("AFC removes", sorted(path.name for path in (media / "Books").iterdir())
              == ["iBooksData2.plist", "new.bin"])
        check("AFC says what is missing", told["missing"] != "found" and told["outside"] != "listed", told)
        check("np", told["notified"] is True)


def personalities(program, node, work):
    for name, version in VERSIONS.items():
        for network in (False, True):
            world = work / f"{name}{network}"
            options = ["--personality", name, "--photos", 2, "--messages", 2] + (["--network"] if network else [])
            with Iphone(program, world, *options) as phone:
                ios = GoIos(node, phone)
                udid = ios.json("list")["deviceList"][0]
                ios.text("pair")
                what = f"{name} {'in the network' if network else 'on a cable'}"
                details = ios.json("list", "--details")["deviceList"][0]
                check(f"{what}: go-ios", details["ProductVersion"] == version
                      and details["ConnectionType"] == ("Network" if network else "USB"), details)
                listed = phone.out("idevice_id", "-n" if network else "-l").split()
                check(f"{what}: idevice_id", listed[0] == udid and len(udid) == (40 if name == "ios14" else 25), listed)
                # Debian's library goes past the daemon to a phone in the network.
                more = ["-n"] if network else []
                check(f"{what}: a session", phone.out("ideviceinfo", *more, "-k", "SerialNumber") == "F17SIM00LBOT\n")
                check(f"{what}: a service", "net.whatsapp.WhatsApp" in phone.out("ideviceinstaller", *more, "-l"))
                gestalt = ios.json("mobilegestalt", "ProductVersion")["Diagnostics"]["MobileGestalt"]
                refused = gestalt.get("Status") == "MobileGestaltDeprecated"
                check(f"{what}: mobilegestalt", refused == (name in ("ios17", "ios26"))
                      and (refused or gestalt["ProductVersion"] == version), gestalt)


def main():
    program, node = sys.argv[1], pathlib.Path(sys.argv[2])
    install(pathlib.Path(__file__).parent / "node", node)
    run = {"go-ios": go_ios, "appium": appium, "personalities": personalities}[sys.argv[3]]
    with tempfile.TemporaryDirectory(prefix="simnpm") as folder:
        run(program, node, pathlib.Path(folder))


main()
