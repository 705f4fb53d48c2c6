"""Words of the participant's page: ours in English, German and French, and over them those of a study's folder.

A file per language, ``locales/de.json`` say: a flat table of texts by key. A study's own file needs only the keys that it
says otherwise, or all of them for a language that we do not have.
"""

import json
from pathlib import Path
from typing import Any, Final

from jnd.errors import ConfigurationError
from jnd.study.design.records import LOCALE, StudyDesign

FOLDER: Final = "locales"
OURS: Final = Path(__file__).parent / "server" / "static" / FOLDER
CONSENT: Final = "consent.text"


def page_texts(folder: Path, locale: str) -> dict[str, str] | None:
    """Texts of the page of the study in ``folder``; None where neither we nor it have any in that language.

    Raises
    ------
    ConfigurationError
        A file of the study is no table of texts.
    """
    if not LOCALE.fullmatch(locale):
        return None
    return (_texts(OURS, locale) | _texts(folder / FOLDER, locale)) or None


def consent_text(folder: Path, design: StudyDesign, locale: str) -> str:
    """What people who read ``locale`` agree to.

    The study's own text in that language goes first, then ``text`` of its [consent], which has one language, then ours in
    that language, in the study's, in English.

    Raises
    ------
    ConfigurationError
        As :func:`page_texts`.
    """
    own = _texts(folder / FOLDER, locale).get(CONSENT) or design.consent.text
    if own:
        return own
    languages = (locale, locale.split("-", maxsplit=1)[0], design.study.locale, "en")
    return next(text for name in languages if (text := _texts(OURS, name).get(CONSENT)))


def check_texts(folder: Path) -> None:
    """Read all files of a study.

    Raises
    ------
    ConfigurationError
        One is no table of texts, or named as no language.
    """
    for path in sorted((folder / FOLDER).glob("*.json")):
        if not LOCALE.fullmatch(path.stem):
            raise ConfigurationError(f"{path} must be named as a language, such as de.json or pt-BR.json")
        _texts(path.parent, path.stem)


def _texts(folder: Path, locale: str) -> dict[str, str]:
    path = folder / f"{locale}.json"
    if not path.is_file():
        return {}
    try:
        content: Any = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ConfigurationError(f"{path} is not JSON: {error}") from None
    if not isinstance(content, dict) or not all(isinstance(text, str) for text in content.values()):
        raise ConfigurationError(f'{path} must be a table of texts, such as {{"consent.text": "…"}}')
    return content
