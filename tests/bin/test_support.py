"""The parts of bin/ that guard data and other people's processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """pytest's own folders have names too long for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="trivsel-t"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_a_folder_of_somebody_else_is_named_and_left_alone(tmp_path: Path) -> None:
    from support.place import GiveUp, var_open

    if os.geteuid() == 0:
        folder = tmp_path / "var"
        folder.mkdir()
        shutil.chown(folder, "nobody")
    else:
        folder = Path("/usr")
    before = sorted(folder.iterdir())
    with pytest.raises(GiveUp, match=r"was made by the user (nobody|root)"):
        var_open(folder)
    assert sorted(folder.iterdir()) == before


def test_a_pid_that_now_belongs_to_somebody_else_is_not_killed(tmp_path: Path) -> None:
    from support.processes import leftovers_end

    pid_file = tmp_path / "web.pid"
    with subprocess.Popen(["sleep", "30"], start_new_session=True) as stranger:
        pid_file.write_text(str(stranger.pid))
        leftovers_end([pid_file], [str(tmp_path)], lambda text: None)
        assert stranger.poll() is None
        stranger.kill()
    assert not pid_file.exists()


def test_what_an_earlier_start_left_behind_is_ended(tmp_path: Path) -> None:
    from support.processes import leftovers_end

    pid_file = tmp_path / "web.pid"
    waiting = [sys.executable, "-c", "import time; time.sleep(60)", str(tmp_path)]
    with subprocess.Popen(waiting, start_new_session=True) as ours:
        pid_file.write_text(str(ours.pid))
        leftovers_end([pid_file], [str(tmp_path)], lambda text: None)
        assert ours.wait(5) != 0


def test_a_child_dies_with_its_parent(tmp_path: Path) -> None:
    from support.processes import wait_until

    if sys.platform != "linux":
        pytest.skip("only Linux tells a child that its parent died; elsewhere the next start cleans up")
    script = (
        "import signal, subprocess, sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from support.processes import tie_to_parent\n"
        "child = subprocess.Popen(['sleep', '60'], start_new_session=True, preexec_fn=tie_to_parent(signal.SIGTERM))\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    bin_folder = str(Path(sys.modules["support.processes"].__file__ or "").parents[1])
    with subprocess.Popen([sys.executable, "-c", script, bin_folder], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = Path("/proc") / parent.stdout.readline().strip()
        parent.kill()
    assert wait_until(lambda: not child.exists() or ") Z" in (child / "stat").read_text(), 5)


def test_a_half_made_cluster_is_thrown_away_and_made_again(short_folder: Path) -> None:
    from support.place import var_open
    from support.postgres import cluster_make
    from support.servers import servers_describe, servers_running, sockets_folder

    var = var_open(short_folder / "var")
    half_made = var / "postgres" / "default.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18")
    servers = servers_describe(var, sockets=sockets_folder(var), testing=True)
    with servers_running(servers):
        assert not half_made.exists()
        for cluster in servers.clusters:
            with psycopg.connect(cluster.url) as connection:
                superuser = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
                assert superuser == (False,)
            for user, password in (("postgres", ""), ("postgres", "postgres"), (cluster.database, "wrong")):
                with pytest.raises(psycopg.OperationalError):
                    psycopg.connect(host=str(cluster.socket), user=user, password=password, dbname=cluster.database)
            assert cluster.data.stat().st_mode & 0o077 == 0
        assert len({cluster.password_file.read_text() for cluster in servers.clusters}) == 2
    # A second start finds the clusters and makes nothing anew.
    made = [cluster.data.stat().st_ino for cluster in servers.clusters]
    for cluster in servers.clusters:
        cluster_make(cluster)
    assert [cluster.data.stat().st_ino for cluster in servers.clusters] == made


def test_the_design_sheet_has_four_fonts_one_layer_and_no_strange_address() -> None:
    from support.assets import design_css

    source = (
        '@charset "UTF-8";@font-face{font-family:X;src:url(../fonts/a.eot)}'
        ".a{background:url(../img/svg-icons/plus.svg)}.b{background:url(../img/logo-x.png)}\n"
        "/*# sourceMappingURL=dkfds.min.css.map */"
    )
    css, icons = design_css(source)
    assert css.startswith("@layer vendor{")
    assert icons == ["plus.svg"]
    assert css.count("@font-face") == 4
    assert "eot" not in css
    assert "sourceMappingURL" not in css
    assert "charset" not in css
    assert "../" not in css


def test_a_sheet_with_an_address_that_is_not_copied_is_refused() -> None:
    from support.assets import design_css
    from support.place import GiveUp

    with pytest.raises(GiveUp, match=r"new\.png"):
        design_css(".a{background:url(../img/new.png)}")


def test_a_translation_with_a_lost_placeholder_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from support.translations import compile_file

    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nLanguage: en\\n"\n\n'
    right, wrong = tmp_path / "right.po", tmp_path / "wrong.po"
    right.write_text(head + '#, python-format\nmsgid "%(count)s svar"\nmsgstr "%(count)s answers"\n')
    wrong.write_text(head + '#, python-format\nmsgid "%(count)s svar"\nmsgstr "%(number)s answers"\n')
    assert compile_file(str(right)) == 0
    assert right.with_suffix(".mo").read_bytes()[:4] == b"\xde\x12\x04\x95"
    assert compile_file(str(wrong)) == 1
    assert "%(count)s svar" in capfd.readouterr().err
