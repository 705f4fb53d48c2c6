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
    Row("`import jnd`", "benchmarks/import_time", r"^import jnd +([\d.]+) s +([\d.]+) times", "{0} s, {1} times as long as bare Python"),
    Row("`jnd --help`", "benchmarks/import_time", r"^jnd --help +([\d.]+) s +([\d.]+) times", "{0} s, {1} times as long as bare Python"),
    *(
        Row(f"Memory, {what}", "benchmarks/memory", rf"^{command} +{size} MP +(\d+) MiB", "{0} MiB at the peak")
        for what, command, size in (
            ("encoding a JPEG of 51 megapixels", "encode jpeg", "51.4"),
            ("encoding an AVIF of 13 megapixels", "encode avif", "12.8"),
            ("comparing a pair of 13 megapixels", "compare", "12.8"),
        )
    ),
    Row("Camera of a 12-megapixel picture", "benchmarks/camera_speed", r"12-megapixel picture.*: ([\d.]+) s", "{0} s"),
)  # fmt: skip
ENCODING = (
    *(
        Row(f"{name}, Kodak, 0.75 satisfied", "benchmarks/encode_search", rf"^{codec}: target met by (\d+ of \d+) results; excess bytes mean ([\d.]+) %.*encodes mean ([\d.]+), .*bisection ([\d.]+)", "target met by {0}; {1} % above the smallest file; {2} encodes (bisection {3})")
        for codec, name in (("jpeg", "JPEG"), ("webp", "WebP"), ("avif", "AVIF"))
    ),
    *(
        Row(f"{name} against one quality for all, Kodak", "benchmarks/encode_comparison", rf"^{codec}: .*\n +one quality for all.*: jnd ([-+][\d.]+) %", "{0} % bytes, by its own observer")
        for codec, name in (("jpeg", "JPEG"), ("webp", "WebP"), ("avif", "AVIF"), ("jpegxl", "JPEG XL"))
    ),
    *(
        Row(f"{name} against one quality for all, judged by SSIMULACRA2", "benchmarks/encode_comparison", rf"^{codec}: .*\n.*\n +one quality at equal 5th percentile of ssimulacra2.*: jnd ([-+][\d.]+) %", "{0} % bytes at equal 5th percentile")
        for codec, name in (("jpeg", "JPEG"), ("webp", "WebP"), ("avif", "AVIF"), ("jpegxl", "JPEG XL"))
    ),
)  # fmt: skip
PEOPLE = (
    Row("Observer, JPEG AIC-4, one source left out", "reproduce/observer_calibration", r"^a x +([\d.]+) +([\d.]+)", "RMSE {0} JND, PLCC {1}"),
    Row("ColorVideoVDP and people, JPEG on Kodak", "benchmarks/metric_agreement", r"^colorvideovdp +([\d.]+ \[[^]]+\])", "SROCC {0}"),
    Row("The plain quality setting and people, the same", "benchmarks/metric_agreement", r"^quality setting +([\d.]+ \[[^]]+\])", "SROCC {0}"),
    Row("SUR curves of MCL-JCI, first JND, best family", "reproduce/sur_curves", r"JND 1, best AIC +([\d.]+) +[\d.]+ +[\d.]+ +([\d.]+)", "largest gap {0} (median of 50 sources), quality at 75 % off by {1}"),
    Row("Prediction against the ranges that people accepted, three pictures", "reproduce/learned_people", r"model ([\d.]+), constant of the other two ([\d.]+) quality", "{0} quality steps off, a constant {1}"),
)  # fmt: skip
ROBUSTNESS = (
    Row("Broken and hostile files", "benchmarks/hostile_input", r"^(\d+) files; anything but a picture or a refusal of one line: (\d+)", "{0} files, {1} neither read nor refused in one line"),
    Row("Verdict on screenshots", "benchmarks/screenshots", r"^Missed: (\d+) of (\d+)", "{0} of {1} pairs misjudged"),
    Row("JPEG quality from pixels, any cut", "benchmarks/jpeg_history", r"all: exact ([\d.]+)%, .*\(n = (\d+)\)", "{0} % exact of {1}"),
    Row("Kind of change named, Kodak", "benchmarks/change_kinds", r"^Balanced accuracy, single kinds +([\d.]+)", "balanced accuracy {0}"),
    Row("Same camera or another, 11 natural scenes", "reproduce/camera_prnu_pairs", r"^AUC of PCE ([\d.]+ \[[^]]+\])", "AUC {0}"),
)  # fmt: skip
PUBLISHED = (
    Row("ColorVideoVDP, Kodak", "benchmarks/colorvideovdp_agreement", r"^Kodak: .*, (\d+) pairs, largest difference ([\d.]+) JOD", "{1} JOD from pip `cvvdp` at most, {0} pairs"),
    Row("Watson et al. 1997, wavelet thresholds, Y", "reproduce/subband_oracles", r"^watson1997, Y at 32 .*: ([\de.-]+)", "{0} from the table, which has four decimals"),
    Row("Chou & Li 1995, camera, 64 bits", "reproduce/jnd_maps", r"^camera +chou1995_paper +64 bits +mean ([-+\de.]+) .*samples ([\de.-]+)", "mean off by {0}, samples by {1} grey levels"),
)  # fmt: skip
LEARNED = (
    *(
        Row(f"Shipped model, {name}, CID22 validation", "reproduce/learned_evaluation", rf"^{codec} +model +\d+ +([\d.]+) +([\d.]+)[^\n]*\n{codec} +constant +\d+ +[\d.]+ +([\d.]+)", "{0} settings off, {1} distortion levels (a constant: {2})")
        for codec, name in (("jpeg", "JPEG"), ("webp", "WebP"), ("avif", "AVIF"))
    ),
)  # fmt: skip


