"""Fuzzes the reader of each format: `make fuzz`, or `python -m tests.fuzz [SECONDS [FORMAT…]]`.

Each target starts from the golden documents and runs for a minute. What it finds is written to
`artefacts/fuzz/`; a finding becomes a test (`tests/parsers/test_bad_input.py`) once it is mended.
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "golden"
FOUND = Path("artefacts/fuzz")
SECONDS = 60
FORMATS = ("docx", "pdf", "xlsx", "html", "mail")
_PARTS = {
    "docx": ("word/document.xml", "word/numbering.xml", "word/styles.xml"),
    "xlsx": ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"),
}
_OPTIONS = ("-timeout=30", "-rss_limit_mb=3000", "-max_len=200000", "-print_final_stats=1")


def main(arguments: list[str]) -> int:
    """Run the targets; 1 if any found something."""
    seconds = int(arguments[0]) if arguments else SECONDS
    failed = [kind for kind in arguments[1:] or FORMATS if not _fuzz(kind, seconds)]
    print("findings:", ", ".join(failed) if failed else "none", flush=True)
    return 1 if failed else 0


def _fuzz(kind: str, seconds: int) -> bool:
    FOUND.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        seeds = Path(folder)
        _seed(kind, seeds)
        print(f"{kind}: {len(list(seeds.iterdir()))} seeds, {seconds} s", flush=True)
        done = subprocess.run(
            [
                sys.executable, "-m", "tests.fuzz.target", kind, str(seeds), *_OPTIONS,
                f"-max_total_time={seconds}", f"-artifact_prefix={FOUND}/{kind}-",
            ],
            stderr=subprocess.PIPE, text=True, errors="replace", check=False,
        )  # fmt: skip
    told = [line for line in done.stderr.splitlines() if line.startswith("stat::number_of_exec")]
    print(f"{kind}: {'nothing found' if not done.returncode else 'FOUND'} {' '.join(told)}")
    if done.returncode:
        print(done.stderr[-4000:])
    return not done.returncode


def _seed(kind: str, folder: Path) -> None:
    """Golden documents, small ones; of packages the parts that are read."""
    for path in sorted(GOLDEN.rglob("*.*ml" if kind == "mail" else f"*.{kind}")):
        if kind == "mail" and path.suffix not in (".eml", ".mhtml"):
            continue
        if kind not in _PARTS:
            (folder / path.name).write_bytes(path.read_bytes())
            continue
        with zipfile.ZipFile(path) as package:
            for part in set(_PARTS[kind]) & set(package.namelist()):
                seed = folder / f"{path.stem}-{part.replace('/', '-')}"
                seed.write_bytes(b"%PART " + part.encode() + b"\n" + package.read(part))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
