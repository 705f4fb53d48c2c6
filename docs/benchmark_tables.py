"""The page of benchmarks, made from the results that benchmarks and fits left as text. A hook of mkdocs.

A row of the first tables is a pattern in one of these texts. A result that says it in other words stops the build, so no
number on the page can differ from what was measured.
"""

import html
import re
from pathlib import Path
from typing import Any, NamedTuple

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
PAGE = "reference/benchmarks.md"


class Row(NamedTuple):
    """One line of a table: what was measured, and how the text says it."""

    what: str
    source: str
    pattern: str
    says: str
    """With the groups of the pattern as {0}, {1}, …"""


SPEED = (
    Row("ColorVideoVDP, a pair seen for the first time", "benchmarks/colorvideovdp_speed", r"cold pair +([\d.]+) +([\d.]+)x", "{0} ms per megapixel, {1} times as fast as pip `cvvdp`"),
    Row("ColorVideoVDP, the next candidate of a search", "benchmarks/colorvideovdp_speed", r"next candidate +([\d.]+) +([\d.]+)x", "{0} ms per megapixel, {1} times as fast as pip `cvvdp`"),
    Row("SSIMULACRA2, 512x512", "benchmarks/ssimulacra2_flip_speed", r"ssimulacra2 +([\d.]+) ms .* ratio +([\d.]+)", "{0} ms, {1} times as fast as pip `ssimulacra2`"),
    Row("FLIP, 512x512", "benchmarks/ssimulacra2_flip_speed", r"flip +([\d.]+) ms .* ratio +([\d.]+)", "{0} ms, {1} times as fast as `flip-evaluator`"),
    Row("SSIM, 1024x1024", "benchmarks/metrics_speed", r"^ssim +([\d.]+) ms.*: ([\d.]+) times", "{0} ms, {1} times as fast as scikit-image"),
    Row("MS-SSIM, 1024x1024", "benchmarks/metrics_speed", r"^ms-ssim +([\d.]+) ms.*: ([\d.]+) times", "{0} ms, {1} times as fast as piq"),
    Row("GMSD, 1024x1024", "benchmarks/metrics_speed", r"^gmsd +([\d.]+) ms.*: ([\d.]+) times", "{0} ms, {1} times as fast as piq"),
    Row("FSIMc, 1024x1024", "benchmarks/metrics_speed", r"^fsimc +([\d.]+) ms.*: ([\d.]+) times", "{0} ms, {1} times as fast as piq, that is slower"),
    Row("JND map of Chou and Li, 512x512", "benchmarks/jnd_models", r"^chou1995 +([\d.]+) +\d+ +\d+ +(\d+)", "{0} ms, {1} times as fast as plain numpy"),
    Row("JND map of Yang, 512x512", "benchmarks/jnd_models", r"^yang2005 +([\d.]+) +\d+ +\d+ +(\d+)", "{0} ms, {1} times as fast as plain numpy"),
    Row("JND map of Wu 2017, 512x512", "benchmarks/jnd_models", r"^wu2017 +([\d.]+) +\d+ +\d+ +(\d+)", "{0} ms, {1} times as fast as plain numpy"),
    Row("Psychometric function with intervals, 10 x 10, yes/no", "benchmarks/psychometrics_speed", r"10 x 10, yes/no +jnd +([\d.]+) ms .* ratio +([\d.]+)", "{0} ms, {1} times as fast as psignifit"),
    Row("QUEST+, a question and its answer", "benchmarks/psychometrics_speed", r"820 parameters +jnd +([\d.]+) ms .* ratio +([\d.]+)", "{0} ms, {1} times as fast as questplus"),
    Row("Analysis of 250,000 answers with its page", "benchmarks/study_analysis", r"^time +([\d.]+) s", "{0} s"),
    Row("Study server on SQLite, 100 observers at once", "benchmarks/study_load", r"^SQLite +1  none +(\d+) +\d+ ms +(\d+) ms", "{0} answers per second, 99 % within {1} ms"),
    Row("Prediction for five codecs, 1 megapixel", "benchmarks/predict_speed", r"1024x1024: ([\d.]+) ms, ([\d.]+) blurs", "{0} ms, as long as {1} Gaussian blurs"),
    Row("Camera of a 12-megapixel picture", "benchmarks/camera_speed", r"12-megapixel picture.*: ([\d.]+) s", "{0} s"),
)  # fmt: skip
SEARCH = tuple(
    Row(f"{name}, Kodak, 0.75 satisfied", "benchmarks/encode_search", rf"^{codec}: target met by (\d+ of \d+) results; excess bytes mean ([\d.]+) %.*encodes mean ([\d.]+), .*bisection ([\d.]+)", "target met by {0}; {1} % above the smallest file; {2} encodes (bisection {3})")
    for codec, name in (("jpeg", "JPEG"), ("webp", "WebP"), ("avif", "AVIF"))
)  # fmt: skip
PEOPLE = (
    Row("Observer, JPEG AIC-4, one source left out", "reproduce/observer_calibration", r"^a x +([\d.]+) +([\d.]+)", "RMSE {0} JND, PLCC {1}"),
    Row("ColorVideoVDP and people, JPEG on Kodak", "benchmarks/metric_agreement", r"^colorvideovdp +([\d.]+ \[[^]]+\])", "SROCC {0}"),
    Row("The plain quality setting and people, the same", "benchmarks/metric_agreement", r"^quality setting +([\d.]+ \[[^]]+\])", "SROCC {0}"),
    Row("Kind of change named, 552 changes on Kodak", "benchmarks/change_kinds", r"^Balanced accuracy, single kinds +([\d.]+)", "balanced accuracy {0}"),
)  # fmt: skip
SCRIPTS = {
    "more_encode_search": "benchmarks/encode_search",
    "observer_label_steps": "reproduce/observer_labels",
    "search_prior": "reproduce/fit_search_prior",
}
"""Which script left a result that has not its name, nor begins with it."""
COMMANDS = {
    "learned_evaluation": (
        "How far the shipped model is off, on pictures it has not seen.",
        "jnd evaluate model",
    )
}
"""What these results are, and the command of jnd that left them."""


