from pathlib import Path

import pytest

from deploy.local.clean import remove
from deploy.local.data_folder import DataFolder, DataFolderInUse
from deploy.local.postgres import PostgresServer


def test_nothing_to_remove_is_fine(tmp_path: Path) -> None:
    remove(DataFolder(tmp_path / "never-made"))
    assert not (tmp_path / "never-made").exists()


def test_a_server_left_by_a_crash_is_stopped_and_all_data_removed(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    server = PostgresServer(folder.postgres, durable=False)
    server.start()
    remove(folder)
    assert not server.is_running()
    assert not folder.root.exists()
    server.stop()


def test_the_folder_of_a_demo_inside_is_cleaned_too(tmp_path: Path) -> None:
    inner = DataFolder(tmp_path / "data" / "demo")
    with inner.locked():
        server = PostgresServer(inner.postgres, durable=False)
        server.start()
        with pytest.raises(DataFolderInUse):
            remove(DataFolder(tmp_path / "data"))
        assert server.is_running()
    remove(DataFolder(tmp_path / "data"))
    assert not server.is_running()
    assert not inner.root.exists()
    server.stop()


def test_data_in_use_is_not_removed(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    with folder.locked(), pytest.raises(DataFolderInUse):
        remove(folder)
    assert folder.root.exists()
