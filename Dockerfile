# One stage installs, the other runs: no installer and no cache in what is shipped.
FROM python:3.13-slim AS build
COPY requirements/runtime.lock /build/runtime.lock
RUN python -m venv /opt/viva \
    && /opt/viva/bin/pip install --no-cache-dir --require-hashes --only-binary :all: \
        -r /build/runtime.lock

FROM python:3.13-slim
ENV PATH=/opt/viva/bin:$PATH \
    MALLOC_ARENA_MAX=1 \
    PYTHONUNBUFFERED=1 \
    VIVA_STATIC_ROOT=/srv/static
RUN useradd --system --uid 10001 --no-create-home viva
COPY --from=build /opt/viva /opt/viva
WORKDIR /srv/viva
COPY . .
# Collecting static files reads the settings, and nothing behind them: these values reach no server.
RUN DATABASE_URL=postgres://nowhere/viva REDIS_URL=redis://nowhere VIVA_URL=http://localhost:8000 \
    VIVA_SECRET_KEY=used-while-building-the-image-and-never-afterwards \
    python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q .
USER viva
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz')"]
CMD ["gunicorn", "--config", "python:config.gunicorn", "--worker-tmp-dir", "/dev/shm", \
     "--bind", "0.0.0.0:8000", "config.wsgi"]
