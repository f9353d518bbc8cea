"""Every script and notebook of examples/ runs, and says something."""

import runpy
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "examples").glob("*.py"))
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_script(
    script: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    runpy.run_path(str(script), run_name="__main__")
    assert len(capsys.readouterr().out.splitlines()) >= 2


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
# zmq leaves sockets to the garbage collector
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_notebook(notebook: Path) -> None:
    import nbformat
    from jupyter_client import AsyncKernelManager
    from nbclient import NotebookClient
    from traitlets import Unicode

    cells = nbformat.read(notebook, as_version=4)
    # the path of a socket may have some hundred characters, which pytest's own folders pass
    with tempfile.TemporaryDirectory() as short:

        class Kernel(AsyncKernelManager):
            """Talks through files: no port is opened."""

            transport = Unicode("ipc")
            ip = Unicode(f"{short}/k")

        NotebookClient(
            cells,
            kernel_name="python3",
            kernel_manager_class=Kernel,
            timeout=120,
            resources={"metadata": {"path": str(ROOT)}},
        ).execute()
    outputs = [cell.outputs for cell in cells.cells if cell.cell_type == "code"]
    assert outputs and all(outputs), "a cell says nothing"
