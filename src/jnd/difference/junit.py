"""Comparisons as JUnit XML, which continuous integration shows as tests.

In go records, out comes the text of one file: "visible" is a failure, "broken" an error. The form is the one that
Jenkins, GitLab and GitHub's reporters read; there is no standard of it.
"""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from jnd.difference.words import in_words
from jnd.records import Comparison

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for (section 2.2)."""


def junit_xml(results: Sequence[tuple[str, Comparison]]) -> str:
    """The file.

    Parameters
    ----------
    results : the name of each pair with its comparison.
    """
    failures = sum(record.verdict == "visible" for _, record in results)
    errors = sum(record.verdict == "broken" for _, record in results)
    seconds = sum(record.seconds for _, record in results)
    cases = "".join(_case(name, record) for name, record in results)
    counts = f'tests="{len(results)}" failures="{failures}" errors="{errors}" time="{seconds:.3f}"'
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<testsuites {counts}>\n<testsuite name="jnd compare" {counts} skipped="0">\n{cases}</testsuite>\n</testsuites>\n'
    )


def _case(name: str, record: Comparison) -> str:
    head = f'<testcase classname="jnd.compare" name={_attribute(name)} time="{record.seconds:.3f}"'
    if record.verdict == "visible":
        words = in_words(record)
        return (
            f"{head}><failure message={_attribute(words.splitlines()[0])}>{escape(_clean(words))}"
            "</failure></testcase>\n"
        )
    if record.verdict == "broken":
        return f"{head}><error message={_attribute(record.error or 'broken')}/></testcase>\n"
    return f"{head}/>\n"


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text.encode("utf-8", "replace").decode("utf-8"))
