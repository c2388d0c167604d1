# One image for every process of the Procfile.
FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 python3-venv git gdal-bin gettext libpq5 \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/chabaka
COPY . .
# Python packages, the front end and the translations, as scripts/up installs them.
RUN python3 scripts/run.py install && mkdir -p /var/lib/chabaka
ENV PATH=/opt/chabaka/.venv/bin:$PATH PYTHONUNBUFFERED=1
