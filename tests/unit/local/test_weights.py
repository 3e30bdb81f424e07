"""Weights: what is taken of a repository, how it is saved, and that half a model is never in place."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants
from safetensors import safe_open
from safetensors.torch import load_file, save, save_file

from core.catalogue.cards import ModelCard
from core.catalogue.load import load_models
from core.engines.local.weights import pull as pulling
from core.engines.local.weights.choice import choose
from core.engines.local.weights.errors import WeightsError
from core.engines.local.weights.manifest import faults, read_manifest, safe_name, sha256, weights_hash
from core.engines.local.weights.plan import from_folder
from core.engines.local.weights.precision import to_bfloat16
from core.engines.local.weights.pull import INCOMING, pull
from core.engines.local.weights.whole import strangeness
from tests.hub import COMMIT, Hub, serve

REPO, LORA = "someone/tiny", "someone/loras"
MINIMAL = b'{"_class_name": "X", "text_encoder": ["transformers", "X"]}'
CARD = next(model.card for model in load_models() if model.card.key == "wan2.1-14b")


def card(
    key: str = "tiny", *, extras: bool = True, leave_out: tuple[str, ...] = (), file: str = "four.safetensors"
) -> ModelCard:
    assert CARD.local
    source = CARD.local.source.model_copy(update={"repo": REPO, "leave_out": leave_out})
    lora = CARD.local.extras["lightx2v"].model_copy(update={"repo": LORA, "file": file})
    local = CARD.local.model_copy(update={"source": source, "extras": {"four": lora} if extras else {}})
    return CARD.model_copy(update={"key": key, "local": local})


def tensors(seed: int, count: int = 2) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {f"block{number}.weight": torch.randn(16, 8, generator=generator) for number in range(count)}


def files(text: int = 1, *, with_index: bool = True) -> dict[str, bytes]:
    """A tiny model in diffusers' layout: a sharded transformer, a VAE, a text encoder, a tokenizer, a scheduler."""
    index = {"_class_name": "WanPipeline", "_diffusers_version": "0.42.1", "image_encoder": [None, None]}
    for name in ("transformer", "vae", "text_encoder", "tokenizer", "scheduler"):
        index[name] = ["diffusers", name.title()]
    one, two = tensors(2), {name.replace("block", "late"): value for name, value in tensors(3).items()}
    one |= {"steps": torch.arange(5), "flag": torch.ones((), dtype=torch.bool), "scalar": torch.tensor(2.5)}
    shards = {"a-00001-of-00002.safetensors": one, "a-00002-of-00002.safetensors": two}
    where = {name: shard for shard, part in shards.items() for name in part}
    content = {
        "transformer/config.json": b"{}",
        "transformer/a.safetensors.index.json": json.dumps(
            {"metadata": {"total_size": 1}, "weight_map": where}
        ).encode(),
        **{f"transformer/{name}": save(part, {"format": "pt"}) for name, part in shards.items()},
        "vae/config.json": b"{}",
        "vae/diffusion_pytorch_model.safetensors": save(tensors(4)),
        "text_encoder/config.json": b"{}",
        "text_encoder/model.safetensors": save(tensors(text)),
        "text_encoder/model.fp16.safetensors": save({"x": torch.zeros(900)}),
        "text_encoder/pytorch_model.bin": b"pickle" * 100,
        "tokenizer/tokenizer.json": b"{}",
        "scheduler/scheduler_config.json": b"{}",
        "README.md": b"read me",
        "whole.safetensors": b"not needed" * 100,
    }
    return content | ({"model_index.json": json.dumps(index).encode()} if with_index else {})


def lay(folder: Path, content: dict[str, bytes]) -> Path:
    for name, text in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text)
    return folder


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    return lay(tmp_path / "brought", {**files(), "extras/four.safetensors": save(tensors(9))})


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    hub = Hub({REPO: files(), LORA: {"four.safetensors": save(tensors(9)), "other.safetensors": b"x" * 999}})
    with serve(hub):
        # What HF_ENDPOINT sets when the library is imported.
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", hub.url + "/{repo_id}/resolve/{revision}/{filename}"
        )
        yield hub
    assert not hub.wrong


