"""Which vision executor the environment asks for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import cast, get_args

from resources.executor_settings import ExecutorSettings
from resources.vision.executor_base import Executor
from resources.vision.job_store import Device
from resources.vision.local_executor import LocalVision
from shortform_assets.errors import InputError

PREFIX = "SHORTFORM_VISION"


def vision_from_environment(environment: Mapping[str, str] = os.environ) -> Executor:
    """`SHORTFORM_VISION`: local (default), ecs or http; docs/executors.md lists the settings of each.

    Raises InputError that names the variable.
    """
    settings = ExecutorSettings(PREFIX, environment)
    kind = settings.kind("local")
    if kind == "local":
        return LocalVision(settings.number("WORKERS"), device=_device(settings, "auto"))
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
        return EcsVision(task, settings.number("WORKERS") or 1, device=_device(settings, "cuda"))
    if kind == "http":
        from resources.vision.http_executor import HttpVision, VisionService

        service = VisionService(
            settings.needed("URL"),
            token=settings.text("TOKEN"),
            at_once=settings.number("WORKERS") or VisionService.at_once,
            deadline=float(settings.number("DEADLINE") or VisionService.deadline),
        )
        return HttpVision(service, device=_device(settings, "auto"))
    raise InputError(f"there is no vision executor {kind!r}", PREFIX, "give local, ecs or http")


def _device(settings: ExecutorSettings, default: Device) -> Device:
    text = settings.text("DEVICE") or default
    if text not in get_args(Device):
        raise InputError(f"{text!r} is no device", f"{PREFIX}_DEVICE", "give auto, cpu or cuda")
    return cast(Device, text)
