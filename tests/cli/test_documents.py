#!/usr/bin/env python3
"""Help, manual pages, completion and docs come from one table: here they are held to it."""
import shutil
import subprocess
import sys

from common import BIN, COMMANDS, PROJECT


def lifeboat(*words):
    done = subprocess.run([BIN / "lifeboat", *words], capture_output=True, text=True, timeout=60,
                          env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"}, check=False)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


def same(name, made):
    path = PROJECT / "docs" / name
    if "--write" in sys.argv:
        path.write_text(made)
    assert path.read_text() == made, f"docs/{name} is not up to date: tests/cli/test_documents.py --write"


same("cli.md", lifeboat("help", "--markdown"))
same("errors.md", lifeboat("help", "--errors"))

overview = lifeboat("help")
for command in COMMANDS:
    assert command in overview, command
    words = command.split()
    assert "Usage: lifeboat " + command in lifeboat("help", *words)
    assert lifeboat(*words, "--help") == lifeboat("help", *words)
    page = lifeboat("help", "--man", *words)
    assert page.startswith(".TH "), page
    if shutil.which("groff"):
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=page, text=True,
                              capture_output=True, check=False)
        assert done.returncode == 0 and not done.stderr, (command, done.stderr)

for shell, check in (("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])):
    script = lifeboat("completion", shell)
    assert len(script) > 1000
    if shutil.which(shell):
        done = subprocess.run([*check, "/dev/stdin"], input=script, text=True, capture_output=True, check=False)
        assert done.returncode == 0 and not done.stderr, (shell, done.stderr)

# What bash offers, asked of bash itself.
for line, wanted in (("lifeboat pl", "place"), ("lifeboat place a", "add"), ("lifeboat --json snapshot d", "diff"),
                     ("lifeboat verify --de", "--deep"), ("lifeboat version --color al", "always"),
                     ("lifeboat config get adb.s", "adb.server"), ("lifeboat completion f", "fish")):
    typed = line.split()
    asked = subprocess.run(
        ["bash", "-c", f'PATH={BIN}:$PATH; source <(lifeboat completion bash); COMP_WORDS=("$@"); '
                       'COMP_CWORD=$(($# - 1)); _lifeboat; echo "${COMPREPLY[@]}"', "bash", *typed],
        text=True, capture_output=True, check=False, env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"})
    assert wanted in asked.stdout.split(), (line, asked.stdout, asked.stderr)
