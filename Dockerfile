# Each RUN is one line, and every path is below WORKDIR: so .ci/run can carry out these very lines in a folder of its own.
FROM python:3.11-slim-bookworm AS build
WORKDIR /srv/article-facts
RUN python3 -m venv .venv
COPY requirements.lock ./
RUN .venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY migrations migrations
COPY seeds seeds
RUN .venv/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation --editable .
RUN .venv/bin/article-facts build
RUN .venv/bin/python -m compileall -q app
RUN .venv/bin/python -m pip uninstall --quiet --yes setuptools pip

FROM python:3.11-slim-bookworm
WORKDIR /srv/article-facts
COPY --from=build /srv/article-facts ./
ENV PATH=/srv/article-facts/.venv/bin:$PATH FACTS_HOST=0.0.0.0 FACTS_PORT=8000
USER 65534:65534
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "-c", "from os import environ; from urllib.request import ProxyHandler, build_opener; build_opener(ProxyHandler({})).open(f\"http://127.0.0.1:{environ['FACTS_PORT']}/readyz\", timeout=2)"]
CMD ["article-facts", "serve"]
