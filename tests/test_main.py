"""The program as a shell starts it: Ctrl-C ends it quietly from its first moment."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Ctrl-C while a module is loaded: ENTRY MODULE
INTERRUPTED = """
import importlib.metadata, runpy, signal, sys
entry, module = sys.argv[1:]

class Interrupting:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == module:
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Interrupting)
sys.argv = ["imagestolive", "sizes"]
if entry == "script":
    [script] = importlib.metadata.entry_points(group="console_scripts", name="imagestolive")
    script.load()()
else:
    runpy.run_module("imagestolive", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("entry", ["script", "module"])
@pytest.mark.parametrize("module", ["imagestolive.cli", "imagestolive.pipeline", "PIL"])
def test_ctrl_c_while_modules_are_loaded_ends_without_a_word(entry: str, module: str) -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED, entry, module], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_nothing_is_loaded_before_ctrl_c_can_be_answered() -> None:
    program = (
        "import sys; before = set(sys.modules); import imagestolive.__main__; print(*sorted(set(sys.modules) - before - {'__future__'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["imagestolive", "imagestolive.__main__"]
