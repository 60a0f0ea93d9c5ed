#!/usr/bin/env python3
"""The password appears nowhere: not in arguments, not in what is printed, not in any file we keep.
And on a terminal it is asked without being shown, twice when it is new."""
import os
import pty
import select
import time

from common import BIN, World, expect, fill

SECRET = "Tr0ub4dor-and-three-more-words"


def on_terminal(world, *words, answers):
    """Runs with a terminal of its own, answers each question, and gives (exit code, all it showed)."""
    environment = {**world.environment, "TERM": "xterm"}
    del environment["LIFEBOAT_PASSWORD_FILE"]
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(world.folder)
        os.execve(BIN / "lifeboat", ["lifeboat", *map(str, words)], environment)
    shown, left, until = b"", list(answers), time.monotonic() + 60
    while time.monotonic() < until:
        readable, _, _ = select.select([terminal], [], [], 0.2)
        if readable:
            try:
                piece = os.read(terminal, 4096)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        if left and shown.rstrip(b" ").endswith(b":"):
            time.sleep(0.2)  # the echo is switched off after the question
            os.write(terminal, left.pop(0).encode() + b"\n")
            shown += b"|"
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), shown.decode(errors="replace")


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
    code, shown = on_terminal(world, "place", "add", "one", one, answers=[SECRET, "another"])
    assert code == 2 and "differ" in shown, (code, shown)
    code, shown = on_terminal(world, "place", "add", "one", one, answers=[SECRET, SECRET])
    assert code == 0 and SECRET not in shown, (code, shown)
    assert shown.count("|") == 2, shown
    code, shown = on_terminal(world, "snapshot", "list", answers=[SECRET])
    assert code == 0 and SECRET not in shown and shown.count("|") == 1, (code, shown)
    code, shown = on_terminal(world, "snapshot", "list", answers=["wrong"])
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
