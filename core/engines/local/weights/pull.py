"""Turns published files into a model's folder: fetched, checked, saved in bfloat16, recorded, then put in place."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.catalogue.cards import ModelCard
from core.catalogue.local import PREVIEW, LocalCard
from core.engines.local.weights import choice
from core.engines.local.weights.errors import WeightsError
from core.engines.local.weights.manifest import FileFacts, Manifest, read_manifest, sha256, write_manifest
from core.engines.local.weights.plan import EXTRAS, Find, Item, Plan, from_hub, how_saved, kept_by, make_plan, plan_of
from core.engines.local.weights.precision import PUBLISHED, tensor_bytes, to_bfloat16
from core.engines.local.weights.repositories import FolderRepository, check
from core.engines.local.weights.whole import doubt_of_size

INCOMING = ".incoming"
_CONVERTED_FAMILY = "animatediff"
_GB = 1e9

Report = Callable[[str], None]
Free = Callable[[Path], int]


def free_bytes(folder: Path) -> int:
    """What is free on the disk where ``folder`` is or will be."""
    return shutil.disk_usage(next(parent for parent in (folder, *folder.parents) if parent.exists())).free


def pull(
    card: ModelCard, shelf: Path, find: Find | None = None, *, report: Report, free: Free = free_bytes
) -> Manifest:
    """Put a model into ``shelf``; without ``find`` from the hub that its card names.

    A pull that was killed goes on with the file it was at. The model there before stays until all of the new one is.

    Raises:
        WeightsError: something is missing or not as it should be, or the disk has no room for it.
        OSError: the folder cannot be written.
    """
    assert card.local is not None
    incoming = shelf / INCOMING / card.key
    incoming.mkdir(parents=True, exist_ok=True)
    with _alone(shelf / INCOMING / f"{card.key}.lock", card.key):
        plan = make_plan(card.local, find or from_hub(incoming / "published"))
        for line in plan.lacks:
            report(line)
        work = _Pull(card.key, shelf, incoming / "model", report)
        work.folder.mkdir(exist_ok=True)
        _check_room(work.missing(plan), card.local, incoming, free)
        if doubt := doubt_of_size(card.local, sum(item.published.size for item in plan.items)):
            report(doubt)
        if card.local.family == _CONVERTED_FAMILY:
            plan = _converted(plan, incoming, report)
        manifest = work.store(plan)
        _put_in_place(work.folder, shelf / card.key)
        shutil.rmtree(incoming)
    return manifest


@dataclass
class _Pull:
    key: str
    shelf: Path
    folder: Path
    report: Report
    _twins: dict[tuple[str, str], tuple[Path, FileFacts]] = field(default_factory=dict)

    def missing(self, plan: Plan) -> list[Item]:
        """What was not stored by an earlier attempt, nor is part of another model."""
        done = self._done()
        self._twins = dict(_twins(self.shelf))
        known = {published for published, _ in self._twins}
        return [item for item in plan.items if not _is_done(item, done) and item.published.sha256 not in known]

    def store(self, plan: Plan) -> Manifest:
        """All of it, with the manifest written after each file."""
        done, files = self._done(), {}
        for number, item in enumerate(plan.items, 1):
            if not _is_done(item, done):
                self.report(f"[{number}/{len(plan.items)}] {item.target}")
            files[item.target] = done[item.target] if _is_done(item, done) else self._store(item, plan)
            write_manifest(self.folder, Manifest(model=self.key, files={**done, **files}))
        for name in done.keys() - files.keys():
            (self.folder / name).unlink()
        manifest = Manifest(model=self.key, origins=plan.origins, files=files)
        write_manifest(self.folder, manifest)
        return manifest

    def _done(self) -> Mapping[str, FileFacts]:
        manifest = read_manifest(self.folder)
        stored = manifest.files if manifest else {}
        return {
            name: facts
            for name, facts in stored.items()
            if (self.folder / name).is_file() and (self.folder / name).stat().st_size == facts.size
        }

    def _store(self, item: Item, plan: Plan) -> FileFacts:
        target = self.folder / item.target
        target.parent.mkdir(parents=True, exist_ok=True)
        saved_as = how_saved(item, self.folder)
        if facts := self._linked(item.published.sha256, saved_as, target):
            return facts
        path = item.repository.fetch(item.published.name)
        try:
            published = check(item.published, path)
        except WeightsError:
            item.repository.release(item.published.name)
            raise
        facts = self._stored(item, published, saved_as) or self._linked(published, saved_as, target)
        if facts is None:
            self._save(item, path, target, saved_as, plan)
            facts = FileFacts(sha256=sha256(target), size=target.stat().st_size, published=published, saved_as=saved_as)
        item.repository.release(item.published.name)
        return facts

    def _stored(self, item: Item, published: str, saved_as: str) -> FileFacts | None:
        """What an earlier attempt made of the same weights; indexes and settings are made anew."""
        facts = self._done().get(item.target) if item.target.endswith(choice.WEIGHTS) else None
        return facts if facts and (facts.published, facts.saved_as) == (published, saved_as) else None

    def _linked(self, published: str, saved_as: str, target: Path) -> FileFacts | None:
        """The same file of a model that is here, if it is sound: umT5 is in every Wan, and lies on the disk once."""
        twin, facts = self._twins.get((published, saved_as), (target, None))
        if facts is None or not twin.is_file() or sha256(twin) != facts.sha256:
            return None
        target.unlink(missing_ok=True)
        try:
            os.link(twin, target)
        except OSError:
            # Some file systems know no links: then it lies there twice.
            shutil.copyfile(twin, target)
        return facts

    def _save(self, item: Item, path: Path, target: Path, saved_as: str, plan: Plan) -> None:
        if item.target in {choice.INDEX, choice.MODULAR_INDEX}:
            index = choice.parse(item.target, path.read_bytes())
            shown = choice.without(index, plan.leave_out, modular=item.target == choice.MODULAR_INDEX)
            _write(target, json.dumps(shown, indent=2) + "\n")
        elif item.target.endswith(choice.WEIGHTS_INDEX):
            _write(target, _resized(choice.parse(item.target, path.read_bytes()), target.parent))
        elif saved_as == PUBLISHED:
            if item.target.endswith(choice.WEIGHTS):
                tensor_bytes(path)
            shutil.copyfile(path, target.with_name(f"{target.name}.part"))
            target.with_name(f"{target.name}.part").replace(target)
        else:
            to_bfloat16(path, target, kept_by(saved_as))


def _write(target: Path, text: str) -> None:
    part = target.with_name(f"{target.name}.part")
    part.write_text(text, "utf-8")
    part.replace(target)


def _resized(index: dict[str, object], folder: Path) -> str:
    """The index with the size that its shards have now."""
    total = sum(tensor_bytes(folder / shard) for shard in choice.shards_of(index))
    metadata = index.get("metadata")
    known = metadata if isinstance(metadata, dict) else {}
    return json.dumps({**index, "metadata": {**known, "total_size": total}}, indent=2) + "\n"


def _is_done(item: Item, done: Mapping[str, FileFacts]) -> bool:
    """Files whose content the repository does not tell are done again."""
    return item.target in done and bool(item.published.sha256) and done[item.target].published == item.published.sha256


def _twins(shelf: Path) -> Iterator[tuple[tuple[str, str], tuple[Path, FileFacts]]]:
    """The weights of all models here; those of the model that is pulled again are half of the work."""
    for folder in sorted(path for path in shelf.iterdir() if path.is_dir() and path.name != INCOMING):
        manifest = read_manifest(folder)
        for name, facts in (manifest.files if manifest else {}).items():
            if name.endswith(choice.WEIGHTS):
                yield (facts.published, facts.saved_as), (folder / name, facts)


def _check_room(missing: list[Item], card: LocalCard, incoming: Path, free: Free) -> None:
    """One file at a time is there both as published and as saved; the rest only as saved."""
    sizes = [item.published.size for item in missing]
    saved = min(sum(sizes), int(card.disk_gb * _GB))
    needed = saved + (sum(sizes) if card.family == _CONVERTED_FAMILY else max(sizes, default=0))
    there = free(incoming)
    if needed > there:
        raise WeightsError(
            f"the disk of {incoming.parent.parent} has {there / _GB:.1f} GB free, and this takes {needed / _GB:.1f}: "
            "free some space, or set PIYING_LOCAL__MODELS_FOLDER"
        )


def _converted(plan: Plan, incoming: Path, report: Report) -> Plan:
    """A model that is made of two: all is fetched, and the family's ``convert`` makes one of it."""
    from core.engines.local.families.animatediff import convert

    raw, made = incoming / "raw", incoming / "made"
    kept = tuple(item for item in plan.items if item.target == f"{EXTRAS}/{PREVIEW}{choice.WEIGHTS}")
    parts = [item for item in plan.items if item not in kept]
    paths = {item.target: raw / item.target for item in parts}
    for number, item in enumerate(parts, 1):
        report(f"[{number}/{len(parts)}] {item.target}")
        _fetch_raw(item, paths[item.target], plan)
    shutil.rmtree(made, ignore_errors=True)
    report("making one model of them")
    extras = {path.stem: path for name, path in paths.items() if name.startswith(f"{EXTRAS}/")}
    convert(raw, extras, made)
    return Plan((*plan_of(FolderRepository(made)).items, *kept), plan.origins)


def _fetch_raw(item: Item, target: Path, plan: Plan) -> None:
    path = item.repository.fetch(item.published.name)
    check(item.published, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    if item.target == choice.INDEX:
        _write(
            target,
            json.dumps(choice.without(choice.parse(item.target, path.read_bytes()), plan.leave_out, modular=False)),
        )
    else:
        target.unlink(missing_ok=True)
        try:
            os.link(path, target)
        except OSError:
            shutil.copyfile(path, target)


def _put_in_place(made: Path, target: Path) -> None:
    """The new one takes the old one's name; at no time is there half a model."""
    old = made.with_name("old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    made.rename(target)


@contextmanager
def _alone(path: Path, key: str) -> Iterator[None]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WeightsError(f"{key} is being pulled by another process") from error
        yield
