"""Turns what is asked for on the command line into a call of the part that does it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence

from piying.settings import Settings


def _serve_all(_asked: argparse.Namespace, settings: Settings) -> None:
    from piying.discord import DISCORD
    from piying.serve import run_role
    from piying.telegram import TELEGRAM
    from piying.wiring import CONSOLE, Role

    chats = {TELEGRAM: settings.telegram.is_on, DISCORD: settings.discord.is_on}
    platforms = (CONSOLE, *(name for name, is_on in chats.items() if is_on))
    run_role(settings, Role(platforms, _classes(settings, None), "run"))


def _serve_api(asked: argparse.Namespace, settings: Settings) -> None:
    from bots.videos.mapping import PLATFORM
    from piying.serve import run_role
    from piying.wiring import Role

    worker_classes = () if asked.bot_only else _classes(settings, asked.classes)
    run_role(settings, Role((PLATFORM,), worker_classes, "serve"))


def _serve_bot(asked: argparse.Namespace, settings: Settings) -> None:
    from piying.serve import run_role
    from piying.wiring import Role

    run_role(settings, Role(platforms=(asked.name,), name=asked.name))


def _serve_worker(asked: argparse.Namespace, settings: Settings) -> None:
    from piying.serve import run_role
    from piying.wiring import Role

    run_role(settings, Role(worker_classes=_classes(settings, asked.classes)))


def _classes(settings: Settings, names: Sequence[str] | None) -> tuple[str, ...]:
    from piying.engines import make_catalogue
    from piying.lanes import chosen_classes, own_classes

    catalogue = make_catalogue(settings)
    return own_classes(catalogue) if names is None else chosen_classes(settings, catalogue, names)


def _migrate(_asked: argparse.Namespace, settings: Settings) -> None:
    from storage.database import make_engine
    from storage.migrate import migrate

    settings.make_data_folder()
    migrate(make_engine(settings.database), settings.database)


def _doctor(asked: argparse.Namespace, settings: Settings) -> None:
    from piying.doctor import examine

    sys.exit(0 if examine(settings, live=asked.live) else 1)


def _translate(asked: argparse.Namespace, settings: Settings) -> None:
    from piying.translate import read_lines, translate_lines

    translate_lines(settings, read_lines(), asked.to, asked.translator)


def _moderate(asked: argparse.Namespace, settings: Settings) -> None:
    from core.types import Place
    from piying.moderate import moderate_lines
    from piying.translate import read_lines

    moderate_lines(settings, read_lines(), Place(asked.chat, asked.nsfw))


def _policy(asked: argparse.Namespace, settings: Settings) -> None:
    from piying import policy

    if asked.action == "check":
        policy.check_policy(asked.file)
    elif asked.action == "past":
        from piying.appeals import print_past

        print_past(settings)
    else:
        policy.replay_policy(asked.file, asked.past)


def _appeals(asked: argparse.Namespace, settings: Settings) -> None:
    from piying import appeals

    if asked.action == "list":
        appeals.list_appeals(settings)
    elif asked.action == "show":
        appeals.show_appeal(settings, asked.appeal)
    else:
        appeals.decide(settings, asked.appeal, allows=asked.action == "allow", by=_readable(asked.by)[:100])


def _agreements(asked: argparse.Namespace, settings: Settings) -> None:
    from piying.agreements import list_agreements

    list_agreements(settings, as_json=asked.json)


def _bench(asked: argparse.Namespace, settings: Settings) -> None:
    if asked.subject == "safety":
        from piying.bench.safety_command import bench_safety

        bench_safety(asked.data, as_json=asked.json)
        return
    from piying.bench.command import bench_translation

    bench_translation(
        settings, asked.data, asked.translator, against=asked.against, write=asked.write, as_json=asked.json
    )


def _generate(asked: argparse.Namespace, settings: Settings) -> None:
    from core.types import Options
    from piying.generate import Wish, run_generate

    negative = _readable(asked.negative) if asked.negative else None
    options = Options(recipe=asked.recipe, negative_prompt=negative, guidance_scale=asked.guidance)
    wish = Wish(options, asked.image, asked.last_image, asked.declare)
    prompts = [_readable(prompt) for prompt in asked.prompts]
    run_generate(settings, prompts, wish, asked.output, as_json=asked.json, umask=asked.umask)


def _again(asked: argparse.Namespace, settings: Settings) -> None:
    from piying.generate import run_again

    run_again(settings, asked.code, asked.output, declares=asked.declare, as_json=asked.json, umask=asked.umask)


def _readable(argument: str) -> str:
    """What the shell passed, which may be no UTF-8."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _models(asked: argparse.Namespace, settings: Settings) -> None:
    from piying import models

    if asked.action == "list":
        models.list_models(settings)
    elif asked.action == "show":
        models.show_model(settings, asked.key)
    elif asked.action == "pull":
        models.pull_model(settings, asked.key, asked.folder)
    else:
        sys.exit(0 if models.check_models(settings, asked.key, deep=asked.deep) else 1)


