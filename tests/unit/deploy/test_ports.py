import os
import socket
from dataclasses import astuple, replace

import pytest

from deploy.local.ports import Ports, PortsInUse, find_holder, require_free


def test_defaults_are_the_documented_ports() -> None:
    assert Ports.from_environment({}) == Ports(8000, 8001, 8002, 8003, 8004, 8025)


def test_a_variable_overrides_one_port() -> None:
    assert Ports.from_environment({"PORT_SCORING": "9003", "HOME": "/"}) == Ports(scoring=9003)


@pytest.mark.parametrize("text", ["", "abc", "-1", "65536", "80.5", "８０"])
def test_what_is_not_a_port_is_refused_with_the_variable_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"PORT_SMTP=.*is not a port"):
        Ports.from_environment({"PORT_SMTP": text})


def test_a_port_is_free_again_once_its_holder_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ports = replace(Ports.any_free(), customer=server.getsockname()[1])
        with pytest.raises(PortsInUse):
            require_free(ports)
    assert require_free(ports).customer == ports.customer


def test_any_free_ports_are_distinct() -> None:
    assert len({port for port in astuple(require_free(Ports.any_free())) if port}) == len(astuple(Ports()))


def test_every_taken_port_is_explained_with_its_holder_and_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        taken = Ports(0, first.getsockname()[1], 0, second.getsockname()[1], 0, 0)
        with pytest.raises(PortsInUse) as refused:
            require_free(taken)
        message = str(refused.value)
        assert f"port {taken.customer}, wanted by customer, is in use by process {os.getpid()}" in message
        assert "choose another port: PORT_SCORING=" in message
        assert len(refused.value.conflicts) == 2


def test_nobody_holds_a_free_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert find_holder(port) is None
