"""Comparisons as printed answers, failures of tests and pages say them."""

from jnd.records import Comparison
from jnd.report.words import plural


def in_words(record: Comparison) -> str:
    """What a comparison found, in one paragraph of short lines."""
    verdict = (
        f"{record.verdict}: {record.worst_window_jnd:.2f} JND in the worst window (of 4° by 4°, at "
        f"{_place(record)}), {record.jnd:.2f} JND over the picture; the average observer notices it in "
        f"{trials_in_words(record.worst_window_notice or 0.0)} ({record.protocol})"
    )
    lines = [verdict]
    if record.misregistration is not None and not record.aligned:
        lines.append(misregistration_in_words(record))
    share = 100 * (record.changed_pixels or 0) / ((record.width or 1) * (record.height or 1))
    lines.append(
        f"{plural(record.changed_pixels or 0, 'pixel')} changed ({share:.3g} %), by up to "
        f"{record.largest_difference:.3g} code values, in {plural(len(record.regions) + record.regions_left_out, 'region')}"
    )
    lines += [
        f"  at {region.box[0]}, {region.box[1]} ({region.box[2]} × {region.box[3]}): "
        f"{plural(region.changed_pixels, 'pixel')}, up to {region.peak_jod_lost:.2f} JOD lost"
        for region in record.regions[:5]
    ]
    lines += kinds_in_words(record)
    lines += direction_in_words(record)
    return "\n".join([*lines, *record.notes])


def kinds_in_words(record: Comparison) -> list[str]:
    """What was done to the picture: a line, or none."""
    if not record.kinds:
        return []
    parts = [
        f"{kind.title} ({100 * kind.probability:.0f} % sure"
        + ("" if kind.severity_jnd is None else f"; by itself {kind.severity_jnd:.1f} JND")
        + ")"
        for kind in record.kinds
    ]
    return [f"What was done: {', and '.join(parts)}"]


def direction_in_words(record: Comparison) -> list[str]:
    """What got weaker or stronger, and better or worse; none where it was not asked."""
    if record.overall_change is None:
        return []
    moved = [change.words for change in record.artifact_changes if change.direction != "same"]
    told = "; ".join(moved) if moved else "no artifact is weaker or stronger"
    return [f"Against REFERENCE: {told}", f"As a whole: {record.overall_change.words}"]


def misregistration_in_words(record: Comparison) -> str:
    """How CHANGED lies against REFERENCE."""
    found = record.misregistration
    assert found is not None
    parts = [
        f"moved by {found.shift_x:+.2f}, {found.shift_y:+.2f} pixels".replace("-", "−")
        .replace("−0.00", "0.00")
        .replace("+0.00", "0.00")
    ]
    if abs(found.scale - 1) > 2e-4:
        parts.append(f"scaled by {found.scale:.4f}")
    if abs(found.rotation_degrees) > 0.01:
        parts.append(f"turned by {found.rotation_degrees:+.2f}°".replace("-", "−"))
    return f"the whole picture is {', '.join(parts)}"


def trials_in_words(notice: float) -> str:
    """How often a difference is noticed; rounded, but never to always.

    >>> trials_in_words(0.614), trials_in_words(0.9999)
    ('61 of 100 trials', 'more than 99 of 100 trials')
    """
    count = round(100 * notice)
    return f"{count} of 100 trials" if count < 100 else "more than 99 of 100 trials"


def _place(record: Comparison) -> str:
    x, y, _, _ = record.worst_window or (0, 0, 0, 0)
    return f"{x}, {y}"