def _account(asked: argparse.Namespace, settings: Settings) -> None:
    import time

    from piying import operator, rights

    changes = {
        "grant": lambda tx: tx.ledger.grant(asked.account, asked.credits, now=time.time(), note=asked.note),
        "block": lambda tx: tx.ledger.set_blocked(asked.account, blocked=True),
        "unblock": lambda tx: tx.ledger.set_blocked(asked.account, blocked=False),
        "tier": lambda tx: tx.ledger.set_tier(asked.account, asked.tier),
    }
    if asked.action == "export":
        rights.export_account(settings, asked.account, asked.output)
    elif asked.action == "forget":
        rights.forget_account(settings, asked.account, is_sure=asked.yes)
    elif asked.action == "limit":
        limits = {name: getattr(asked, name) for name in ("clips_a_day", "seconds_a_day", "waiting")}
        operator.limit_account(settings, asked.account, limits, clear=asked.none)
    elif asked.action == "list":
        operator.list_accounts(settings)
    elif asked.action == "show":
        operator.show_account(settings, asked.account)
    else:
        operator.change_account(settings, asked.account, changes[asked.action])


def _reports(asked: argparse.Namespace, settings: Settings) -> None:
    from piying import rights

    if asked.action == "list":
        rights.list_reports(settings, decided=asked.decided)
    elif asked.action == "show":
        rights.show_report(settings, asked.report)
    elif asked.action == "add":
        rights.add_report(settings, asked.code, asked.reason, _readable(asked.text))
    elif asked.action == "uphold":
        rights.uphold_report(settings, asked.report, _readable(asked.outcome))
    else:
        rights.reject_report(settings, asked.report, _readable(asked.outcome))


def _payments(asked: argparse.Namespace, settings: Settings) -> None:
    from piying import payments

    if asked.action == "refund":
        payments.refund(settings, asked.platform, _readable(asked.payment))
    else:
        payments.list_payments(settings, refunding=asked.refunding)


def _costs(asked: argparse.Namespace, settings: Settings) -> None:
    from piying import costs

    show = costs.list_costs if asked.list else costs.show_costs
    show(settings, days=asked.days, as_json=asked.json)


def _keys(asked: argparse.Namespace, settings: Settings) -> None:
    from piying import keys

    if asked.action == "create":
        keys.create_key(settings, _readable(asked.name), asked.credits)
    elif asked.action == "revoke":
        keys.revoke_key(settings, asked.key)
    elif asked.action == "init":
        keys.init_signing(settings)
    else:
        keys.list_keys(settings)


def _verify(asked: argparse.Namespace, settings: Settings) -> None:
    from piying.verify import verify_file

    sys.exit(0 if verify_file(settings, asked.file, as_json=asked.json) else 1)


def parse_prompts(prompts: Sequence[str]) -> None:
    """``piying parse``: needs no settings and no database."""
    from core.engines.scene.describe import to_json
    from core.engines.scene.parser import parse
    from translation.normalise import normalise
    from translation.options import read_options

    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    for line in map(_readable, prompts) if prompts else sys.stdin:
        prompt = line.rstrip("\r\n")
        # The engine is given a prompt without its options: "square" asks for a shape, not for a thing.
        words, _ = read_options(normalise(prompt))
        print(json.dumps(to_json(prompt, parse(words)), ensure_ascii=False), flush=True)


SERVERS = frozenset({"run", "serve", "bot", "worker"})
"""Those that run until they are told to stop."""
COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], None]] = {
    "run": _serve_all,
    "serve": _serve_api,
    "bot": _serve_bot,
    "worker": _serve_worker,
    "migrate": _migrate,
    "doctor": _doctor,
    "translate": _translate,
    "moderate": _moderate,
    "policy": _policy,
    "appeals": _appeals,
    "agreements": _agreements,
    "bench": _bench,
    "generate": _generate,
    "again": _again,
    "models": _models,
    "account": _account,
    "reports": _reports,
    "payments": _payments,
    "costs": _costs,
    "keys": _keys,
    "verify": _verify,
}
"""By name; all but ``parse``."""
