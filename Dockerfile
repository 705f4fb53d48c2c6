# jnd as a service: docker build -t jnd . && docker run -p 8080:8080 --memory 4g jnd
# Other commands work as well: docker run -v "$PWD:/work" -w /work jnd encode photos -o small

FROM python:3.12-slim-bookworm AS build
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY pyproject.toml setup.py README.md LICENSE THIRD_PARTY.md MANIFEST.in ./
COPY src src
RUN python -m venv /opt/jnd && /opt/jnd/bin/pip install --no-cache-dir ".[serve]"

FROM python:3.12-slim-bookworm
COPY --from=build /opt/jnd /opt/jnd
ENV PATH="/opt/jnd/bin:$PATH" JND_KERNEL=native
RUN useradd --create-home --uid 1000 jnd
USER 1000
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
# As the first process it gets SIGTERM itself: what was begun is finished before the container ends.
ENTRYPOINT ["jnd"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080"]
