"""Runs a program whose server address is written into it against another server.

    python connect_to.py ADDRESS NAMESPACE SCRIPT.py       or: ... -m MODULE

The examples p01 to p39 are kept as they were published, with "localhost:7233" in them.
"""

import os
import runpy
import sys
import traceback

from temporalio.client import Client


def redirect(address: str, namespace: str) -> None:
    connect = Client.connect

    async def connect_there(_target: str, **options) -> Client:
        return await connect(address, **{**options, "namespace": namespace})

    Client.connect = staticmethod(connect_there)


def run(program: list[str]) -> None:
    if program[0] == "-m":
        sys.path[0] = os.getcwd()
        sys.argv = program[1:]
        runpy.run_module(program[1], run_name="__main__", alter_sys=True)
    else:
        sys.path[0] = os.path.dirname(os.path.abspath(program[0]))
        sys.argv = program
        runpy.run_path(program[0], run_name="__main__")


def main() -> None:
    address, namespace, *program = sys.argv[1:]
    redirect(address, namespace)
    status = 0
    try:
        run(program)
    except Exception:
        traceback.print_exc()
        status = 1
    # A client that ends soon after its last call may crash while the interpreter shuts down
    # (temporalio/sdk-python#300, seen once in five runs with 1.27 to 1.35); leave without that.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
