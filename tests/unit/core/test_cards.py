"""The cards of the open models: facts that can be checked without weights."""

import inspect
import itertools
import re
import tomllib
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.catalogue.cards import Model, ModelCard, length_of
from core.catalogue.catalogue import Catalogue
from core.catalogue.load import BadCard, NotGranted, enable, load_models
from core.catalogue.local import FAMILIES, LocalCard, LocalRecipe
from core.errors import Unsupported
from core.types import Options
from tests.needs import need

MODELS = {model.card.key: model for model in load_models()}
LOCAL = {key: model for key, model in MODELS.items() if model.card.local}
KEYS = {
    "wan2.1-1.3b",
    "wan2.1-14b",
    "wan2.1-i2v-14b-480p",
    "wan2.1-flf2v-14b-720p",
    "wan2.2-a14b",
    "wan2.2-i2v-a14b",
    "wan2.2-ti2v-5b",
    "hunyuanvideo",
    "hunyuanvideo-1.5-480p",
    "hunyuanvideo-1.5-i2v-480p",
    "cogvideox-2b",
    "cogvideox-5b",
    "cogvideox1.5-5b",
    "animatediff-lightning",
    "ltx-video-0.9.5",
    "ltx-2",
    "minimax-h3",
}
HUNYUAN = [key for key in LOCAL if key.startswith("hunyuan")]
FREE = [key for key, model in LOCAL.items() if not model.card.excluded_territories]
every_model = pytest.mark.parametrize("key", sorted(LOCAL))


def local(key: str) -> tuple[ModelCard, LocalCard, list[LocalRecipe]]:
    model = LOCAL[key]
    assert model.card.local
    return model.card, model.card.local, [recipe.local for recipe in model.recipes if recipe.local]


def test_every_model_of_the_issue_has_a_card() -> None:
    assert set(LOCAL) >= KEYS
    assert {model.card.local.family for model in LOCAL.values() if model.card.local} == set(FAMILIES)


def test_keys_are_unique_and_recipes_carry_their_models() -> None:
    keys = [recipe.key for model in MODELS.values() for recipe in model.recipes]
    assert len(keys) == len(set(keys))
    for key, model in LOCAL.items():
        assert {recipe.key.rsplit("-", 1)[0] for recipe in model.recipes} == {key}


@every_model
def test_a_card_says_what_an_operator_must_know(key: str) -> None:
    card, facts, _ = local(key)
    assert card.engine == "local"
    assert card.worker_class in {"gpu-24g", "gpu-80g"}
    assert card.licence_url.startswith("https://")
    assert set(card.prompt_languages) <= {"zh", "en"}
    assert facts.vram_gb.stated_by
    assert facts.vram_gb.offload <= facts.vram_gb.resident
    assert card.worker_class == "gpu-80g" or facts.vram_gb.offload <= 24
    assert 1 < facts.disk_gb < 200


@every_model
def test_sources_are_repositories_at_a_branch_or_commit(key: str) -> None:
    _, facts, _ = local(key)
    for source in (facts.source, *facts.extras.values()):
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", source.repo)
        assert source.revision == "main" or re.fullmatch(r"[0-9a-f]{40}", source.revision)
    assert not facts.source.file
    assert all(source.file.endswith(".safetensors") for source in facts.extras.values())


@every_model
def test_each_bucket_keeps_the_rules_of_frames_and_sizes(key: str) -> None:
    card, facts, _ = local(key)
    assert 1 <= len(card.num_frames) <= 2
    for frames, (resolution, ratio) in itertools.product(
        card.num_frames, itertools.product(card.resolutions, card.ratios)
    ):
        width, height = card.size(resolution, ratio)
        assert (frames - facts.frame_remainder) % facts.frame_multiple == 0
        assert width % facts.size_multiple == 0
        assert height % facts.size_multiple == 0
        assert {"16:9": width > height, "9:16": width < height, "1:1": width == height}[ratio]
        assert card.min_seconds <= length_of(frames, card.fps) <= card.max_seconds