def silent(_text: str) -> None:
    """Say nothing."""


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


# Precision


def test_wide_numbers_become_bfloat16_and_others_stay(tmp_path: Path) -> None:
    whole = {
        "wide": torch.randn(33, 7),
        "half": torch.randn(5).half(),
        "double": torch.randn(3).double(),
        "brain": torch.randn(4).bfloat16(),
        "count": torch.arange(2**40, 2**40 + 3),
        "bits": torch.tensor([True, False]),
        "eight": torch.randn(8).to(torch.float8_e4m3fn),
        "none": torch.zeros(0, 4),
        "scalar": torch.tensor(1.2345),
    }
    save_file(whole, tmp_path / "in.safetensors", {"format": "pt", "note": "é"})
    to_bfloat16(tmp_path / "in.safetensors", tmp_path / "out.safetensors")
    out = load_file(tmp_path / "out.safetensors")
    for name in ("wide", "half", "double", "scalar", "none"):
        assert out[name].dtype is torch.bfloat16
        assert torch.equal(out[name], whole[name].to(torch.bfloat16))
    for name in ("brain", "count", "bits"):
        assert out[name].dtype is whole[name].dtype
        assert torch.equal(out[name], whole[name])
    assert torch.equal(out["eight"].view(torch.uint8), whole["eight"].view(torch.uint8))
    with safe_open(tmp_path / "out.safetensors", "pt") as opened:
        assert opened.metadata() == {"format": "pt", "note": "é"}
    assert (tmp_path / "out.safetensors").read_bytes()[:8] != b"\0" * 8


def test_modules_that_want_float32_keep_it(tmp_path: Path) -> None:
    save_file({"time_embedder.linear.weight": torch.ones(2), "to_q.weight": torch.ones(2)}, tmp_path / "in")
    to_bfloat16(tmp_path / "in", tmp_path / "out", ("time_embedder",))
    out = load_file(tmp_path / "out")
    assert out["time_embedder.linear.weight"].dtype is torch.float32
    assert out["to_q.weight"].dtype is torch.bfloat16


def test_large_tensors_are_saved_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {"big": torch.randn(1000, 3, 2), "small": torch.randn(3)}
    save_file(whole, tmp_path / "in")
    monkeypatch.setattr("core.engines.local.weights.precision._PIECE", 100)
    to_bfloat16(tmp_path / "in", tmp_path / "out")
    assert torch.equal(load_file(tmp_path / "out")["big"], whole["big"].bfloat16())


def test_what_holds_no_safetensors_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"\x80\x04 a pickle" * 50)
    with pytest.raises(WeightsError, match="damaged"):
        to_bfloat16(tmp_path / "in", tmp_path / "out")
    assert not (tmp_path / "out").exists()


# Choice


def test_only_what_the_components_need_is_taken(brought: Path, shelf: Path) -> None:
    pull(card(), shelf, from_folder(brought), report=silent)
    assert names(shelf / "tiny") == {
        "manifest.json",
        "model_index.json",
        "transformer/config.json",
        "transformer/a-00001-of-00002.safetensors",
        "transformer/a-00002-of-00002.safetensors",
        "transformer/a.safetensors.index.json",
        "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors",
        "text_encoder/config.json",
        "text_encoder/model.safetensors",
        "tokenizer/tokenizer.json",
        "scheduler/scheduler_config.json",
        "extras/four.safetensors",
    }
    assert not (shelf / INCOMING / "tiny").exists()


def test_a_component_left_out_is_neither_taken_nor_listed(brought: Path, shelf: Path) -> None:
    pull(card(leave_out=("text_encoder",)), shelf, from_folder(brought), report=silent)
    assert not (shelf / "tiny" / "text_encoder").exists()
    assert json.loads((shelf / "tiny" / "model_index.json").read_text())["text_encoder"] == [None, None]


