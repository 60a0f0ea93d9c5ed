#!/usr/bin/env python3
"""However a mount ends, nothing stays: no dead mount, no lock, no folder that was made for it."""
import contextlib
import os
import signal
import subprocess

from mounting import BIN, Mounted, World, awkward_folder, end, is_mounted, require_fuse, restic_backup, wait_until


def locks(world):
    return os.listdir(world.folder / "one/locks")


def gone(world, folder):
    wait_until(f"{folder} is unmounted", lambda: not is_mounted(folder))
    wait_until("the lock is released", lambda: locks(world) == [])


def by_signal(world, how):
    with Mounted(world) as mounted:
        assert len(locks(world)) == 1, locks(world)
        mounted.process.send_signal(how)
        assert mounted.wait() == 0, mounted.said()
        gone(world, mounted.folder)
        assert os.listdir(mounted.folder) == []


def from_outside(world):
    with Mounted(world) as mounted:
        assert subprocess.run(["fusermount3", "-u", mounted.folder], check=False).returncode == 0
        assert mounted.wait() == 0, mounted.said()
        gone(world, mounted.folder)


def while_in_use(world):
    """Ctrl-C with a file open: its reader gets an error, nobody hangs."""
    with Mounted(world) as mounted:
        file = os.open(mounted.folder / "desk/latest/big.bin", os.O_RDONLY)
        assert len(os.pread(file, 1000, 5_000_000)) == 1000
        mounted.process.send_signal(signal.SIGINT)
        assert mounted.wait() == 0, mounted.said()
        gone(world, mounted.folder)
        try:
            os.pread(file, 1000, 20_000_000)
        except OSError:
            pass
        else:
            raise AssertionError("a read was answered although nobody is there")
        with contextlib.suppress(OSError):
            os.close(file)


def killed(world):
    """kill -9: the helper of libfuse takes the mount away; the lock is a dead process's, and the
    next run takes it away."""
    with Mounted(world) as mounted:
        os.listdir(mounted.folder / "desk/latest")
        mounted.process.kill()
        mounted.wait()
        wait_until("the helper unmounts", lambda: not is_mounted(mounted.folder))
        assert os.listdir(mounted.folder) == []
        assert len(locks(world)) == 1
    with Mounted(world) as again:
        assert os.listdir(again.folder / "desk/latest")


def made_for_it(world):
    """A folder that was not there is made, and taken away again."""
    folder = world.folder / "made/for it"
    process = world.start([BIN / "lifeboat", "mount", folder], "made.log")
    wait_until("it is mounted", lambda: is_mounted(folder))
    end(process, signal.SIGTERM)
    assert process.returncode == 0, (world.folder / "made.log").read_text()
    assert not folder.exists()


def refusals(world):
    missing = world.lifeboat("mount", "/proc/none/here")
    assert missing.code == 1 and "cannot be made" in missing.err, missing
    (world.folder / "a file").write_text("x")
    file = world.lifeboat("mount", world.folder / "a file")
    assert file.code in (1, 2), file
    wrong = world.lifeboat("mount", world.folder / "mnt", "--password-file", world.password_file("wrong", "wrong one"))
    assert wrong.code == 12, wrong
    assert locks(world) == []
    if os.geteuid() == 0 and subprocess.run(["setpriv", "--version"], capture_output=True, check=False).returncode == 0:
        os.chmod(world.folder, 0o755)
        stranger = world.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", BIN / "lifeboat", "mount",
                              "/tmp/lifeboat-none", "--home", "/tmp/lifeboat-none-home"])
        if stranger.code == 126:
            print("NOT RUN: the program lies where another user may not run it")
        else:
            denied = os.stat("/dev/fuse").st_mode & 0o006 != 0o006
            assert not denied or (stranger.code == 1 and "may not use /dev/fuse" in stranger.err), stranger


require_fuse()
with World() as world:
    world.place("one")
    restic_backup(world, "one", awkward_folder(world.folder / "source"))
    by_signal(world, signal.SIGINT)
    by_signal(world, signal.SIGTERM)
    from_outside(world)
    while_in_use(world)
    killed(world)
    made_for_it(world)
    refusals(world)
print("endings: nothing stays behind")
