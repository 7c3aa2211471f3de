# Three stages: assets from npm, what is made out of the code, and what runs (no npm, no test tools, no root).
FROM node:22-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements-run.lock ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements-run.lock
COPY . .
COPY --from=assets /app/node_modules node_modules
ENV BUILD_DIR=/build DATA_DIR=/tmp/data
RUN /venv/bin/python -m scripts.fonts node_modules/@kern-ux/native/dist/fonts /build/fonts \
 && /venv/bin/python -m scripts.compile_translations \
 && TESTING=0 DEMO=1 /venv/bin/python manage.py collectstatic --noinput \
 && rm -rf tests bench scripts node_modules/vnu-jar node_modules/axe-core /tmp/data

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /app foerdertopf && install -d -o foerdertopf /data
COPY --from=build /venv /venv
COPY --from=build /build /build
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 BUILD_DIR=/build DATA_DIR=/data
USER foerdertopf
VOLUME /data
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--no-ws", "config.wsgi:application"]
