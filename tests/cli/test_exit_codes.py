#!/usr/bin/env python3
"""The exit codes that scripts rely on, each with its message and what to do."""
import subprocess

from common import World, expect, fill, wait_until

with World() as world:
    one = world.folder / "one"

    # 2: the words, the configuration
    expect(world.lifeboat(), 2, "Usage:")
    expect(world.lifeboat("redy"), 2, 'Did you mean "ready"?', "error[LB-1001]")
    expect(world.lifeboat("place", "add", "x"), 2, "FOLDER is missing")
    expect(world.lifeboat("version", "--home"), 2)
    expect(world.lifeboat("verify"), 2, "No place is set up yet")
    config = world.folder / "bad.toml"
    config.write_text("[adb]\nservr = \"x\"\n")
    expect(world.lifeboat("version", "--config", config), 2, 'Did you mean "adb.server"?', "bad.toml:2")
    config.write_text("[[place]]\nname = \"a\"\n")
    expect(world.lifeboat("version", "--config", config), 2, "a place needs a path")
    config.write_text("= nonsense")
    expect(world.lifeboat("version", "--config", config), 2, "bad.toml:1")
    expect(world.lifeboat("version", LIFEBOAT_COLOR="sometimes"), 2, "LIFEBOAT_COLOR")
    expect(world.lifeboat("version", LIFEBOAT_PASSWORD="secret"), 2, "does not belong there")
    expect(world.lifeboat("restore", "latest"), 2, "--to DIR or --onto-phone")

    # nobody is asked without a terminal: the flag is named
    expect(world.lifeboat("place", "add", "one", one, LIFEBOAT_PASSWORD_FILE=""), 2, "--password-file")
    assert not one.exists(), "a place that could not be made left its folder"

    # 13: no phone
    expect(world.lifeboat("phone", "info"), 13, "error[LB-3101]")
    expect(world.lifeboat("ready"), 13)

    world.place("one", one)
    expect(world.lifeboat("place", "add", "one", world.folder / "x"), 2, "already")
    expect(world.lifeboat("place", "add", "again", one), 2, "in this folder already")
    expect(world.lifeboat("snapshot", "list"), 0)
    expect(world.lifeboat("ls"), 1)

    # 12: wrong password; 1: a password file or program that does not work
    wrong = world.password_file("wrong", "not it")
    expect(world.lifeboat("snapshot", "list", "--password-file", wrong), 12, "error[LB-2103]")
    expect(world.lifeboat("snapshot", "list", "--password-command", f"cat {world.password}"), 0)
    expect(world.lifeboat("snapshot", "list", "--password-command", "false"), 1, "exit code 1")
    expect(world.lifeboat("snapshot", "list", "--password-file", "/nowhere"), 1, "no password file")
    expect(world.lifeboat("place", "add", "two", world.folder / "two", "--password-file", wrong), 12)
    assert not (world.folder / "two").exists()

    # 14: the disk is not there; 10: something else is
    one.rename(world.folder / "unplugged")
    expect(world.lifeboat("place", "test", "one"), 14, "error[LB-2106]")
    expect(world.lifeboat("snapshot", "list"), 14)
    expect(world.lifeboat("doctor"), 1, "place one")
    one.mkdir()
    expect(world.lifeboat("snapshot", "list"), 10, "error[LB-2101]")
    one.rmdir()
    (world.folder / "unplugged").rename(one)

    # 11: another run
    lock = world.home / ".local/state/lifeboat/run.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    holder = subprocess.Popen(["flock", lock, "sleep", "60"])
    try:
        import time
        time.sleep(0.5)
        expect(world.lifeboat("ready", "--lock-wait", "1"), 11, "Another run is at work", "error[LB-2102]")
        expect(world.lifeboat("snapshot", "list"), 0)
    finally:
        holder.kill()
        holder.wait()
        subprocess.run(["flock", lock, "true"], timeout=70, check=True)

    # who may wait does, and is told for whom
    lock.write_text("lifeboat backup, process 4711\n")
    holder = subprocess.Popen(["flock", lock, "sleep", "4"])
    time.sleep(0.5)
    waited = world.lifeboat("ready", "--lock-wait", "60")
    assert waited.code == 13 and "process 4711" in waited.err, waited
    holder.wait()

    # a different file in the way is not replaced
    phone = world.phone()
    fill(phone.storage, photos=3, size=2000)
    expect(world.lifeboat("backup"), 0)
    target = world.folder / "target"
    expect(world.lifeboat("restore", "latest", "--to", target), 0)
    photo = next(target.rglob("IMG_*.jpg"))
    photo.write_bytes(b"mine")
    expect(world.lifeboat("restore", "latest", "--to", target), 1, "in the way")
    assert photo.read_bytes() == b"mine"
    expect(world.lifeboat("restore", "latest", "--to", target, "--overwrite"), 0)
    assert photo.read_bytes() != b"mine"

    # what may go must be said, in words that are understood
    expect(world.lifeboat("snapshot", "forget"), 2, "which backups may go", "Nothing was removed")
    expect(world.lifeboat("snapshot", "forget", "latest", "--keep-last", "1"), 2, "do not go together")
    for words in (["--keep-last", "none"], ["--keep-within", "7"], ["--keep-tag", "a,,b"], ["--max-unused", "x"]):
        expect(world.lifeboat("snapshot", "forget", *words), 2)
    expect(world.lifeboat("snapshot", "hold", "latest", "--note", "for the test"), 0, "on hold")
    expect(world.lifeboat("snapshot", "list"), 0, "on hold: for the test")
    expect(world.lifeboat("snapshot", "forget", "latest"), 1, "on hold", "snapshot release")
    held = next((one / "snapshots").iterdir()).name
    expect(world.lifeboat("snapshot", "release", held[:8]), 0)
    expect(world.lifeboat("snapshot", "release", held[:8]), 1, "is on hold")

    # 11: another program backs up; nothing is deleted meanwhile, and its name is told
    restic = subprocess.Popen(["restic", "--no-cache", "--quiet", "-r", one, "--password-file", world.password,
                               "backup", "--stdin"], stdin=subprocess.PIPE)
    try:
        wait_until("restic holds it", lambda: any((one / "locks").iterdir()))
        expect(world.lifeboat("place", "prune", "--lock-wait", "0"), 11, "The repository is in use", f"process {restic.pid}")
        expect(world.lifeboat("snapshot", "forget", held, "--lock-wait", "0"), 11, f"process {restic.pid}")
    finally:
        restic.stdin.close()
        restic.wait()
    expect(world.lifeboat("place", "prune"), 0, "freed")

    # 7: a damaged copy
    for pack in (one / "data").rglob("*"):
        if pack.is_file():
            content = bytearray(pack.read_bytes())
            content[len(content) // 3] ^= 1
            pack.chmod(0o600)
            pack.write_bytes(content)
    expect(world.lifeboat("verify"), 7, "one")