def script_of(result: Path) -> Path:
    """The script that left a result."""
    folder = result.parents[1]
    if result.stem in SCRIPTS:
        return ROOT / f"{SCRIPTS[result.stem]}.py"
    named = [script for script in folder.glob("*.py") if result.stem.startswith(script.stem)]
    if not named:
        raise ValueError(f"{result}: which script leaves it? Add it to SCRIPTS of {__file__}")
    return max(named, key=lambda script: len(script.stem))


def told(script: Path) -> tuple[str, str]:
    """What a script says that it does, and its command."""
    summary = script.read_text("utf-8").split('"""')[1].strip().split("\n\n")[0]
    return " ".join(summary.split()), f"python {script.relative_to(ROOT)}"


def results() -> list[Path]:
    """The texts that are kept."""
    return sorted([*ROOT.glob("benchmarks/results/*.txt"), *ROOT.glob("reproduce/results/*.txt")])


def cells(row: Row) -> str:
    """The row as Markdown."""
    folder, _, name = row.source.partition("/")
    text = (ROOT / folder / "results" / f"{name}.txt").read_text("utf-8")
    found = re.search(row.pattern, text, re.MULTILINE)
    if found is None:
        raise ValueError(f"{row.source}: nothing in its result says {row.what!r} as {row.pattern}")
    return f"| {row.what} | {row.says.format(*found.groups())} | [{name}](#{name.replace('_', '-')}) |"


def page() -> str:
    """The page in Markdown."""
    lines = [
        "# Benchmarks",
        "",
        (
            "What was measured, each number from the text that its script left. What the numbers mean, and what did not work out, is in "
            "[Measurements](measurements.md). Times are of one core of the machine that the text names; what counts is the "
            "ratio to the peer, measured in the same run. `scripts/bench NAME` measures again."
        ),
    ]
    for title, rows in (("Speed", SPEED), ("Search", SEARCH), ("Agreement with people", PEOPLE)):
        lines += ["", f"## {title}", "", "| what | measured | text |", "|---|---|---|", *map(cells, rows)]
    lines += ["", "## All texts"]
    for result in results():
        summary, command = COMMANDS.get(result.stem) or told(script_of(result))
        lines += [
            "",
            f"### {result.stem} {{#{result.stem.replace('_', '-')}}}",
            "",
            f"{summary} (`{command}`)",
            "",
            f"<details><summary>{result.stem}.txt</summary>",
            f"<pre>{html.escape(result.read_text('utf-8').rstrip())}</pre>",
            "</details>",
        ]
    return "\n".join(lines) + "\n"


def on_files(files: Files, config: Any) -> Files:
    """Called by mkdocs when it has listed the files of the site."""
    files.append(File.generated(config, PAGE, content=page()))
    return files
