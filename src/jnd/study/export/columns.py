"""The columns of an export: one row per answer, and one row per session. The codebook is written from this file.

Names are those of the JPEG AIC data sets where such a column exists, else ours; ``jnd fit`` reads the same table.
"""

from dataclasses import dataclass
from typing import Final, Literal

ColumnType = Literal["text", "integer", "number", "boolean", "time", "json"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table of answers or sessions."""

    name: str
    type: ColumnType
    description: str
    unit: str = ""
    group: str = ""
    """Heading in the codebook."""
    personal: bool = False
    """Says something about a person that the analysis does not need; left out unless asked for."""
    triplets_only: bool = False
    """Only in exports of methods that compare two sides with a pivot: their presence tells readers what it is."""


ANSWER_COLUMNS: Final[tuple[Column, ...]] = (
    Column("study", "text", "Name of the study.", group="Who and what was asked"),
    Column("study_version", "integer", "Version of the design that this session ran under."),
    Column("session", "text", "Random id of the session (AIC: assignment)."),
    Column("participant", "text", "Random id of the person; the same over that person's sessions (AIC: worker)."),
    Column("recruited_via", "text", 'How the person came: "link", "crowd", "lab", or "simulated" for a program.'),
    Column("method", "text", "Method of the study: flicker, acr, quality-ruler, … (AIC: task)."),
    Column("question", "text", 'What was asked, where the method has more than one question: "flickers" or "still".'),
    Column("block", "integer", "Block within the session, from 0."),
    Column("trial", "text", "Random id of the trial (AIC: question_id)."),
    Column("question_order", "integer", "Place of the trial in the session, from 0."),
    Column("slot", "integer", "Place in the session's plan, from 0; a void trial's place is asked again."),
    Column("stage", "text", '"practice" or "main".'),
    Column("kind", "text", '"ordinary", "catch", "repeat" or "dummy".'),
    Column("is_training", "boolean", "Practice or dummy trial: not scored."),
    Column("is_trap", "boolean", "Catch trial, whose answer is obvious: tells attention, not the threshold."),
    Column("is_bias", "boolean", "Both sides were the same: tells the preference for a side."),
    Column("is_same", "boolean", "Both sides of one codec.", triplets_only=True),
    Column("is_cross", "boolean", "Two codecs.", triplets_only=True),
    Column("is_repeat_of", "text", "The trial whose question this one repeats."),
    Column("series", "text", "Adaptive search that chose the level; empty for fixed stimuli."),
    Column("asked", "number", "Level that the search asked for; the nearest that exists was shown."),
    Column("series_number", "integer", "Place among the answers that the search was told, from 1."),
    Column("series_answer", "integer", "What the search was told: 1 seen, 0 not."),
    Column("source", "text", "The picture (AIC: img_num).", group="What was shown"),
    Column("codec", "text", "Codec or distortion."),
    Column("setting", "number", "What the codec was told, in its own numbers (JPEG quality, …)."),
    Column("level", "number", "Distortion level; larger is worse."),
    Column("codec_left", "text", "Codec on the left; source for the original.", triplets_only=True),
    Column("dlevel_left", "number", "Distortion level on the left; 0 for the original.", triplets_only=True),
    Column("img_left", "text", "Stimulus on the left.", triplets_only=True),
    Column("codec_right", "text", "Codec on the right.", triplets_only=True),
    Column("dlevel_right", "number", "Distortion level on the right.", triplets_only=True),
    Column("img_right", "text", "Stimulus on the right.", triplets_only=True),
    Column("codec_pivot", "text", "Codec of the pivot.", triplets_only=True),
    Column("dlevel_pivot", "number", "Distortion level of the pivot.", triplets_only=True),
    Column("img_pivot", "text", "Stimulus of the pivot.", triplets_only=True),
    Column("stimuli", "json", "Place on the screen → stimulus id of stimuli.csv."),
    Column("params", "json", "Settings of the screen as sent to the browser."),
    Column("choices", "json", "The answers that were offered."),
    Column("response", "text", "The answer as given: a side, a word, a category or a position.", group="The answer"),
    Column("answer_key", "json", "The right answer, where there is one. Never sent to the browser."),
    Column("correct", "boolean", "Whether the answer was right; empty where none is."),
    Column("rating", "number", "ACR, DCR: the category, 1 to 5. Quality ruler: SQS2 of the matched ruler picture.",
           unit="category or JND"),
    Column("noticed_at", "number", "Flicker slider: the level at which flicker was first seen; empty for never."),
    Column("response_time", "number", "From the first frame of the stimulus to the answer, browser clock.", unit="ms"),
    Column("submission_time", "time", "When the answer was given, clock of the participant's machine.", unit="ISO 8601"),
    Column("served_at", "time", "When the trial was drawn, clock of the server.", unit="ISO 8601"),
    Column("received_at", "time", "When the answer arrived, clock of the server.", unit="ISO 8601"),
    Column("reload_count", "integer", "How often the page was loaded again in this trial."),
    Column("toggle_count", "integer", "How often the participant toggled between the pictures."),
    Column("direction_changes", "integer", "How often a slider changed its direction."),
    Column("nudges", "integer", "Hints on procedure seen with this trial, never on being right."),
    Column("resolution", "text", "Size of the window, width x height.", unit="CSS px", group="How it was shown"),
    Column("displayed_px", "text", "Size at which the picture was drawn, width x height.", unit="device px"),
    Column("dpr", "number", "Device pixels per CSS pixel at this trial."),
    Column("scale", "number", "Device pixels per picture pixel."),
    Column("fullscreen", "boolean", "Whether the page filled the screen."),
    Column("ppd_image", "number", "Picture pixels per degree at the eye.", unit="1/degree"),
    Column("distance_mm", "number", "Viewing distance.", unit="mm"),
    Column("distance_source", "text", "How the distance is known: asked, blindspot or lab."),
    Column("css_px_per_mm", "number", "From the card calibration.", unit="CSS px/mm"),
    Column("refresh_hz", "number", "Refresh rate at this trial, from animation frames.", unit="Hz"),
    Column("frames_per_phase", "integer", "Display frames per phase of flicker."),
    Column("phase_ms_nominal", "number", "Phase that was asked for.", unit="ms"),
    Column("phase_ms_real", "number", "Mean phase by animation-frame stamps; browser clock, not light.", unit="ms"),
    Column("swaps", "integer", "Number of swaps."),
    Column("gap_mean_ms", "number", "Mean time between swaps.", unit="ms"),
    Column("gap_min_ms", "number", "Shortest time between swaps.", unit="ms"),
    Column("gap_max_ms", "number", "Longest time between swaps.", unit="ms"),
    Column("swap_error_median_ms", "number", "Median distance of a swap from its schedule.", unit="ms"),
    Column("swap_error_p99_ms", "number", "99th percentile of the same.", unit="ms"),
    Column("frames", "integer", "Animation frames of the trial."),
    Column("frames_dropped", "integer", "Frames that came late by more than half a period."),
    Column("long_tasks", "integer", "Tasks of the browser beyond 50 ms."),
    Column("visibility_lost", "integer", "How often the page was hidden."),
    Column("first_frame_ms", "number", "From the trial's start to its first frame.", unit="ms"),
    Column("client_build", "text", "Version of the participant page."),
    Column("timing", "json", "The whole timing log, swap by swap.", group="Whole logs"),
    Column("telemetry", "json", "The whole log of the participant's actions: slider track, clicks, window."),
    Column("flags", "text", "Rules of the study's [exclusion] that the trial or its session broke, parted by ;. "
           "Nothing is deleted."),
)  # fmt: skip
"""In the order of the file."""

SESSION_COLUMNS: Final[tuple[Column, ...]] = (
    Column("session", "text", "Random id of the session."),
    Column("participant", "text", "Random id of the person."),
    Column("recruited_via", "text", "As in the answers."),
    Column("study_version", "integer", "Version of the design."),
    Column("state", "text", "From created to running, done, abandoned or withdrawn."),
    Column("seed", "integer", "Seed from which the session's trials were drawn."),
    Column("sources", "json", "Pictures of the session."),
    Column("locale", "text", "Language of the page."),
    Column("started_at", "time", "Clock of the server.", unit="ISO 8601"),
    Column("last_seen_at", "time", "Clock of the server.", unit="ISO 8601"),
    Column("planned", "integer", "Trials planned, practice too."),
    Column("answered", "integer", "Trials answered."),
    Column("voided", "integer", "Trials shown, but void: hidden, zoomed, dropped frames."),
    Column("flags", "text", "Rules of [exclusion] that the session broke, parted by ;."),
    Column("excluded", "boolean", "Whether the analysis leaves it out by these rules."),
    Column("consent_sha256", "text", "Hash of the consent text that was agreed to."),
    Column("consent_version", "text", "Version of that text."),
    Column("consent_given_at", "time", "Clock of the server.", unit="ISO 8601"),
    Column(
        "distance_sd_mm",
        "number",
        "Spread of the measurements of the distance, where it was measured.",
        unit="mm",
    ),
    Column("refresh_hz", "number", "Refresh rate at the device check.", unit="Hz"),
    Column("dpr", "number", "Device pixels per CSS pixel at the device check."),
    Column("zoom", "number", "Zoom of the browser at the device check."),
    Column("color_gamut", "text", "Gamut that the browser states."),
    Column("dynamic_range", "text", "Dynamic range that the browser states."),
    Column("css_px_per_mm", "number", "From the card.", unit="CSS px/mm"),
    Column("distance_mm", "number", "Viewing distance.", unit="mm"),
    Column("distance_source", "text", "How it is known: asked, blindspot or lab."),
    Column("ppd_image", "number", "Picture pixels per degree at the eye.", unit="1/degree"),
    Column("screen", "text", "Size of the screen.", unit="CSS px", personal=True),
    Column("user_agent", "text", "The browser.", personal=True),
    Column("timezone", "text", "Of the machine.", personal=True),
    Column("pointer", "text", "Mouse or touch.", personal=True),
    Column(
        "external_id",
        "text",
        "Keyed hash of the crowd platform's id, or the id where the design keeps it.",
        personal=True,
    ),
    Column("external_facts", "json", "Other parameters of the crowd platform.", personal=True),
    Column("screening", "json", "Answers of the screening: colour, acuity, statements.", personal=True),
    Column("room", "json", "What the participant or the laboratory said of the room.", personal=True),
)

UNANSWERED_COLUMNS: Final[tuple[Column, ...]] = (
    *(
        c
        for c in ANSWER_COLUMNS
        if c.name
        in {
            "session", "trial", "question_order", "slot", "block", "stage", "kind", "is_repeat_of", "series", "asked",
            "source", "codec", "setting", "level", "stimuli", "params", "choices", "answer_key", "served_at", "reload_count",
        }
    ),
    Column("state", "text", "Void, expired, or open when the database was read."),
    Column("void_reason", "text", "Why it is void: hidden, zoom, resize, fullscreen, dropped_frames, …."),
    Column("void_facts", "json", "Its timing and telemetry."),
)  # fmt: skip
"""Of trials that were shown and have no answer."""

EVENT_COLUMNS: Final[tuple[Column, ...]] = (
    Column("id", "text", "Random id."),
    Column("session", "text", "Random id of the session."),
    Column("kind", "text", "Focus, visibility, resize, zoom, …."),
    Column("t_client", "number", "Clock of the page.", unit="ms"),
    Column("received_at", "time", "Clock of the server.", unit="ISO 8601"),
    Column("data", "json", "What belongs to it."),
)
"""Of what happened around the trials."""

TRIPLET_METHODS: Final = frozenset({"btc", "ptc"})
"""Methods that ask which of two sides differs more: their exports have the AIC columns of left, right and pivot."""

STIMULI_COLUMNS: Final[tuple[Column, ...]] = (
    Column("id", "text", "As in the column stimuli of the answers."),
    Column("source", "text", "The picture."),
    Column("role", "text", "reference, test or ruler."),
    Column("codec", "text", "Codec or distortion."),
    Column("setting", "number", "What it was told; of rulers SQS2."),
    Column("level", "number", "Distortion level; larger is worse. Of rulers the step, from 0."),
    Column("sha256", "text", "Of the file that was shown."),
    Column("width", "integer", "Pixels."),
    Column("height", "integer", "Pixels."),
)


def answer_columns(method: str) -> tuple[Column, ...]:
    """The columns of the answers of one method."""
    return tuple(c for c in ANSWER_COLUMNS if method in TRIPLET_METHODS or not c.triplets_only)


def session_columns(*, personal: bool) -> tuple[Column, ...]:
    """The columns of the sessions."""
    return tuple(c for c in SESSION_COLUMNS if personal or not c.personal)