class Group(NamedTuple):
    """A part of the page: a table of what matters, and every text that belongs to it."""

    rows: tuple[Row, ...]
    texts: str
    """Names of results, or how several begin."""


GROUPS = {
    "Speed and memory": Group(SPEED, "camera_speed cluster colorvideovdp_speed compare_speed import_time jnd_models memory metrics_speed predict_speed psychometrics_speed ssimulacra2_flip_speed study_analysis study_load subband_speed"),
    "Encoding": Group(ENCODING, "codec_effort encode_ learned_search more_encode_search redundancy search_prior"),
    "Agreement with people": Group(PEOPLE, "aic3_refit learned_people metric_agreement no_reference observer_calibration people_jnd sur_curves"),
    "Learned models": Group(LEARNED, "learned_evaluation learned_models observer_label published_models"),
    "Robustness and history": Group(ROBUSTNESS, "artifacts camera_networks camera_prnu change_kinds hostile_input jpeg_history screenshots"),
    "Agreement with what was published": Group(PUBLISHED, "colorvideovdp_agreement jnd_maps redi2010 subband_oracles"),
}  # fmt: skip
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


def anchor(name: str) -> str:
    """Where on the page a text stands."""
    return name.replace("_", "-")


def cells(row: Row) -> str:
    """The row as Markdown."""
    folder, _, name = row.source.partition("/")
    text = (ROOT / folder / "results" / f"{name}.txt").read_text("utf-8")
    found = re.search(row.pattern, text, re.MULTILINE)
    if found is None:
        raise ValueError(f"{row.source}: nothing in its result says {row.what!r} as {row.pattern}")
    return f"| {row.what} | {row.says.format(*found.groups())} | [{name}](#{anchor(name)}) |"


def group_of(result: Path) -> str:
    """The part of the page that a result belongs to."""
    named = [title for title, group in GROUPS.items() if result.stem.startswith(tuple(group.texts.split()))]
    if len(named) != 1:
        raise ValueError(
            f"{result}: it belongs to {named or 'no group'}; name it once in GROUPS of {__file__}"
        )
    return named[0]


def circumstances(text: str) -> str:
    """The machine and the date, as far as the text holds them."""
    machine = re.search(r"AMD EPYC(?: with AVX-512)?|x86_64", text)
    date = re.search(r"\b20\d\d-\d\d-\d\d\b", text)
    return "; ".join(found[0] for found in (machine, date) if found)


def whole(result: Path) -> list[str]:
    """A result's text, folded, with what left it."""
    summary, command = COMMANDS.get(result.stem) or told(script_of(result))
    text = result.read_text("utf-8")
    where = circumstances(text)
    return [
        "",
        f"### {result.stem} {{#{anchor(result.stem)}}}",
        "",
        f"{summary} (`{command}`{'; ' + where if where else ''})",
        "",
        f"<details><summary>{result.name}</summary>",
        f"<pre>{html.escape(text.rstrip())}</pre>",
        "</details>",
    ]


def page() -> str:
    """The page in Markdown."""
    lines = [
        "# Benchmarks",
        "",
        (
            "What was measured, each number from the text that its script left; the texts stand whole below each table, with the "
            "command, and with machine and date where they say them. What the numbers mean, and what did not work out, is in "
            "[Measurements](measurements.md). What counts in times is the ratio to the peer, measured in the same run. "
            "`scripts/bench NAME` measures again."
        ),
    ]
    for title, group in GROUPS.items():
        lines += [
            "",
            f"## {title}",
            "",
            "| what | measured | text |",
            "|---|---|---|",
            *map(cells, group.rows),
        ]
        for result in results():
            if group_of(result) == title:
                lines += whole(result)
    return "\n".join(lines) + "\n"


def on_files(files: Files, config: Any) -> Files:
    """Called by mkdocs when it has listed the files of the site."""
    files.append(File.generated(config, PAGE, content=page()))
    return files
