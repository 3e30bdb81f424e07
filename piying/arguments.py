"""Turns the words of the command line into what is asked for."""

from __future__ import annotations

import argparse
from importlib.metadata import version
from pathlib import Path

_MOST_DAYS = 3660
_DIGITS = 15
"""No database counts further than 18 of them, and sums must fit too."""


def make_parser() -> argparse.ArgumentParser:
    """All commands with their arguments."""
    parser = argparse.ArgumentParser(
        prog="piying", description="A text-to-video bot for chats, in Chinese and English."
    )
    parser.add_argument("--version", action="version", version=f"piying {version('piying')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("run", help="everything in one process: the chat page and a worker")
    serve = commands.add_parser("serve", help="the videos API (OpenAI's protocol /v1/videos), and a worker")
    what = serve.add_mutually_exclusive_group()
    what.add_argument(
        "--classes", nargs="+", metavar="CLASS", help="what its worker renders; else whatever needs no GPU"
    )
    what.add_argument("--bot-only", action="store_true", help="without a worker: others render")
    bot = commands.add_parser("bot", help="one chat, without a worker")
    bot.add_argument("name", choices=["console", "telegram", "discord"])
    worker = commands.add_parser("worker", help="render jobs of these classes")
    worker.add_argument(
        "--classes",
        nargs="+",
        metavar="CLASS",
        help="what it renders, of classes with a GPU one; else whatever needs no GPU",
    )
    commands.add_parser("migrate", help="bring the database to the present schema")
    _add_doctor(commands.add_parser("doctor", help="what is on, what is missing and how to get it"))
    parse = commands.add_parser("parse", help="prompts to JSON lines: what the scene engine understands")
    parse.add_argument("prompts", nargs="*", metavar="PROMPT", help="without any, each line of standard input is one")
    translate = commands.add_parser("translate", help="each line of standard input in another language, as JSON lines")
    translate.add_argument("--to", choices=["en", "zh"], required=True, help="the language to translate into")
    translate.add_argument("--translator", metavar="NAME", help="ask this one alone (piying doctor lists them)")
    _add_moderate(commands.add_parser("moderate", help="prompts as JSON lines (text) to verdicts as JSON lines"))
    _add_policy(commands.add_parser("policy", help="what becomes of prompts by what is found in them"))
    _add_appeals(commands.add_parser("appeals", help="appeals against refusals: see them, decide them"))
    agreements = commands.add_parser(
        "agreements",
        help="what users declared of people, pictures and brands, and clips without a label",
    )
    agreements.add_argument("--json", action="store_true", help="JSON lines, all there are, in place of a table")
    _add_bench(commands.add_parser("bench", help="measure what is built in on texts of yours"))
    generate = commands.add_parser("generate", help="prompts to files")
    generate.add_argument("prompts", nargs="+", metavar="PROMPT")
    generate.add_argument("-o", "--output", type=Path, required=True, help="a file (.mp4), or a folder")
    generate.add_argument("--recipe", metavar="KEY", help="a model and how well it does (piying doctor lists them)")
    generate.add_argument("--image", type=Path, metavar="FILE", help="a picture that the clips begin with")
    generate.add_argument("--last-image", type=Path, metavar="FILE", help="a picture that they end with")
    generate.add_argument("--negative", metavar="TEXT", help="what shall not be seen")
    generate.add_argument(
        "--declare",
        action="store_true",
        help="you may ask for the person, character or brand that is named, and use "
        "the pictures; the people in them agree",
    )
    generate.add_argument("--guidance", type=float, metavar="SCALE", help="how closely to follow the prompt, above 1")
    generate.add_argument("--json", action="store_true", help="a JSON line for each clip")
    again = commands.add_parser("again", help="a clip once more by its code; says whether the frames are identical")
    again.add_argument("code")
    again.add_argument("-o", "--output", type=Path, required=True, help="a file (.mp4), or a folder")
    again.add_argument("--declare", action="store_true", help="what its user declared, you declare as well")
    again.add_argument("--json", action="store_true", help="JSON lines: the clip, then the comparison")
    verify = commands.add_parser("verify", help="what a video says of its origin, and whether that can be believed")
    verify.add_argument("file", type=Path, metavar="FILE")
    verify.add_argument("--json", action="store_true", help="one JSON object")
    _add_models(commands.add_parser("models", help="open models: what there is, their weights, what they need"))
    _add_account(commands.add_parser("account", help="accounts and their credits"))
    _add_reports(commands.add_parser("reports", help="what people say is wrong with clips, and what becomes of them"))
    _add_payments(commands.add_parser("payments", help="what users paid for credits, and refunds"))
    _add_costs(commands.add_parser("costs", help="what vendors take for clips, and what is left of the day's budget"))
    _add_keys(commands.add_parser("keys", help="keys of the videos API, and those that clips are signed with"))
    return parser


def _add_doctor(doctor: argparse.ArgumentParser) -> None:
    doctor.add_argument("--live", action="store_true", help="ask each vendor whether it takes its keys; costs nothing")


def _add_moderate(moderate: argparse.ArgumentParser) -> None:
    moderate.add_argument(
        "--chat", choices=["private", "group", "channel"], default="private", help="where it is asked"
    )
    moderate.add_argument("--nsfw", action="store_true", help="in a place that is marked as for adults")


def _add_policy(policy: argparse.ArgumentParser) -> None:
    actions = policy.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser("check", help="whether a policy's file can be used, and what it makes of each category")
    check.add_argument("file", type=Path, metavar="FILE")
    actions.add_parser("past", help="print past decisions, as lines of the audit; no text is in them")
    past = actions.add_parser("replay", help="what a policy's file would have decided on past prompts")
    past.add_argument("file", type=Path, metavar="FILE")
    past.add_argument("past", type=Path, nargs="?", metavar="JSONL", help="lines of the audit; else standard input")


def _add_appeals(appeals: argparse.ArgumentParser) -> None:
    actions = appeals.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="those that wait for a decision")
    actions.add_parser("show", help="one of them, with the prompt").add_argument("appeal", metavar="ID")
    for action, text in (
        ("allow", "take the prompt from now on, whoever sends it"),
        ("deny", "let the refusal stand, for all who send the prompt"),
    ):
        decide = actions.add_parser(action, help=text)
        decide.add_argument("appeal", metavar="ID")
        decide.add_argument("--by", default="operator", metavar="NAME", help="who decides, for the record")