def test_pickles_alone_are_refused(brought: Path, shelf: Path) -> None:
    (brought / "text_encoder" / "model.safetensors").unlink()
    with pytest.raises(WeightsError, match="pickles"):
        pull(card(), shelf, from_folder(brought), report=silent)


@pytest.mark.parametrize("name", ["extras/four", "sub/lora", "extras/sub/lora", "extras/lora", "lora"])
def test_an_extra_may_keep_its_published_name(brought: Path, shelf: Path, name: str) -> None:
    (brought / "extras" / "four.safetensors").unlink()
    lay(brought, {f"{name}.safetensors": save(tensors(9))})
    pull(card(file="sub/lora.safetensors"), shelf, from_folder(brought), report=silent)
    assert (shelf / "tiny" / "extras" / "four.safetensors").read_bytes() == save(tensors(9))


def test_a_missing_extra_is_told_with_its_folder_and_what_it_may_be_called(brought: Path, shelf: Path) -> None:
    (brought / "extras" / "four.safetensors").rename(brought / "extras" / "five.safetensors")
    with pytest.raises(WeightsError) as raised:
        pull(card(file="sub/lora.safetensors"), shelf, from_folder(brought), report=silent)
    told = str(raised.value)
    assert told.startswith(f"the extra four is missing: {brought} has no sub/lora.safetensors, nor ")
    assert "extras/four.safetensors" in told
    assert "extras/lora.safetensors" in told


@pytest.mark.parametrize("name", ["extras/four.bin", "four.pt"])
def test_an_extra_that_is_a_pickle_is_refused(brought: Path, shelf: Path, name: str) -> None:
    made = card()
    assert made.local
    lora = made.local.extras["four"].model_copy(update={"file": name})
    pickled = made.model_copy(update={"local": made.local.model_copy(update={"extras": {"four": lora}})})
    (brought / "extras" / "four.safetensors").unlink()
    lay(brought, {name: b"pickle"})
    with pytest.raises(WeightsError, match="not taken"):
        pull(pickled, shelf, from_folder(brought), report=silent)


def test_a_folder_without_a_model_says_so(tmp_path: Path, shelf: Path) -> None:
    for folder, told in (
        (lay(tmp_path / "b", files(with_index=False)), "there is no model_index.json"),
        (tmp_path / "none", "is no folder"),
    ):
        with pytest.raises(WeightsError, match="diffusers' layout") as raised:
            pull(card(), shelf, from_folder(folder), report=silent)
        assert str(folder) in str(raised.value)
        assert told in str(raised.value)


def _index(folder: Path, **changes: object) -> None:
    path = folder / "model_index.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")


def test_an_index_that_names_nothing_is_no_model(tmp_path: Path, shelf: Path) -> None:
    folder = lay(tmp_path / "empty", {"model_index.json": b'{"_class_name": "WanPipeline"}'})
    with pytest.raises(
        WeightsError, match="names no text_encoder, nor transformer or transformer_2, nor vae"
    ) as raised:
        pull(card(extras=False), shelf, from_folder(folder), report=silent)
    assert str(folder) in str(raised.value)
    assert not (shelf / "tiny").exists()


@pytest.mark.parametrize("name", ["text_encoder", "transformer", "vae"])
def test_a_module_without_weights_is_named(brought: Path, shelf: Path, name: str) -> None:
    for path in (brought / name).iterdir():
        if path.name != "config.json":
            path.unlink()
    with pytest.raises(WeightsError, match=f"no safetensors of {name}$"):
        pull(card(), shelf, from_folder(brought), report=silent)
    assert not (shelf / "tiny").exists()


def test_a_hub_cannot_leave_out_weights_either(hub: Hub, shelf: Path) -> None:
    del hub.repos[REPO]["vae/diffusion_pytorch_model.safetensors"]
    with pytest.raises(WeightsError, match="no safetensors of vae"):
        pull(card(), shelf, report=silent)


