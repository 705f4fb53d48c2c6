"""Looks at candidates of one picture and keeps what is known of the reference between them."""

from dataclasses import replace

from jnd.observer import Observer, Sight
from jnd.picture import BACKGROUNDS, CodeValues, Picture, seen
from jnd.viewing import ViewingConditions


class Judge:
    """The observer of one reference picture.

    A transparent picture is seen over every entry of ``picture.BACKGROUNDS``, and the worse sight counts,
    for the whole picture and for the worst window.
    """

    def __init__(self, reference: Picture, viewing: ViewingConditions, protocol: str) -> None:
        self._backgrounds = BACKGROUNDS[:1] if reference.alpha is None else BACKGROUNDS
        self._seen = [seen(reference, background) for background in self._backgrounds]
        self._observers = [Observer(pixels, viewing, protocol) for pixels in self._seen]

    @property
    def reference_pixels(self) -> CodeValues:
        """(H, W, 3) sRGB: the reference as seen over the first background."""
        return self._seen[0]

    def look(self, changed: Picture) -> Sight:
        """How the decoded candidate looks beside the reference."""
        sights = [
            observer.look(seen(changed, background))
            for observer, background in zip(self._observers, self._backgrounds, strict=True)
        ]
        whole = min(sights, key=lambda sight: sight.jod)
        window = min(sights, key=lambda sight: sight.worst_window_jod)
        return replace(whole, worst_window_jod=window.worst_window_jod, worst_window=window.worst_window)
