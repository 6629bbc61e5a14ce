"""Runs every example against a server and checks what it prints.

    python run_examples.py [ADDRESS [NAMESPACE]] [--only NAME]

Prints one line for each; exits with 1 when one of them failed.
"""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECONDS_MAX = 60
LINES_SHOWN = 3


@dataclass
class Example:
    name: str
    """What the client is started with, from the example's folder."""
    client: list[str]
    """Lines that it must print."""
    expected: list[str]
    """What its worker is started with, where that is a program of its own."""
    worker: list[str] | None = None


EXAMPLES = [
    Example("hello_world", ["hello.py", "Ada"], ["Hello, Ada!"]),
    Example(
        "order_saga",
        ["order_saga.py"],
        ["shipped parcel-", "compensated BadAddress: no such address", "['please wrap it']"],
    ),
    Example(
        "p01_hello_world",
        ["start_workflow.py"],
        ["Workflow result: Hello, Temporal!"],
        worker=["worker.py"],
    ),
    Example("p13_quick_start", ["hello_workflow.py"], ["Hello, World!"]),
    Example(
        "p14_project",
        ["-m", "app.run_workflow"],
        ["Workflow result: Hello, Alice!"],
        worker=["-m", "app.run_worker"],
    ),
    Example(
        "p39_greeting", ["start_workflow.py"], ["Result: Hello, World!"], worker=["run_worker.py"]
    ),
]


def command(program: list[str], address: str, namespace: str) -> list[str]:
    return [sys.executable, str(HERE / "connect_to.py"), address, namespace, *program]


def run(example: Example, address: str, namespace: str) -> str:
    """What went wrong; empty when nothing did."""
    surroundings = {
        "cwd": HERE / example.name,
        "env": {**os.environ, "TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": namespace},
        "text": True,
    }
    worker = None
    if example.worker is not None:
        words = command(example.worker, address, namespace)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        worker = subprocess.Popen(words, **quiet, **surroundings)
    try:
        words = command(example.client, address, namespace)
        client = subprocess.run(words, capture_output=True, timeout=SECONDS_MAX, **surroundings)
    except subprocess.TimeoutExpired:
        return f"no end after {SECONDS_MAX} s"
    finally:
        if worker is not None:
            worker.terminate()
            worker.wait()
    if client.returncode != 0:
        last = "\n".join(client.stderr.strip().splitlines()[-LINES_SHOWN:])
        return f"exit code {client.returncode}\n{last}"
    missing = [line for line in example.expected if line not in client.stdout]
    return f"did not print {missing}, but\n{client.stdout}" if missing else ""


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the examples against a server.")
    parser.add_argument("address", nargs="?", default="localhost:7233")
    parser.add_argument("namespace", nargs="?", default="default")
    parser.add_argument("--only", help="run the example of this name")
    options = parser.parse_args()
    failures = 0
    for example in EXAMPLES:
        if options.only not in (None, example.name):
            continue
        began = time.monotonic()
        problem = run(example, options.address, options.namespace)
        seconds = time.monotonic() - began
        print(f"{'FAILED' if problem else 'ok':6} {example.name} ({seconds:.1f} s)", flush=True)
        if problem:
            failures += 1
            print(problem, flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