@pytest.mark.parametrize("name", ["WanImageToVideoPipeline", "StableDiffusionPipeline", "", None])
def test_a_folder_of_another_pipeline_is_refused(brought: Path, shelf: Path, name: str | None) -> None:
    _index(brought, _class_name=name)
    with pytest.raises(WeightsError, match="the card's model of WanPipeline") as raised:
        pull(card(), shelf, from_folder(brought), report=silent)
    assert (name or "no pipeline") in str(raised.value)


@pytest.mark.parametrize(
    ("key", "names", "others"),
    [
        ("wan2.2-ti2v-5b", ["WanPipeline", "WanImageToVideoPipeline"], ["LTXPipeline"]),
        ("ltx-video-0.9.5", ["LTXPipeline", "LTXConditionPipeline"], ["LTX2Pipeline"]),
        ("animatediff-lightning", ["StableDiffusionPipeline"], ["AnimateDiffPipeline"]),
        ("minimax-h3", ["MiniMaxH3ModularPipeline"], ["WanPipeline"]),
    ],
)
def test_an_index_names_a_pipeline_that_the_card_can_be_made_of(key: str, names: list[str], others: list[str]) -> None:
    local = next(model.card.local for model in load_models() if model.card.key == key)
    assert local
    told = {name: strangeness(local, {"_class_name": name}) for name in names + others}
    assert [name for name, text in told.items() if "the card's model of" in text] == others


def test_far_less_than_the_card_says_is_told_and_taken(brought: Path, shelf: Path) -> None:
    told: list[str] = []
    pull(card(), shelf, from_folder(brought), report=told.append)
    assert len([line for line in told if "is this the whole model?" in line]) == 1
    made = card()
    assert made.local
    small = made.model_copy(update={"local": made.local.model_copy(update={"disk_gb": 1e-5})})
    told.clear()
    pull(small, shelf, from_folder(brought), report=told.append)
    assert not [line for line in told if "whole model" in line]


def test_a_missing_component_or_shard_is_named(brought: Path, shelf: Path) -> None:
    (brought / "transformer" / "a-00002-of-00002.safetensors").unlink()
    with pytest.raises(WeightsError, match="a-00002"):
        pull(card(), shelf, from_folder(brought), report=silent)
    shutil.rmtree(brought / "transformer")
    with pytest.raises(WeightsError, match="component transformer"):
        pull(card(), shelf, from_folder(brought), report=silent)


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "a/../../x", "a//b", "./a", "a\\b", "", ".hidden", "a/.git/x", "a\0b"]
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(WeightsError):
        safe_name(name)


@pytest.mark.parametrize("shard", ["../../evil.safetensors", "/tmp/evil.safetensors", "sub/x.safetensors", "evil.bin"])
def test_an_index_cannot_lead_out_of_its_folder(brought: Path, shelf: Path, shard: str) -> None:
    index = brought / "transformer" / "a.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"x": shard}}))
    lay(brought.parent, {"evil.safetensors": save(tensors(1))})
    with pytest.raises(WeightsError):
        pull(card(), shelf, from_folder(brought), report=silent)
    assert not (shelf / "tiny").exists()


@pytest.mark.parametrize("component", ["../other", "/etc", "a/b", ".."])
def test_an_index_cannot_name_a_component_elsewhere(component: str) -> None:
    index = json.dumps({component: ["diffusers", "X"]}).encode()
    with pytest.raises(WeightsError):
        choose(["model_index.json", f"{component}/x.json"], lambda _name: index, ())


def test_a_manifest_cannot_name_files_elsewhere(brought: Path, shelf: Path) -> None:
    pull(card(), shelf, from_folder(brought), report=silent)
    path = shelf / "tiny" / "manifest.json"
    content = json.loads(path.read_text())
    content["files"]["../../secret"] = content["files"]["model_index.json"]
    path.write_text(json.dumps(content))
    with pytest.raises(WeightsError, match="damaged"):
        read_manifest(shelf / "tiny")


# What is stored


