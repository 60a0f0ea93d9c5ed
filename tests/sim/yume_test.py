"""@yume-chan/adb against the simulated phone: yume_test.py LIFEBOAT_SIM WORK_FOLDER."""
import json
import pathlib
import subprocess
import sys
import tempfile

from adb_tools import sha256
from node_peers import install
from simulator import Phone, check, need


def run(program, node, options, with_delayed_acks):
    with tempfile.TemporaryDirectory(prefix="simyume") as temporary:
        storage = pathlib.Path(temporary)
        big = storage / "big.bin"
        big.write_bytes(bytes(range(256)) * 30000 + b"end")
        (storage / "emoji \U0001F600.txt").write_bytes(b"hi")
        with Phone(program, storage, *options) as phone:
            done = subprocess.run([need("node"), "peer.mjs", str(phone.port)], cwd=node, capture_output=True,
                                  text=True, timeout=100)
            check("the peer ends well", done.returncode == 0, done.stderr)
            told = json.loads(done.stdout)
            check("CNXN and AUTH", told["model"] == "Pixel 8" and phone.control("state")["trusted_keys"] == 1, told)
            check("delayed acks as asked", ("delayed_ack" in told["features"]) == with_delayed_acks, told["features"])
            check("shell v2", told["shell"] == {"stdout": "out\n", "code": 7,
                  "stderr": "/system/bin/sh: nope: inaccessible or not found\n"}, told["shell"])
            check("stat", told["stat"] == {"size": str(big.stat().st_size), "mtime": str(int(big.stat().st_mtime))},
                  told["stat"])
            check("readdir", {"big.bin", "emoji \U0001F600.txt"} <= set(told["names"]), told["names"])
            check("read", told["read"] == {"size": big.stat().st_size, "sha256": sha256(big)}, told["read"])
            written = storage / "new folder" / "written.bin"
            check("write", sha256(written) == told["written"] and written.stat().st_mtime == 1600000000)


def main():
    program, work = sys.argv[1], pathlib.Path(sys.argv[2])
    install(pathlib.Path(__file__).parent / "node", work)
    run(program, work, [], True)
    run(program, work, ["--without", "delayed_ack", "--max-payload", "4096"], False)


main()
