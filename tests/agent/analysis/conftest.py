"""What the worker's tests share."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from agent.system.logs import logger as project_logger
from tests.agent.analysis.running import Said


@pytest.fixture
def said() -> Iterator[Said]:
    handler = Said()
    before, level = list(project_logger.handlers), project_logger.level
    project_logger.handlers[:] = [handler]
    project_logger.setLevel(logging.INFO)
    yield handler
    project_logger.handlers[:] = before
    project_logger.setLevel(level)
