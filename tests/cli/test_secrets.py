#!/usr/bin/env python3
"""The password appears nowhere: not in arguments, not in what is printed, not in any file we keep.
And on a terminal it is asked without being shown, twice when it is new."""
import os
import time

from common import World, expect, fill
from terminal import Answers, on_terminal

SECRET = "Tr0ub4dor-and-three-more-words"


def asked(world, *words, answers):
    """Answers each question on a terminal: (exit code, all that it showed, number of questions)."""
    environment = {**world.environment}
    del environment["LIFEBOAT_PASSWORD_FILE"]
    typing = Answers(*answers)
    code, shown = on_terminal(world, typing, *words, environment=environment)
    return code, shown, typing.given


def arguments_of_all():
    for process in os.listdir("/proc"):
        if process.isdigit():
            try:
                with open(f"/proc/{process}/cmdline", "rb") as file:
                    yield file.read()
            except OSError:
                pass


with World() as world:
    one = world.folder / "one"
    code, shown, _ = asked(world, "place", "add", "one", one, answers=[SECRET, "another"])
    assert code == 2 and "differ" in shown, (code, shown)
    code, shown, questions = asked(world, "place", "add", "one", one, answers=[SECRET, SECRET])
    assert code == 0 and SECRET not in shown, (code, shown)
    assert questions == 2, shown
    code, shown, questions = asked(world, "snapshot", "list", answers=[SECRET])
    assert code == 0 and SECRET not in shown and questions == 1, (code, shown)
    code, shown, _ = asked(world, "snapshot", "list", answers=["wrong"])
    assert code == 12, (code, shown)

    world.password.write_text(SECRET + "\n")
    phone = world.phone()
    fill(phone.storage, photos=5, size=3000)
    said = ""
    for words in (["backup", "-vv"], ["verify", "-vv"], ["config", "list"], ["doctor", "-vv"],
                  ["ready", "-vv", "--json"], ["audit", "-vv"]):
        done = world.lifeboat(*words)
        said += done.out + done.err
    expect(world.lifeboat("snapshot", "list", "--password-command", f"cat {world.password}"), 0)
    assert SECRET not in said
    running = world.start_lifeboat("verify", "--deep")
    while running.poll() is None:
        assert not any(SECRET.encode() in line for line in arguments_of_all())
        time.sleep(0.05)
    for path in world.home.rglob("*"):
        if path.is_file() and path != world.password:
            assert SECRET.encode() not in path.read_bytes(), path
            assert path.stat().st_mode & 0o077 == 0 or ".android" in str(path), path
