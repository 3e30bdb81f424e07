"""The command line."""

from __future__ import annotations

import argparse
import errno
import gc
import logging
import os
import re
import socket
import sys
from collections.abc import Sequence
from typing import NoReturn

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from core.errors import PiyingError
from piying.actions import COMMANDS, SERVERS, parse_prompts
from piying.arguments import make_parser
from piying.logs import configure_logs
from piying.mistake import Mistake
from piying.settings import Settings, unknown_variables


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; exits 2 on a mistake that the user can mend."""
    # What Piying keeps (prompts, accounts, clips) is not for the machine's other users.
    umask = os.umask(0o077)
    # Starting makes many objects and drops few: Python's 700 would look for garbage hundreds of times in vain.
    gc.set_threshold(10_000)
    asked = make_parser().parse_args(arguments, argparse.Namespace(umask=umask))
    try:
        _start(asked)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read the output has seen enough; nor can the interpreter flush the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _start(asked: argparse.Namespace) -> None:
    if asked.command == "parse":
        parse_prompts(asked.prompts)
        return
    unknown = unknown_variables(os.environ)
    if unknown:
        _stop(_unknown(*unknown))
    try:
        settings = Settings()
        # A command's output is for people and pipes; a server's is its log.
        configure_logs(settings.log_format, logging.INFO if asked.command in SERVERS else logging.WARNING)
        _run(asked, settings)
    except ValidationError as error:
        _stop("\n".join(map(_describe, error.errors())))
    except SettingsError as error:
        # Its text names no variable, and may hold its value.
        part = re.search(r'field "(\w+)"', str(error))
        _stop(f"PIYING_{part[1].upper() if part else ''}__…: a value that should be JSON is none")


def _describe(error: ErrorDetails) -> str:
    variable = "__".join(("PIYING", *map(str, error["loc"]))).replace("__", "_", 1).upper()
    if error["type"] == "extra_forbidden":
        return _unknown(variable)
    return f"{variable}: {error['msg'].removeprefix('Value error, ')}"


def _unknown(*variables: str) -> str:
    return f"no such setting: {', '.join(variables)} (docs/reference/settings.md lists them)"


def _run(asked: argparse.Namespace, settings: Settings) -> None:
    import sqlalchemy as sa

    from storage.instance import AlreadyRunning
    from storage.liveness import STABLE_PREFIX

    try:
        COMMANDS[asked.command](asked, settings)
    except AlreadyRunning as error:
        name = str(error).removeprefix(STABLE_PREFIX)
        _stop(f"{name} is running already on this database: stop that process first")
    except Mistake as mistake:
        _stop(str(mistake))
    except PiyingError as error:
        _stop(f"{error.code}: {error.details}")
    except sa.exc.DBAPIError as error:
        # The driver's own words, and of those the first line: SQLAlchemy's would add the statement.
        why = str(error.orig).strip().partition("\n")[0] or type(error.orig).__name__
        _stop(f"the database: {why} (see PIYING_DATABASE_URL, PIYING_DATA_FOLDER)")
    except BrokenPipeError:
        raise
    except OSError as error:
        _stop(f"{error}{_REMEDIES.get(error.errno or 0, '')}")


_REMEDIES = {
    errno.EADDRINUSE: ": set PIYING_CONSOLE__PORT, PIYING_SERVE__PORT or PIYING_OPERATIONS_PORT to a free one",
    errno.EADDRNOTAVAIL: ": see PIYING_CONSOLE__HOST and PIYING_SERVE__HOST",
    socket.EAI_NONAME: ": see PIYING_CONSOLE__HOST and PIYING_SERVE__HOST",
}


def _stop(text: str) -> NoReturn:
    print(text, file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