@every_model
def test_a_spec_of_each_bucket_has_a_price_and_leads_back_to_its_options(key: str) -> None:
    catalogue = Catalogue((LOCAL[key],))
    card, _, _ = local(key)
    picture = None if "none" in card.pictures else "one"
    last = "two" if card.pictures == ("first-last",) else None
    for recipe in catalogue.recipes:
        for frames, resolution, ratio in itertools.product(card.num_frames, card.resolutions, card.ratios):
            seconds = length_of(frames, card.fps)
            options = Options(recipe=recipe, seconds=seconds, resolution=resolution, ratio=ratio)
            spec = catalogue.complete(options, "a cat", 7, image=picture, last_image=last)
            assert spec.num_frames == frames
            assert catalogue.price(spec) == seconds * catalogue.choose(recipe)[1].credits_per_second[resolution]
            again = catalogue.options_of(spec)
            assert (again.resolution, again.ratio, again.recipe) == (resolution, ratio, recipe)


@every_model
def test_drafts_are_cheaper_and_distilled_ones_take_few_steps_without_guidance(key: str) -> None:
    prices = {recipe.key.rsplit("-", 1)[1]: (recipe.credits_per_second, recipe.local) for recipe in LOCAL[key].recipes}
    if "draft" not in prices:
        return
    draft, steps = prices.pop("draft")
    assert steps is not None
    assert steps.num_inference_steps <= 8
    assert steps.guidance_scale == 1
    for others, _ in prices.values():
        assert all(draft[resolution] < others[resolution] for resolution in draft)


def test_two_experts_have_a_lora_each() -> None:
    for key in ("wan2.2-a14b", "wan2.2-i2v-a14b"):
        draft = next(recipe for recipe in LOCAL[key].recipes if recipe.key.endswith("-draft")).local
        assert draft
        assert [use.expert for use in draft.loras] == [1, 2]
        assert len({use.extra for use in draft.loras}) == 2


@pytest.mark.parametrize("key", HUNYUAN)
@pytest.mark.parametrize("territory", ["DE", "FR", "IE", "HR", "GB", "KR", "EU"])
def test_tencent_grants_nothing_in_the_eu_britain_and_korea(key: str, territory: str) -> None:
    with pytest.raises(NotGranted, match=key.replace(".", r"\.")):
        enable(MODELS.values(), [key], territory)


@pytest.mark.parametrize("territory", ["US", "DE", "GB", "KR"])
def test_minimax_grants_nothing_in_america_either(territory: str) -> None:
    with pytest.raises(NotGranted, match=territory):
        enable(MODELS.values(), ["minimax-h3"], territory)


@pytest.mark.parametrize("key", [*HUNYUAN, "minimax-h3"])
def test_a_restricted_model_needs_a_declared_territory(key: str) -> None:
    with pytest.raises(NotGranted, match="declare"):
        enable(MODELS.values(), [key])
    assert enable(MODELS.values(), [key], "CN").knows(key)


def test_america_may_use_hunyuan() -> None:
    assert enable(MODELS.values(), ["hunyuanvideo"], "US").knows("hunyuanvideo")


def test_what_is_free_everywhere_needs_no_declaration() -> None:
    catalogue = enable(MODELS.values(), FREE)
    assert {card.key for card in catalogue.cards} == {"scene", *FREE}
    assert {"scene", "gpu-24g", "gpu-80g"} == set(catalogue.worker_classes)


def test_all_of_them_can_be_enabled_at_once_in_china() -> None:
    catalogue = enable(MODELS.values(), list(LOCAL), "CN", "wan2.1-1.3b-standard")
    assert catalogue.recipes[0] == "wan2.1-1.3b-standard"
    assert len(catalogue.cards) == len(LOCAL) + 1


