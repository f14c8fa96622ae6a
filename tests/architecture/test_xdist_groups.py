"""Tests that share a process outside (a Kafka node) rely on running in one worker, one after the other."""

import pytest


@pytest.mark.xdist_group("guard")
def test_the_runner_keeps_groups_together(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("loadgroup", default=False):
        assert request.node.nodeid.endswith("@guard"), "this pytest and this pytest-xdist do not work together"
