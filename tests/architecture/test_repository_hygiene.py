"""What must never be committed: addresses of one machine, of one registry, and secrets."""

import re
from pathlib import Path

from tests.support.source import ROOT, listed, tracked_files

# Written so that this file does not contain what it looks for.
PERSONAL_PATH = re.compile(r"(?<![\w.])/(home|Users|root|work)/\w")
REGISTRY_HOST = re.compile(
    r"\b(py[p]i\.org|python[h]osted\.org|npm[j]s\.org|repo1?\.mav[e]n\.(org|apache\.org)|deb[i]an\.org|crat[e]s\.io)\b"
)
PRIVATE_KEY = re.compile(r"-----BEGIN (EC |RSA |OPENSSH )?PRIVATE" + " KEY-----")


def text_files() -> dict[str, str]:
    texts = {}
    for path in filter(Path.is_file, tracked_files()):
        data = path.read_bytes()
        if b"\0" not in data:
            texts[str(path.relative_to(ROOT))] = data.decode()
    return texts


def places(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}"
        for name, text in text_files().items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_path_of_one_machine_is_committed() -> None:
    assert not places(PERSONAL_PATH), listed(places(PERSONAL_PATH))


def test_no_registry_is_named() -> None:
    assert not places(REGISTRY_HOST), listed(places(REGISTRY_HOST))


def test_no_private_key_is_committed() -> None:
    assert not places(PRIVATE_KEY), listed(places(PRIVATE_KEY))


def test_the_lock_file_holds_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert "--index-url" not in lock
    pins = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert pins
    assert [pin for pin in pins if not pin.endswith("\\")] == [], "a pin without hashes"
    assert lock.count("--hash=sha256:") >= len(pins)
