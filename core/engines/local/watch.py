"""What a job sees of its own progress while a pipeline runs: steps done, samples for a preview, and a way to stop.

Pipelines differ in their callbacks, and some have none. All of them count steps with ``progress_bar`` and ask a
scheduler for each next sample, so those two are overridden: in a subclass made for the job's own pipeline and scheduler
objects, never in the shared modules. Forward hooks on whole modules stop a job inside a step; they leave regional
compilation, which compiles blocks, alone.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any, Self

import torch


class Watch:
    """One job's. ``check`` raises where the job was cancelled; ``stepped`` gets steps done and in all.

    ``settle`` waits for the device. Python runs ahead of a GPU: without it all steps of a clip would be queued before
    the first is done, the steps told would be those queued, and a cancel would stop nothing.
    """

    def __init__(
        self,
        check: Callable[[], None],
        stepped: Callable[[int, int], None],
        sampled: Callable[[torch.Tensor], None] | None = None,
        settle: Callable[[], None] = lambda: None,
    ) -> None:
        self.check, self._stepped, self._sampled, self._settle = check, stepped, sampled, settle

    def __deepcopy__(self, _memo: object) -> None:
        """A pipeline that copies its scheduler, for sound, samples nothing to look at with the copy."""

    def _look(self) -> None:
        self._settle()
        self.check()

    def bar(self, iterable: Iterable[Any] | None, total: int | None) -> Bar:
        """In place of a progress bar."""
        return Bar(self, iterable, total)

    def step(self, done: int, total: int) -> None:
        """A step is done."""
        self.check()
        self._stepped(done, total)

    def sample(self, sample: torch.Tensor) -> None:
        """A step was made; ``sample`` is where it is heading."""
        if self._sampled:
            self._sampled(sample)

    @contextmanager
    def guarding(self, modules: Sequence[torch.nn.Module]) -> Iterator[None]:
        """Before each forward of these modules, let the one before end, and look whether to go on.

        Only in this thread: the modules are shared, and while this job's picture is encoded for its steps another
        job's latents may be decoded.
        """
        here = threading.get_ident()

        def look(*_: object) -> None:
            if threading.get_ident() == here:
                self._look()

        hooks = [module.register_forward_pre_hook(look) for module in modules]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()


class Bar:
    """As much of a progress bar as pipelines use."""

    def __init__(self, watch: Watch, iterable: Iterable[Any] | None, total: int | None) -> None:
        self._watch, self._iterable, self._done = watch, iterable, 0
        self._total = len(iterable) if total is None and hasattr(iterable, "__len__") else total or 0  # type: ignore[arg-type]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        for item in self._iterable or ():
            yield item
            self.update()

    def update(self, steps: int = 1) -> None:
        """So many more are done."""
        self._done += steps
        self._watch.step(self._done, self._total)


class _Staged:
    """Mixed into a job's pipeline."""

    piying_watch: Watch
    piying_place: torch.device

    @property
    def _execution_device(self) -> torch.device:
        # Diffusers takes the first module's, which may be resting in the host's memory.
        return self.piying_place

    def progress_bar(self, iterable: Iterable[Any] | None = None, total: int | None = None) -> Bar:
        return self.piying_watch.bar(iterable, total)


class _Sampling:
    """Mixed into a job's scheduler."""

    piying_watch: Watch | None = None


def _without_noise(scheduler: Any, call: inspect.BoundArguments, following: torch.Tensor) -> torch.Tensor:
    """Where a step that was just made is heading: the sample without the noise that is still in it.

    A flow's velocity leads from the clean sample x to noise n, so that (1 - s) x + s n, less s times it, is x
    (Lipman et al. 2023, arXiv 2210.02747). Elsewhere it is the sample that follows.
    """
    is_flow = "FlowMatch" in type(scheduler).__name__ or scheduler.config.get("prediction_type") == "flow_prediction"
    # With a time for each token there is no one s.
    if not is_flow or call.arguments.get("per_token_timesteps") is not None:
        return following
    sigma = scheduler.sigmas[scheduler.step_index - 1].to(following.device)
    clean: torch.Tensor = call.arguments["sample"] - sigma * call.arguments["model_output"]
    return clean.to(following.dtype)


@cache
def staged(pipeline: type) -> type:
    """The pipeline's class with its progress and place given by the job."""
    return type(pipeline.__name__, (_Staged, pipeline), {"__module__": pipeline.__module__})


@cache
def sampling(scheduler: Any) -> type:
    """The scheduler's class with its samples shown to the job."""
    signature = inspect.signature(scheduler.step)

    @wraps(scheduler.step)  # Pipelines read its parameters, to see whether it takes their generator.
    def step(self: Any, *arguments: Any, **named: Any) -> Any:
        result = scheduler.step(self, *arguments, **named)
        if self.piying_watch is not None:
            following = result[0] if isinstance(result, tuple) else result.prev_sample
            self.piying_watch.sample(_without_noise(self, signature.bind(self, *arguments, **named), following))
        return result

    return type(scheduler.__name__, (_Sampling, scheduler), {"__module__": scheduler.__module__, "step": step})
