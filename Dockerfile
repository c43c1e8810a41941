# syntax=docker/dockerfile:1
# The version that CI runs. 3.12 and 3.13 are locked too.
ARG PYTHON_VERSION=3.11

FROM python:${PYTHON_VERSION}-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /build
# The core is compiled here (agents/compiled_core.py); the sources stay beside it.
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
# Two environments: what runs, and what only builds.
RUN python -m venv /opt/ledgerwatch && python -m venv /opt/builder
COPY requirements-build.lock requirements-runtime.lock ./
RUN /opt/builder/bin/pip install --require-hashes -r requirements-build.lock \
 && /opt/ledgerwatch/bin/pip install --require-hashes -r requirements-runtime.lock
COPY pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY monitor monitor
COPY agents agents
# pip and setuptools have done their work: what runs needs neither.
RUN /opt/builder/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /build/wheels . \
 && /opt/ledgerwatch/bin/pip install --no-deps --no-index /build/wheels/*.whl \
 && /opt/builder/bin/python -P agents/compiled_core.py /opt/ledgerwatch/lib/python3.*/site-packages/monitor \
 && /opt/ledgerwatch/bin/pip uninstall --yes setuptools pip

FROM python:${PYTHON_VERSION}-slim-bookworm
ENV PATH=/opt/ledgerwatch/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    LEDGERWATCH_DATA_DIR=/var/lib/ledgerwatch LEDGERWATCH_WEB_HOST=0.0.0.0 LEDGERWATCH_WEB_PORT=6066
RUN groupadd --system --gid 10001 ledgerwatch \
 && useradd --system --uid 10001 --gid ledgerwatch --no-create-home --shell /usr/sbin/nologin ledgerwatch \
 && install --directory --owner ledgerwatch --group ledgerwatch --mode 0700 /var/lib/ledgerwatch
COPY --from=build /opt/ledgerwatch /opt/ledgerwatch
# By number, so that an orchestrator can see that it is not root.
USER 10001:10001
WORKDIR /var/lib/ledgerwatch
VOLUME /var/lib/ledgerwatch
EXPOSE 6066
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['LEDGERWATCH_WEB_PORT'] + '/healthz', timeout=4)"]
# SIGTERM finishes the batch in hand and commits.
STOPSIGNAL SIGTERM
ENTRYPOINT ["ledgerwatch"]
CMD ["worker"]
