"""deploy/: what is generated is current, what is written for other programs loads there, and is safe."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.generated_files import EXAMPLE, example
from suanbei.common.settings import settings_table

DEPLOY = Path(__file__).parents[1] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
METRIC = re.compile(r"\b(suanbei_[a-z_]+|process_resident_memory_bytes)\b")


def run(*words: str, cwd: Path = DEPLOY) -> str:
    """Run a linter, ours or the machine's; skipped where it is not installed."""
    program = shutil.which(words[0], path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if program is None:
        pytest.skip(f"NO {words[0]}: not installed")
    done = subprocess.run(
        [program, *words[1:]], cwd=cwd, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return loaded


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile, continued lines joined."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def test_the_example_of_settings_is_current() -> None:
    """`python -m deploy.generated_files` makes it."""
    assert EXAMPLE.read_text("utf-8") == example()


def test_every_version_of_the_classifiers_is_tried_by_ci() -> None:
    """The workflow is one, and its matrix names what the wheel says it is made for."""
    path = DEPLOY.parent / ".github/workflows/test.yml"
    run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(path))
    jobs = yaml.safe_load(path.read_text("utf-8"))["jobs"]
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text("utf-8"))["project"]
    named = [one.rpartition(" ")[2] for one in project["classifiers"] if ":: 3." in one]
    assert jobs["versions"]["strategy"]["matrix"]["python"] == named
    assert "make versions VERSIONS=${{ matrix.python }}" in jobs["versions"]["steps"][-1]["run"]


def test_the_image_has_no_build_tools_and_no_root() -> None:
    """The last stage copies what the first one built, and runs as nobody."""
    found = instructions()
    last = len(found) - 1 - [name for name, _ in found][::-1].index("FROM")
    build, final = found[:last], found[last:]
    assert all(":" in words and "latest" not in words for name, words in found if name == "FROM")
    assert any("--require-hashes" in words for name, words in build if name == "RUN")
    assert not any("pip" in words for name, words in final if name == "RUN")
    installed = [words for name, words in final if name == "RUN" and "apt-get install" in words]
    assert [
        re.findall(r"install -y --no-install-recommends (.*?) +&&", one) for one in installed
    ] == [["fonts-noto-cjk"]]
    assert dict(final)["USER"] == "10001:10001"
    made = " ".join(words for name, words in final if name == "RUN")
    assert "groupadd --system --gid 10001 " in made
    assert "useradd --system --uid 10001 --gid 10001 " in made
    assert {"HEALTHCHECK", "ENTRYPOINT", "VOLUME"} <= {name for name, _ in final}
    assert not any(name == "ADD" for name, _ in found)


def test_the_container_files_are_linted() -> None:
    """By hadolint, and by the schema of compose files."""
    run("hadolint", "Dockerfile")
    run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml")


def test_everything_that_is_copied_into_the_image_exists() -> None:
    """And is let through by .dockerignore, which shuts out everything else."""
    let_in = (DEPLOY.parent / ".dockerignore").read_text("utf-8").splitlines()
    assert let_in[0] == "*"
    for name, words in instructions():
        if name == "COPY" and "--from" not in words:
            for source in words.split()[:-1]:
                assert (DEPLOY.parent / source).exists(), source
                assert f"!{source}" in let_in, source


def test_every_container_is_pinned_and_confined() -> None:
    """No `latest`, no privileges, no secrets in the file; the database is not reachable from outside."""
    services = compose()["services"]
    for name, service in services.items():
        assert re.search(r":v?\d+\.\d+", service["image"]), name
        assert "no-new-privileges:true" in service["security_opt"], name
    for name in ("serve", "watch", "load", "backup"):
        assert (services[name]["read_only"], services[name]["cap_drop"]) == (True, ["ALL"])
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
    assert services["serve"]["deploy"]["replicas"] == services["watch"]["deploy"]["replicas"] == 2
    assert compose()["networks"]["inside"]["internal"] is True
    # A network that is internal answers no names of the world (Docker 26), which these two look up.
    reaching = [name for name, one in services.items() if "outside" in one["networks"]]
    assert reaching == ["serve", "watch", "proxy"]
    assert services["postgres"]["networks"] == services["meilisearch"]["networks"] == ["inside"]
    assert "${POSTGRES_PASSWORD:?}" in services["postgres"]["environment"]["POSTGRES_PASSWORD"]


def test_what_compose_asks_for_is_in_the_example_and_counted_right() -> None:
    """Two passwords; the public address follows from the host name that the proxy serves."""
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    asked = set(re.findall(r"\$\{(\w+):\?\}", text))
    assert asked == {"POSTGRES_PASSWORD", "MEILI_MASTER_KEY"}
    assert "set the two passwords and SUANBEI_SITE" in text
    assert asked | {"SUANBEI_SITE"} <= set(re.findall(r"^(\w+)=", example(), re.MULTILINE))
    address = compose()["services"]["serve"]["environment"]["SUANBEI_PUBLIC_URL"]
    assert address == "${SUANBEI_PUBLIC_URL:-https://${SUANBEI_SITE:-localhost}}"
    assert "SUANBEI_PUBLIC_URL" in compose()["services"]["watch"]["environment"]


