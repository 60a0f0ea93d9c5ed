#!/usr/bin/env python3
"""Ctrl-C and SIGTERM stop a run at a safe point: exit 130 and 143, the last line says how to go on,
and the next run completes. A second run meanwhile is told who is at work."""
import json
import signal
import subprocess

from common import BIN, World, expect, fill


def stopped_by(world, how):
    """Starts `ready --json`, signals it in the middle of its copying, gives (exit code, lines)."""
    process = subprocess.Popen([BIN / "lifeboat", "ready", "--json"], cwd=world.folder, env=world.environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines = []
    for text in process.stdout:
        lines.append(json.loads(text))
        if lines[-1].get("phase") == "copy":
            break
    expect(world.lifeboat("backup", "--lock-wait", "0"), 11, "lifeboat ready")
    process.send_signal(how)
    rest, said = process.communicate(timeout=60)
    assert "Stopping at the next safe point" in said, said
    return process.returncode, lines + [json.loads(line) for line in rest.splitlines()]


with World() as world:
    world.two_places()
    # Much enough to be met in the middle.
    phone = world.phone()
    fill(phone.storage, photos=1500, size=60_000)
    for how, code, outcome in ((signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")):
        found, lines = stopped_by(world, how)
        assert found == code, (found, lines[-1])
        last = lines[-1]
        assert last["type"] == "error" and last["outcome"] == outcome, last
        assert "Run the same command" in last["guidance"], last
    expect(world.lifeboat("ready"), 0, "GO")
    expect(world.lifeboat("verify", "--deep"), 0)
