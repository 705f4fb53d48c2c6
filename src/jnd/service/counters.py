"""What the service tells Prometheus."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class Counters:
    """One set per application, so that two in one process do not share them."""

    def __init__(self, taken: Callable[[], float], room: int) -> None:
        self._registry = CollectorRegistry()
        self.answers = Counter(
            "jnd_answers",
            "Answers, by what was asked and HTTP status.",
            ["what", "status"],
            registry=self._registry,
        )
        self.seconds = Histogram(
            "jnd_seconds",
            "From the whole upload to the answer.",
            ["what"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self.bytes_in = Counter("jnd_bytes_in", "Of pictures received.", registry=self._registry)
        self.bytes_out = Counter("jnd_bytes_out", "Of pictures sent.", registry=self._registry)
        Gauge("jnd_orders", "Orders waiting or at work.", registry=self._registry).set_function(taken)
        Gauge("jnd_orders_room", "Orders that there is room for.", registry=self._registry).set(room)

    def text(self) -> bytes:
        """The page that Prometheus reads."""
        return generate_latest(self._registry)
