"""Which classes a process renders, and how many clips of each at once."""

from pathlib import Path

import pytest

from core.catalogue.cards import Model
from core.catalogue.catalogue import Catalogue
from core.catalogue.load import load_models
from piying.engines import LOCAL_LANES
from piying.lanes import HOSTED, chosen_classes, lanes_of, make_executor, own_classes
from piying.mistake import Mistake
from piying.settings import JobSettings, Settings

MODELS = {model.card.key: model for model in load_models()}
SCENE = MODELS["scene"]


def as_hosted(model: Model) -> Model:
    """The same under another name, made by a vendor."""
    card = model.card.model_copy(update={"key": "far", "worker_class": HOSTED, "engine": "hosted"})
    recipes = tuple(recipe.model_copy(update={"key": f"far-{recipe.key}"}) for recipe in model.recipes)
    return Model.model_construct(card=card, recipes=recipes)


CATALOGUE = Catalogue((SCENE, as_hosted(SCENE), MODELS["wan2.1-1.3b"], MODELS["wan2.1-14b"]))
ON_24, ON_80 = MODELS["wan2.1-1.3b"].card.worker_class, MODELS["wan2.1-14b"].card.worker_class


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_folder=tmp_path)


def test_any_machine_renders_what_needs_no_gpu() -> None:
    assert own_classes(CATALOGUE) == ("scene", "hosted")
    assert own_classes(Catalogue((SCENE,))) == ("scene",)


def test_each_class_has_its_own_lanes() -> None:
    jobs = JobSettings(lanes=4)
    assert lanes_of(jobs, CATALOGUE, ("scene", "hosted")) == {"scene": 4, "hosted": 100}
    assert lanes_of(jobs, CATALOGUE, ("hosted", ON_24)) == {"hosted": 100, ON_24: LOCAL_LANES}
    assert lanes_of(JobSettings(lanes=1, hosted_lanes=500), CATALOGUE, ("hosted",)) == {"hosted": 500}
    assert lanes_of(jobs, CATALOGUE, ()) == {}


def test_a_vendor_has_at_least_one_lane() -> None:
    with pytest.raises(ValueError, match="hosted_lanes"):
        JobSettings(hosted_lanes=0)


def test_classes_are_taken_as_they_are_named_and_each_once(settings: Settings) -> None:
    assert chosen_classes(settings, CATALOGUE, ["hosted", "scene", "hosted"]) == ("hosted", "scene")


def test_a_class_with_a_gpu_may_have_others_beside_it_once_its_models_are_here(settings: Settings) -> None:
    with pytest.raises(Mistake, match=r"piying models pull wan2\.1-1\.3b"):
        chosen_classes(settings, CATALOGUE, ["scene", ON_24])
    index = settings.models_folder / "wan2.1-1.3b" / "model_index.json"
    index.parent.mkdir(parents=True)
    index.write_text("{}")
    assert chosen_classes(settings, CATALOGUE, ["scene", ON_24]) == ("scene", ON_24)


def test_two_classes_with_a_gpu_are_two_workers(settings: Settings) -> None:
    with pytest.raises(Mistake, match=f"not {ON_24} and {ON_80}: start a worker for each"):
        chosen_classes(settings, CATALOGUE, [ON_24, "scene", ON_80])


def test_a_class_that_no_model_needs_is_a_mistake(settings: Settings) -> None:
    with pytest.raises(Mistake, match="no worker class gpu, tpu: there is scene, hosted"):
        chosen_classes(settings, CATALOGUE, ["gpu", "scene", "tpu"])


def test_a_process_of_which_there_is_one_comes_back_under_its_name() -> None:
    assert make_executor("run", {"scene": 1}).id == "bot-run"
    one, other = make_executor(None, {"scene": 1}), make_executor(None, {"scene": 1})
    assert one.id != other.id
    assert not one.id.startswith("bot-")
    assert one.lanes == {"scene": 1}
