import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.data_folder import LOG_BYTES, DataFolder, DataFolderInUse
from tests.support.source import ROOT

HOLD = """
import sys, time
from pathlib import Path
from deploy.local.data_folder import DataFolder
with DataFolder(Path(sys.argv[1])).locked():
    print("locked", flush=True)
    time.sleep(60)
"""


def test_one_at_a_time_has_the_folder(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    with folder.locked(), pytest.raises(DataFolderInUse, match=rf"in use by process {os.getpid()}; .*--data-dir"):
        folder.locked().__enter__()
    with folder.locked():
        assert folder.root.is_dir()


def test_a_process_that_died_does_not_keep_the_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        with pytest.raises(DataFolderInUse, match=f"process {holder.pid};"):
            DataFolder(tmp_path).locked().__enter__()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with DataFolder(tmp_path).locked():
            assert (tmp_path / "lock").read_text() == str(os.getpid())


def test_the_log_is_continued_and_put_aside_when_it_has_grown(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    for line in ("first\n", "second\n"):
        with folder.open_log() as log:
            log.write(line)
    assert folder.log_file.read_text() == "first\nsecond\n"
    with folder.open_log() as log:
        log.truncate(LOG_BYTES + 1)
    folder.open_log().close()
    assert folder.log_file.stat().st_size == 0
    assert (tmp_path / "platform.log.1").stat().st_size == LOG_BYTES + 1