def test_a_model_that_is_not_enabled_is_no_choice() -> None:
    with pytest.raises(Unsupported):
        enable(MODELS.values(), ["wan2.1-1.3b"]).complete(Options(recipe="wan2.1-14b-standard"), "a cat", 1)


@pytest.fixture(scope="module")
def diffusers_names() -> str:
    """The text of diffusers' own list of names: importing it would take seconds."""
    spec = find_spec("diffusers")
    need(spec and spec.origin, "diffusers (make local)")
    assert spec
    assert spec.origin
    return Path(spec.origin).read_text("utf-8")


@every_model
def test_pipelines_and_schedulers_are_diffusers_own(key: str, diffusers_names: str) -> None:
    _, facts, recipes = local(key)
    names = {facts.pipeline, facts.image_pipeline, *(recipe.scheduler for recipe in recipes)} - {""}
    for name in names:
        assert f'"{name}"' in diffusers_names


HOWTO = Path(__file__).parents[3] / "docs" / "howto"


def test_the_page_on_sizing_says_what_the_cards_say() -> None:
    rows = re.findall(r"^\| `([\w.-]+)` \| (.+) \|$", (HOWTO / "size-a-gpu.md").read_text("utf-8"), re.MULTILINE)
    told = {key: rest.split(" | ") for key, rest in rows if key in LOCAL}
    assert told.keys() == LOCAL.keys()
    for key, (least, everything, disk, who) in told.items():
        facts = local(key)[1]
        memory = facts.vram_gb
        assert (float(least), float(everything), float(disk), who) == (
            memory.offload,
            memory.resident,
            facts.disk_gb,
            memory.stated_by,
        )