def test_a_model_is_saved_in_bfloat16_but_for_its_vae_and_loras(brought: Path, shelf: Path) -> None:
    pull(card(), shelf, from_folder(brought), report=silent)
    model = shelf / "tiny"
    first = load_file(model / "transformer" / "a-00001-of-00002.safetensors")
    assert first["block0.weight"].dtype is torch.bfloat16
    assert torch.equal(first["block0.weight"], tensors(2)["block0.weight"].bfloat16())
    assert torch.equal(first["steps"], torch.arange(5))
    assert load_file(model / "text_encoder" / "model.safetensors")["block0.weight"].dtype is torch.bfloat16
    assert torch.equal(
        load_file(model / "vae" / "diffusion_pytorch_model.safetensors")["block0.weight"],
        tensors(4)["block0.weight"],
    )
    assert (model / "extras" / "four.safetensors").read_bytes() == save(tensors(9))


def test_the_index_of_shards_is_right_again(brought: Path, shelf: Path) -> None:
    pull(card(), shelf, from_folder(brought), report=silent)
    folder = shelf / "tiny" / "transformer"
    index = json.loads((folder / "a.safetensors.index.json").read_text())
    everything = {name: load_file(folder / shard)[name] for name, shard in index["weight_map"].items()}
    assert index["metadata"]["total_size"] == sum(value.nbytes for value in everything.values())
    assert set(everything) == {name for shard in folder.glob("*.safetensors") for name in load_file(shard)}


def test_the_manifest_holds_every_file_and_a_hash_of_all(brought: Path, shelf: Path) -> None:
    manifest = pull(card(), shelf, from_folder(brought), report=silent)
    folder = shelf / "tiny"
    assert set(manifest.files) == names(folder) - {"manifest.json"}
    assert read_manifest(folder) == manifest
    assert weights_hash(folder) == manifest.weights == json.loads((folder / "manifest.json").read_text())["weights"]
    assert list(faults(folder, manifest, deep=True)) == []
    assert manifest.component_sizes()["transformer"] == sum(
        path.stat().st_size for path in (folder / "transformer").glob("*.safetensors")
    )


