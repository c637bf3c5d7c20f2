"""A headless Chromium for tests of pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip(
    "selenium.webdriver", reason="selenium is not installed: these tests are nox's session browser"
)

from support.chromium import chromium, is_there


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if not is_there():
        pytest.skip("Chromium and its driver are not installed")
    with chromium() as window:
        yield window
