"""Programs from npm that talk to simulated phones, installed beside the build."""
import shutil
import subprocess

from simulator import need


def install(source, work):
    """npm ci in `work`, once for each lock file of `source`. No script of a package is run."""
    work.mkdir(parents=True, exist_ok=True)
    lock = (source / "package-lock.json").read_bytes()
    done = work / "installed"
    for name in ("package.json", "package-lock.json", "peer.mjs"):
        shutil.copy(source / name, work / name)
    if done.exists() and done.read_bytes() == lock:
        return
    subprocess.run([need("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=work, check=True,
                   timeout=300)
    done.write_bytes(lock)
