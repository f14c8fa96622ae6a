"""Kafka's jars, fetched once by Maven, and the Java to run them."""

import fcntl
import hashlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

_HERE = Path(__file__).parent
_POM = _HERE / "pom.xml"
_TARGET = _HERE / "target"
_OLDEST_JAVA = 17


class KafkaMissing(RuntimeError):
    """Java, Maven or the jars are not to be had; the message names the way out."""


def find_java() -> str:
    """The `java` to run Kafka with. Raises KafkaMissing when there is none, or only one that is too old."""
    java = shutil.which("java")
    if java is None:
        raise KafkaMissing(f"Kafka needs Java {_OLDEST_JAVA} or newer: install it (Debian: default-jre-headless)")
    answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r'version "(\d+)', answer.stderr)
    if found is None or int(found[1]) < _OLDEST_JAVA:
        told = answer.stderr.strip().splitlines()
        raise KafkaMissing(f"Kafka needs Java {_OLDEST_JAVA} or newer, {java} is {told[0] if told else 'not usable'}")
    return java


def fetch_jars() -> Path:
    """The folder of Kafka's jars for the version that pom.xml names; downloads them the first time.

    Safe to be called by several processes at once. Raises KafkaMissing when Maven is missing or cannot fetch them.
    """
    folder = _TARGET / f"jars-{hashlib.sha256(_POM.read_bytes()).hexdigest()[:12]}"
    _TARGET.mkdir(exist_ok=True)
    with (_TARGET / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _fetch_into(folder)
    return folder


def _fetch_into(folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise KafkaMissing("Kafka's jars are fetched by Maven: install it (Debian: maven)")
    # Fetched beside their place and renamed, so that an interrupted download is never taken for a complete one.
    fresh = Path(tempfile.mkdtemp(prefix="fetching-", dir=_TARGET))
    command = [maven, "--batch-mode", "--quiet", "--strict-checksums", "--file", str(_POM)]
    command += ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={fresh}"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if result.returncode != 0:
        shutil.rmtree(fresh)
        raise KafkaMissing(f"Maven could not fetch Kafka:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
    fresh.chmod(0o755)
    fresh.rename(folder)