def _add_bench(bench: argparse.ArgumentParser) -> None:
    subjects = bench.add_subparsers(dest="subject", required=True, metavar="SUBJECT")
    translation = subjects.add_parser("translation", help="translators: quality, speed, memory; takes some minutes")
    translation.add_argument("--data", type=Path, metavar="FOLDER", help="the translated texts to measure on")
    translation.add_argument(
        "--translator", action="append", default=[], metavar="NAME", help="one that is set up, beside what is built in"
    )
    translation.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="SET=FILE",
        help="compare with another system's translations of a set (vbench2, youmind, tatoeba), line by line",
    )
    translation.add_argument("--write", type=Path, metavar="FOLDER", help="put texts and translations there, by set")
    translation.add_argument("--json", action="store_true", help="JSON lines in place of a table")
    safety = subjects.add_parser("safety", help="what judges prompts: recall, false alarms, disguises, speed")
    safety.add_argument("--data", type=Path, metavar="FOLDER", help="the judged texts to measure on")
    safety.add_argument("--json", action="store_true", help="JSON lines in place of a table")


def _add_models(models: argparse.ArgumentParser) -> None:
    actions = models.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="every model: used, pulled, granted here, and what it takes")
    actions.add_parser("show", help="all that is known of one, and its recipes").add_argument("key", metavar="KEY")
    pull = actions.add_parser("pull", help="bring its weights here; goes on where it was cut off")
    pull.add_argument("key", metavar="KEY")
    pull.add_argument("--from", dest="folder", type=Path, metavar="FOLDER", help="not from a hub: from this folder")
    check = actions.add_parser("check", help="whether what is enabled is ready, and how it fits the GPU")
    check.add_argument("key", nargs="?", metavar="KEY")
    check.add_argument("--deep", action="store_true", help="read every byte, not only sizes")


