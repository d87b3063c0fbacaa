# Two images: `app` for migrate, web, worker and beat; `proxy` for TLS.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
COPY requirements.lock /build/
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: --no-deps -r /build/requirements.lock
COPY . /app
WORKDIR /app
# Neither step asks a database; the secret is for these two alone and stays in this stage
RUN SECRET_KEY=only-while-building RECEPTION_VAR=/build/var /opt/venv/bin/python manage.py messages --compile \
    && SECRET_KEY=only-while-building RECEPTION_VAR=/build/var STATIC_ROOT=/app/static \
       /opt/venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && /opt/venv/bin/python -m compileall -q /app /opt/venv

FROM python:3.13-slim AS app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    RECEPTION_VAR=/var/lib/reception STATIC_ROOT=/app/static LOG_FORMAT=json
RUN groupadd --system --gid 10001 reception \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin reception \
    && install -d -o reception -g reception -m 0700 /var/lib/reception
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
VOLUME /var/lib/reception
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "deploy/ask.py", "http://127.0.0.1:8000/healthz"]
CMD ["gunicorn", "--config", "python:reception.web_server", "--bind", "0.0.0.0:8000", "reception.wsgi"]

FROM caddy:2-alpine AS proxy
ENV XDG_DATA_HOME=/var/lib XDG_CONFIG_HOME=/tmp
# Copied, the program loses the privilege of its file, with which it would not start once all are dropped
RUN cp /usr/bin/caddy /usr/bin/caddy-plain && mv /usr/bin/caddy-plain /usr/bin/caddy \
    && install -d -o 10002 -g 10002 -m 0700 /var/lib/caddy
COPY deploy/Caddyfile /etc/caddy/Caddyfile
USER 10002:10002
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
