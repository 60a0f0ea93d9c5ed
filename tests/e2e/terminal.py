"""A program on a terminal of its own: what a person sees there, and what they type."""
import os
import pty
import select
import signal
import time

from harness import BIN, PATIENCE


class Answers:
    """Types one text after another, each when a question stands there that ends in `question`."""

    def __init__(self, *texts, question=":"):
        self.texts, self.question, self.seen, self.given = list(texts), question, 0, 0

    def __call__(self, shown):
        if not self.texts or not shown[self.seen:].rstrip(" ").endswith(self.question):
            return b""
        self.seen = len(shown)
        self.given += 1
        time.sleep(0.2)  # the echo is switched off after the question
        return self.texts.pop(0).encode() + b"\n"


def on_terminal(world, react, *words, environment=None, seconds=150):
    """Runs lifeboat there; (exit code, all that it showed). `react` sees time and again what was
    shown so far, and the bytes that it returns are typed."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(world.folder)
        os.execve(BIN / "lifeboat", ["lifeboat", *map(str, words)],
                  {**(environment or world.environment), "TERM": "xterm", "LANG": "C.UTF-8"})
    shown, until = b"", time.monotonic() + seconds * PATIENCE
    try:
        while True:
            if time.monotonic() > until:
                os.kill(pid, signal.SIGKILL)
                raise AssertionError(f"it did not end in time: {words}\n{shown.decode(errors='replace')}")
            if select.select([terminal], [], [], 0.2)[0]:
                try:
                    piece = os.read(terminal, 4096)
                except OSError:  # EIO: the program's end of the terminal is closed
                    break
                if not piece:
                    break
                shown += piece
            if typed := react(shown.decode(errors="replace")):
                os.write(terminal, typed)
    finally:
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
    return os.waitstatus_to_exitcode(status), shown.decode(errors="replace")