def _add_account(account: argparse.ArgumentParser) -> None:
    actions = account.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="the newest accounts")
    for action, text in (
        ("show", "one account"),
        ("block", "take nothing from it"),
        ("unblock", "take its jobs again"),
    ):
        actions.add_parser(action, help=text).add_argument("account")
    grant = actions.add_parser("grant", help="add credits; a negative number takes unspent ones")
    grant.add_argument("account")
    grant.add_argument("credits", type=int)
    grant.add_argument("--note", default="operator")
    export = actions.add_parser("export", help="all that is kept of it, as JSON")
    export.add_argument("account")
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help="not on standard output")
    forget = actions.add_parser("forget", help="erase it; what the ledger must keep stays without its name")
    forget.add_argument("account")
    forget.add_argument("--yes", action="store_true", help="without this nothing is done")
    limit = actions.add_parser("limit", help="figures of its own, in place of everybody's")
    limit.add_argument("account")
    for name in ("clips-a-day", "seconds-a-day", "waiting"):
        limit.add_argument(f"--{name}", type=_count, metavar="N")
    limit.add_argument("--none", action="store_true", help="forget the figures it has; others given here hold")
    tier = actions.add_parser("tier", help="its head start in the queue")
    tier.add_argument("account")
    tier.add_argument("tier", choices=["standard", "premium"])


def _add_reports(reports: argparse.ArgumentParser) -> None:
    actions = reports.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="those that wait for a decision, the overdue first")
    listing.add_argument("--decided", action="store_true", help="those decided, the last first")
    actions.add_parser("show", help="one report, and the clip it is about").add_argument("report", metavar="ID")
    add = actions.add_parser("add", help="take in what came by mail, say; 48 hours begin")
    add.add_argument("code", metavar="CODE")
    add.add_argument(
        "reason",
        metavar="REASON",
        help="minors, non-consent, likeness, copyright, sexual, hate, illegal or other",
    )
    add.add_argument("--text", default="", help="what was written")
    for action, text in (("uphold", "remove the clip, and tell its owner"), ("reject", "leave it")):
        decide = actions.add_parser(action, help=text)
        decide.add_argument("report", metavar="ID")
        decide.add_argument("--outcome", default="", metavar="TEXT", help="why: on record, and told to both sides")


def _add_payments(payments: argparse.ArgumentParser) -> None:
    actions = payments.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="the newest")
    listing.add_argument("--refunding", action="store_true", help="those whose money is still to be given back")
    refund = actions.add_parser("refund", help="take its unspent credits; the bot gives the money back at its start")
    refund.add_argument("platform", metavar="PLATFORM", help="which took the money: telegram")
    refund.add_argument("payment", metavar="PAYMENT", help="its id there, as list shows it")


def _add_costs(costs: argparse.ArgumentParser) -> None:
    costs.add_argument("--list", action="store_true", help="request by request, with the job and the vendor's task")
    costs.add_argument("--days", type=_days, metavar="N", help="of the last N days, today's the first")
    costs.add_argument("--json", action="store_true", help="JSON lines in place of a table; amounts in US dollars")


def _add_keys(keys: argparse.ArgumentParser) -> None:
    actions = keys.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="a key of the videos API with an account of its own; it is printed once")
    create.add_argument("name", help="for you, to tell keys apart")
    create.add_argument("--credits", type=_count, metavar="N", help="what its account begins with")
    actions.add_parser("init", help="make what clips are signed with, unless it is there: certificate, watermark's key")
    actions.add_parser("list", help="all keys of the videos API, without what opens the door")
    actions.add_parser("revoke", help="take a key out of force").add_argument("key", metavar="ID")


def _days(text: str) -> int:
    if not 1 <= (count := _count(text)) <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text} is no number of days from 1 to {_MOST_DAYS}")
    return count


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 0, of {_DIGITS} digits at most")
    return int(text)
