"""Which vision executor the environment asks for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import cast, get_args

from resources.vision.executor_base import Executor
from resources.vision.job_store import Device
from resources.vision.local_executor import LocalVision
from shortform_assets.errors import InputError

PREFIX = "SHORTFORM_VISION"


def vision_from_environment(environment: Mapping[str, str] = os.environ) -> Executor:
    """`SHORTFORM_VISION`: local (default), ecs or http; docs/executors.md lists the settings of each.

    Raises InputError that names the variable.
    """
    settings = _Settings(environment)
    kind = environment.get(PREFIX, "").strip() or "local"
    if kind == "local":
        return LocalVision(settings.number("WORKERS"), device=settings.device("auto"))
    if kind == "ecs":
        from resources.vision.ecs_executor import EcsTask, EcsVision

        task = EcsTask(
            task_definition=settings.needed("ECS_TASK_DEFINITION"),
            cluster=settings.text("ECS_CLUSTER"),
            container=settings.text("ECS_CONTAINER") or "vision",
            capacity_provider=settings.text("ECS_CAPACITY_PROVIDER"),
            subnets=settings.names("ECS_SUBNETS"),
            security_groups=settings.names("ECS_SECURITY_GROUPS"),
        )
        # A GPU task whose GPU does not work would be a slow and expensive CPU.
        return EcsVision(task, settings.number("WORKERS") or 1, device=settings.device("cuda"))
    if kind == "http":
        from resources.vision.http_executor import HttpVision, VisionService

        service = VisionService(
            settings.needed("URL"),
            token=settings.text("TOKEN"),
            at_once=settings.number("WORKERS") or VisionService.at_once,
            deadline=float(settings.number("DEADLINE") or VisionService.deadline),
        )
        return HttpVision(service, device=settings.device("auto"))
    raise InputError(f"there is no vision executor {kind!r}", PREFIX, "give local, ecs or http")


class _Settings:
    """Variables that begin with `SHORTFORM_VISION_`; an empty one is as good as none."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str) -> str:
        return self._environment.get(f"{PREFIX}_{name}", "").strip()

    def names(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def needed(self, name: str) -> str:
        if not self.text(name):
            raise InputError("this executor needs it", f"{PREFIX}_{name}", "set it: see docs/executors.md")
        return self.text(name)

    def number(self, name: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            raise InputError(f"{text!r} is no whole number above 0", f"{PREFIX}_{name}", "give one")
        return int(text)

    def device(self, default: Device) -> Device:
        text = self.text("DEVICE") or default
        if text not in get_args(Device):
            raise InputError(f"{text!r} is no device", f"{PREFIX}_DEVICE", "give auto, cpu or cuda")
        return cast(Device, text)
