"""Our docstrings are written for `help()`; the site is made from them. What differs is translated here.

- Roles, :class:`~jnd.records.Attempt`, become plain code.
- In "Parameters" numpydoc has room for a type behind the name. The signature says the types already, so we put shape,
  range and unit there; on the site that text is the description.
- "Returns" and "Yields" are prose with us, not a list of types.
- Examples come last, without a heading.
"""

import re
import textwrap

import griffe

ROLE = re.compile(r":(?:class|func|mod|attr|meth):`~?([^`]+)`")
SECTION = re.compile(r"^(Parameters|Returns|Yields)\n-+\n(.*?)(?=\n\n(?! )|\Z)", re.DOTALL | re.MULTILINE)
ITEM = re.compile(r"^([\w*]+(?:, [\w*]+)*) : (.+)$", re.MULTILINE)


EXAMPLES = re.compile(r"\n\n(?=>>> )")


def for_the_site(text: str) -> str:
    """The docstring as griffe's numpy parser and Markdown take it."""
    text = ROLE.sub(lambda role: f"`{role[1].rsplit('.', 1)[-1] if '~' in role[0] else role[1]}`", text)
    text = EXAMPLES.sub("\n\nExamples\n--------\n", text, count=1)
    return SECTION.sub(_section, text)


def _section(section: re.Match[str]) -> str:
    heading, body = section[1], section[2]
    if heading == "Parameters":
        body = ITEM.sub("\\1 :\n    \\2", body)
    else:
        body = "result :\n" + textwrap.indent(body, "    ")
    return f"{heading}\n{'-' * len(heading)}\n{body}"


class Docstrings(griffe.Extension):
    """Runs on every object that has a docstring, before the docstring is taken apart."""

    def on_object(self, *, obj: griffe.Object, **_: object) -> None:
        if obj.docstring:
            obj.docstring.value = for_the_site(obj.docstring.value)