def test_the_card_on_the_page_on_adding_models_is_one() -> None:
    (text,) = re.findall(
        r"^```toml\n(.+?)^```", (HOWTO / "add-a-model.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    model = Model.model_validate(tomllib.loads(text))
    assert model.card.key not in MODELS
    assert Catalogue((model,)).recipes == (f"{model.card.key}-draft",)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")  # of its imports
@every_model
def test_a_recipes_arguments_are_the_pipelines(key: str) -> None:
    diffusers = pytest.importorskip("diffusers", exc_type=ImportError)
    _, facts, recipes = local(key)
    pipeline = getattr(diffusers, facts.pipeline)
    for recipe in recipes:
        takes = set(inspect.signature(pipeline.__call__).parameters)
        assert set(recipe.arguments) <= takes
        if recipe.scheduler:
            scheduler = getattr(diffusers, recipe.scheduler)
            assert set(recipe.scheduler_config) <= set(inspect.signature(scheduler.__init__).parameters)


def test_a_recipe_that_names_an_extra_its_card_lacks_is_refused() -> None:
    model = LOCAL["wan2.1-14b"].model_dump(mode="json")
    model["recipes"][0]["local"]["loras"] = [{"extra": "none-such"}]
    with pytest.raises(ValueError, match="none-such"):
        Model.model_validate(model)


WAN_SCHEDULER = {
    "_class_name": "UniPCMultistepScheduler",
    "flow_shift": 3.0,
    "prediction_type": "flow_prediction",
    "solver_order": 2,
    "solver_type": "bh2",
    "use_flow_sigmas": True,
}
LTX2_SCHEDULER = {
    "_class_name": "FlowMatchEulerDiscreteScheduler",
    "base_shift": 0.95,
    "max_shift": 2.05,
    "shift": 1.0,
    "shift_terminal": 0.1,
    "use_dynamic_shifting": True,
}


# Diffusers gives NumPy tensors to make arrays of, and torch's way of it is older than NumPy 2's.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
@pytest.mark.slow
@pytest.mark.parametrize("key", ["wan2.1-14b", "wan2.1-i2v-14b-480p", "wan2.2-a14b", "wan2.2-i2v-a14b"])
def test_wan_drafts_take_euler_steps_where_lightx2v_distilled(key: str) -> None:
    diffusers, torch = pytest.importorskip("diffusers", exc_type=ImportError), pytest.importorskip("torch")
    draft = next(recipe.local for recipe in LOCAL[key].recipes if recipe.key.endswith("-draft"))
    assert draft
    changes = {**draft.scheduler_config, "flow_shift": draft.flow_shift}
    scheduler = getattr(diffusers, draft.scheduler).from_config({**WAN_SCHEDULER, **changes})
    scheduler.set_timesteps(draft.num_inference_steps)
    wanted = [5 * sigma / (1 + 4 * sigma) for sigma in (1.0, 0.75, 0.5, 0.25)]
    assert scheduler.sigmas.tolist() == pytest.approx([*wanted, 0.0], abs=2e-3)
    sample = torch.linspace(-1, 1, 8)
    for step, timestep in enumerate(scheduler.timesteps):
        flow = torch.sin(3 * sample)
        euler = sample + (scheduler.sigmas[step + 1] - scheduler.sigmas[step]) * flow
        sample = scheduler.step(flow, timestep, sample).prev_sample
        assert torch.allclose(sample, euler, atol=1e-5)


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
@pytest.mark.slow
def test_the_ltx2_draft_steps_at_its_own_sigmas() -> None:
    diffusers = pytest.importorskip("diffusers", exc_type=ImportError)
    from diffusers.pipelines.ltx2.utils import DISTILLED_SIGMA_VALUES

    draft = next(recipe.local for recipe in LOCAL["ltx-2"].recipes if recipe.key.endswith("-draft"))
    assert draft
    sigmas = [float(sigma) for sigma in str(draft.arguments["sigmas"]).split(",")]
    assert sigmas == DISTILLED_SIGMA_VALUES
    assert len(sigmas) == draft.num_inference_steps
    scheduler = getattr(diffusers, draft.scheduler).from_config({**LTX2_SCHEDULER, **draft.scheduler_config})
    scheduler.set_timesteps(sigmas=sigmas)
    assert scheduler.sigmas.tolist() == pytest.approx([*sigmas, 0.0])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[card]\nkey = 3", r"bad.toml: card.key: Input should be a valid string"),
        ("[card", r"bad.toml: "),
        ((files("core.catalogue") / "models/scene.toml").read_text("utf-8").replace("fps = 24", "fps = 0"), "card.fps"),
    ],
)
def test_a_bad_card_is_named_with_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "bad.toml").write_text(text, "utf-8")
    with pytest.raises(BadCard, match=told):
        load_models(tmp_path)


WAN = (files("core.catalogue") / "models/wan2.1-1.3b.toml").read_text("utf-8")


def test_a_family_that_there_is_not_is_told_with_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(WAN.replace('family = "wan"', 'family = "wann"'), "utf-8")
    with pytest.raises(BadCard) as raised:
        load_models(tmp_path)
    assert str(raised.value) == f"bad.toml: card.local.family: no family wann: there is {', '.join(FAMILIES)}"


def test_every_family_has_its_module() -> None:
    folder = Path(__file__).parents[3] / "core" / "engines" / "local" / "families"
    assert set(FAMILIES) == {path.stem for path in folder.glob("[!_]*.py")}


def test_what_is_wrong_with_a_whole_file_has_no_place_in_it(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(WAN.replace("seconds = 5", "seconds = 50"), "utf-8")
    with pytest.raises(BadCard, match=r"^bad\.toml: the card wan2\.1-1\.3b cannot do"):
        load_models(tmp_path)


@pytest.mark.parametrize("key", ["", "../clips", "a/b", ".hidden", "..", "a..b", "A", "a\n"])
def test_a_key_is_the_name_of_a_folder_and_of_no_other(key: str) -> None:
    fields = MODELS["wan2.1-1.3b"].card.model_dump() | {"key": key}
    with pytest.raises(ValidationError, match="key"):
        ModelCard.model_validate(fields)