def test_the_backup_of_compose_goes_where_it_can_be_written() -> None:
    """A volume takes its owner from the image's folder; the shell that waits hears the signal to stop."""
    service = compose()["services"]["backup"]
    (script,) = service["command"]
    (folder,) = re.findall(r'suanbei backup "(/[\w/-]+)/\$\$\(date \+%u\)\.tar\.zst"', script)
    assert f"backups:{folder}" in service["volumes"]
    assert f"-o suanbei -g suanbei {folder}" in (DEPLOY / "Dockerfile").read_text("utf-8")
    assert service["init"] is True
    subprocess.run(["sh", "-n"], input=script, text=True, check=True, timeout=10)


def test_compose_names_only_settings_that_exist() -> None:
    """A misspelt variable would be ignored in silence."""
    known = {row.name for row in settings_table()} | {"SUANBEI_SITE", "SUANBEI_UPSTREAMS"}
    texts = [path.read_text("utf-8") for path in (*UNITS, DEPLOY / "compose.yaml", DEPLOY / "Dockerfile",
                                                  DEPLOY / "nginx.conf", DEPLOY / "Caddyfile")]  # fmt: skip
    assert {name for text in texts for name in re.findall(r"SUANBEI_[A-Z_]+", text)} <= known


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_are_sandboxed(unit: Path) -> None:
    """systemd reads them, and finds little that they could do."""
    told = run("systemd-analyze", "security", "--offline=true", str(unit))
    found = re.search(r"exposure level for \S+: ([\d.]+)", told)
    assert found is not None, told
    assert float(found[1]) < 2


def test_units_name_only_keys_and_programs_that_exist(tmp_path: Path) -> None:
    """A misspelt sandbox would be ignored by systemd, with a line in the log that nobody reads."""
    units, system = tmp_path / "etc/systemd/system", Path("/usr/lib/systemd/system")
    if not system.is_dir():
        pytest.skip("NO systemd: not installed")
    shutil.copytree(DEPLOY / "systemd", units)
    shutil.copytree(system, tmp_path / "usr/lib/systemd/system", symlinks=True)
    for program in ("opt/suanbei/bin/suanbei", "bin/sh"):
        (tmp_path / program).parent.mkdir(parents=True)
        shutil.copy("/bin/true", tmp_path / program)
    names = ["suanbei-serve@8001.service" if "@" in unit.name else unit.name for unit in UNITS]
    run("systemd-analyze", "verify", f"--root={tmp_path}", "--man=no", "--recursive-errors=no",
        *names, "suanbei-backup.timer")  # fmt: skip


def test_caddy_takes_its_file() -> None:
    """As the container would."""
    run("caddy", "adapt", "--config", "Caddyfile", "--adapter", "caddyfile", "--validate")


def test_prometheus_takes_the_rules_and_they_do_what_they_say() -> None:
    """The rules load, and their own tests hold."""
    rules = DEPLOY / "monitoring"
    run("promtool", "check", "rules", "alerts.yml", cwd=rules)
    run("promtool", "test", "rules", "alerts_test.yml", cwd=rules)


def panels() -> list[dict[str, Any]]:
    """The panels of Grafana's dashboard."""
    text = (DEPLOY / "monitoring" / "dashboard.json").read_text("utf-8")
    return json.loads(text)["panels"]


def test_the_dashboards_queries_are_read_by_prometheus(tmp_path: Path) -> None:
    """Each as a rule: an expression with a slip in it would leave an empty panel."""
    queries = [one["expr"] for panel in panels() for one in panel["targets"]]
    rules = [{"record": f"panel:{n}", "expr": query} for n, query in enumerate(queries)]
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), "utf-8")
    run("promtool", "check", "rules", str(file))


def test_dashboard_and_rules_ask_for_metrics_that_exist() -> None:
    """A renamed metric would leave an empty panel, and an alarm that never rings."""
    source = (DEPLOY.parent / "search_api/metrics.py").read_text("utf-8")
    known = set(METRIC.findall(source)) | {"suanbei_filings", "suanbei_documents", "suanbei_batches",
             "process_resident_memory_bytes"}  # fmt: skip
    known |= {f"{name}_{end}" for name in known for end in ("total", "bucket", "count", "sum")}
    for name in ("alerts.yml", "dashboard.json"):
        asked = set(METRIC.findall((DEPLOY / "monitoring" / name).read_text("utf-8")))
        assert asked <= known, name


def test_the_dashboards_panels_do_not_overlap() -> None:
    """And none is hidden beyond the right edge."""
    cells = [(x, y) for panel in panels() for place in [panel["gridPos"]]
             for x in range(place["x"], place["x"] + place["w"])
             for y in range(place["y"], place["y"] + place["h"])]  # fmt: skip
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
