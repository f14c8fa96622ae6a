"""The toy service as a process of its own, to be killed: `python -m tests.support.toy_process DSN FOLDER PORT`."""

import asyncio
import sys
from pathlib import Path

from shared.runtime import run_components, run_process
from shared.web.server import HttpServer
from tests.support.tokens import create_tokens
from tests.support.toy_service import run_toy_service


async def main() -> None:
    dsn, folder, port = sys.argv[1:]
    async with run_toy_service(dsn, create_tokens(Path(folder))) as toy:
        server = HttpServer(toy.app, host="127.0.0.1", port=int(port))
        await run_components([server], stop=asyncio.Event())


if __name__ == "__main__":
    sys.exit(run_process(main))