def test_the_hash_of_all_changes_with_any_weight(tmp_path: Path, brought: Path, shelf: Path) -> None:
    first = pull(card(), shelf, from_folder(brought), report=silent).weights
    assert pull(card(), tmp_path / "again", from_folder(brought), report=silent).weights == first
    (brought / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(save(tensors(44)))
    assert pull(card(), shelf, from_folder(brought), report=silent).weights != first


def test_faults_are_told(brought: Path, shelf: Path) -> None:
    manifest = pull(card(), shelf, from_folder(brought), report=silent)
    folder = shelf / "tiny"
    path = folder / "text_encoder" / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    (folder / "vae" / "config.json").unlink()
    with (folder / "model_index.json").open("a") as file:
        file.write(" ")
    assert sorted(fault.split()[0] for fault in faults(folder, manifest)) == ["model_index.json", "vae/config.json"]
    assert "text_encoder/model.safetensors is not what was pulled" in set(faults(folder, manifest, deep=True))


def test_a_folder_brought_is_left_as_it_is(brought: Path, shelf: Path) -> None:
    before = {name: sha256(brought / name) for name in names(brought)}
    pull(card(), shelf, from_folder(brought), report=silent)
    assert {name: sha256(brought / name) for name in names(brought)} == before


def test_equal_weights_of_two_models_lie_on_the_disk_once(tmp_path: Path, shelf: Path) -> None:
    for key, seed in (("one", 1), ("two", 1), ("three", 5)):
        content = {**files(text=seed), "extras/four.safetensors": save(tensors(9))}
        pull(card(key), shelf, from_folder(lay(tmp_path / key, content)), report=silent)
    inode = {key: (shelf / key / "text_encoder" / "model.safetensors").stat().st_ino for key in ("one", "two", "three")}
    assert inode["one"] == inode["two"] != inode["three"]
    shutil.rmtree(shelf / "one")
    manifest = read_manifest(shelf / "two")
    assert manifest
    assert list(faults(shelf / "two", manifest, deep=True)) == []


def test_a_spoiled_twin_is_not_shared(tmp_path: Path, shelf: Path, brought: Path) -> None:
    pull(card("one"), shelf, from_folder(brought), report=silent)
    spoiled = shelf / "one" / "text_encoder" / "model.safetensors"
    spoiled.write_bytes(spoiled.read_bytes()[:-1] + b"\x7f")
    manifest = pull(card("two"), shelf, from_folder(brought), report=silent)
    assert list(faults(shelf / "two", manifest, deep=True)) == []
    assert not spoiled.samefile(shelf / "two" / "text_encoder" / "model.safetensors")


def test_a_full_disk_is_told_before(brought: Path, shelf: Path) -> None:
    told: list[str] = []
    with pytest.raises(WeightsError, match="GB free"):
        pull(card(), shelf, from_folder(brought), report=told.append, free=lambda _folder: 1000)
    assert told == []
    assert not (shelf / "tiny").exists()


def test_the_old_model_stays_until_all_of_the_new_one_is_there(brought: Path, shelf: Path) -> None:
    old = pull(card(), shelf, from_folder(brought), report=silent)
    (brought / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(b"broken" * 99)
    with pytest.raises(WeightsError, match="damaged"):
        pull(card(), shelf, from_folder(brought), report=silent)
    assert read_manifest(shelf / "tiny") == old
    assert list(faults(shelf / "tiny", old, deep=True)) == []


def test_a_second_pull_of_the_same_model_is_refused_meanwhile(brought: Path, shelf: Path) -> None:
    def meddle(_text: str) -> None:
        with pytest.raises(WeightsError, match="another process"):
            pull(card(), shelf, from_folder(brought), report=silent)

    pull(card(), shelf, from_folder(brought), report=meddle)


# From a hub


def test_a_model_comes_from_a_hub_at_one_commit(hub: Hub, shelf: Path) -> None:
    manifest = pull(card(), shelf, report=silent)
    assert {(origin.repo, origin.revision, origin.commit) for origin in manifest.origins} == {
        (REPO, "main", COMMIT),
        (LORA, "main", COMMIT),
    }
    assert list(faults(shelf / "tiny", manifest, deep=True)) == []
    sent = {name for name, _ in hub.sent}
    assert not sent & {"whole.safetensors", "other.safetensors", "text_encoder/pytorch_model.bin", "README.md"}
    assert hub.tokens == []


def test_hub_and_folder_give_the_same_weights(hub: Hub, brought: Path, shelf: Path, tmp_path: Path) -> None:
    assert (
        pull(card(), shelf, report=silent).weights
        == pull(card(), tmp_path / "other", from_folder(brought), report=silent).weights
    )


def test_a_download_that_is_cut_goes_on_where_it_was(hub: Hub, shelf: Path) -> None:
    name = "text_encoder/model.safetensors"
    # More than twice what the library writes at a time, 10 MB.
    whole = {"weight": torch.arange(6_000_000, dtype=torch.float32)}
    hub.repos[REPO] = {"model_index.json": MINIMAL, "text_encoder/config.json": b"{}", name: save(whole)}
    hub.cut = 1
    manifest = pull(card(extras=False), shelf, report=silent)
    assert list(faults(shelf / "tiny", manifest, deep=True)) == []
    starts = [start for sent, start in hub.sent if sent == name]
    assert len(starts) == 2
    assert starts[0] == 0 < starts[1]
    assert torch.equal(load_file(shelf / "tiny" / name)["weight"], whole["weight"].bfloat16())


def test_a_killed_pull_goes_on_with_the_file_it_was_at(hub: Hub, shelf: Path) -> None:
    class Killed(BaseException):
        pass

    def kill(text: str) -> None:
        if "a-00002" in text:
            raise Killed

    with pytest.raises(Killed):
        pull(card(), shelf, report=kill)
    assert not (shelf / "tiny").exists()
    before = list(hub.sent)
    assert "transformer/a-00001-of-00002.safetensors" in {name for name, _ in before}
    manifest = pull(card(), shelf, report=silent)
    assert list(faults(shelf / "tiny", manifest, deep=True)) == []
    assert "transformer/a-00001-of-00002.safetensors" not in {name for name, _ in hub.sent[len(before) :]}


def test_what_a_newer_commit_dropped_does_not_stay_behind(hub: Hub, shelf: Path) -> None:
    def kill(text: str) -> None:
        if "vae/diffusion" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pull(card(), shelf, report=kill)
    text = hub.repos[REPO].pop("text_encoder/model.safetensors")
    hub.repos[REPO]["text_encoder/renamed.safetensors"] = text
    pull(card(), shelf, report=silent)
    assert {path.name for path in (shelf / "tiny" / "text_encoder").iterdir()} == {"config.json", "renamed.safetensors"}


def test_shared_weights_are_not_downloaded_twice(hub: Hub, shelf: Path) -> None:
    pull(card("one"), shelf, report=silent)
    before = len(hub.sent)
    pull(card("two"), shelf, report=silent)
    assert not {name for name, _ in hub.sent[before:] if name.endswith(".safetensors")}
    one, two = (shelf / key / "text_encoder" / "model.safetensors" for key in ("one", "two"))
    assert one.samefile(two)


def test_a_second_pull_of_what_is_here_downloads_no_weights(hub: Hub, shelf: Path) -> None:
    first = pull(card(), shelf, report=silent)
    before = len(hub.sent)
    assert pull(card(), shelf, report=silent) == first
    assert not {name for name, _ in hub.sent[before:] if name.endswith(".safetensors")}
    assert list(faults(shelf / "tiny", first, deep=True)) == []


def test_a_file_that_is_not_what_the_hub_lists_is_refused(hub: Hub, shelf: Path) -> None:
    true = hub.repos[REPO]["text_encoder/model.safetensors"]
    hub.lies["text_encoder/model.safetensors"] = true[:-4] + b"evil"
    with pytest.raises(WeightsError, match="checksum"):
        pull(card(), shelf, report=silent)
    hub.lies.clear()
    manifest = pull(card(), shelf, report=silent)
    assert list(faults(shelf / "tiny", manifest, deep=True)) == []


def _gate(hub: Hub) -> None:
    hub.gated.add(REPO)


def _remove(hub: Hub) -> None:
    del hub.repos[REPO]


def _no_lora(hub: Hub) -> None:
    del hub.repos[LORA]["four.safetensors"]


@pytest.mark.parametrize(
    ("spoil", "told"), [(_gate, "conditions"), (_remove, "there is none"), (_no_lora, "extra four")]
)
def test_what_the_hub_refuses_is_told_with_a_remedy(
    hub: Hub, shelf: Path, spoil: Callable[[Hub], None], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    spoil(hub)
    with pytest.raises(WeightsError, match=told) as raised:
        pull(card(), shelf, report=silent)
    assert "hf_secret" not in str(raised.value)
    assert "Bearer hf_secret" in hub.tokens


def test_without_a_network_the_other_way_is_told(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", "http://someone:secret@127.0.0.1:9")
    with pytest.raises(WeightsError, match="--from FOLDER") as raised:
        pull(card(), shelf, report=silent)
    told = str(raised.value)
    assert "http://127.0.0.1:9 does not answer" in told
    assert "HF_ENDPOINT" in told
    assert "secret" not in told


def test_offline_means_offline(shelf: Path, monkeypatch: pytest.MonkeyPatch, hub: Hub) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(WeightsError, match="HF_HUB_OFFLINE"):
        pull(card(), shelf, report=silent)
    assert hub.sent == []


def test_room_is_asked_for_what_is_missing_alone(hub: Hub, shelf: Path) -> None:
    pull(card("one"), shelf, report=silent)
    needed = sum(len(content) for name, content in hub.repos[REPO].items() if name.endswith(".json"))
    pull(card("two"), shelf, report=silent, free=lambda _folder: 2 * needed)
    with pytest.raises(WeightsError, match="free"):
        pull(card("three"), shelf, report=silent, free=lambda _folder: 10)
    assert pulling.free_bytes(shelf / "not" / "there") > 0
