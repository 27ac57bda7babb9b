# syntax=docker/dockerfile:1
# One image for web, worker and beat; docker-compose.yml says which command runs where.

# --- front-end files and compiled translations: what bin/run makes on a developer's machine ---
FROM python:3.11.13-slim-bookworm AS assets
WORKDIR /app
COPY requirements/ requirements/
COPY package.json package-lock.json .npmrc ./
COPY bin/ bin/
COPY locale/ locale/
# npm comes inside a wheel, so one base image is enough.
RUN PYTHONPATH=bin TRIVSEL_NPM=wheel python -c "\
from support.virtualenv import virtualenv_ensure; virtualenv_ensure('node'); \
from support.assets import assets_ensure; assets_ensure(); \
from support.translations import translations_ensure; translations_ensure()"

# --- the application ---
FROM python:3.11.13-slim-bookworm
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PATH=/opt/venv/bin:$PATH TRIVSEL_VAR=/var/lib/trivsel \
    TRIVSEL_STATIC_ROOT=/app/staticfiles
WORKDIR /app
COPY requirements/run.txt requirements/
RUN python -m venv /opt/venv && pip install --no-cache-dir --require-hashes -r requirements/run.txt
RUN useradd --system --uid 10001 --home-dir /var/lib/trivsel --create-home --shell /usr/sbin/nologin trivsel \
    && install -d -m 700 -o trivsel /var/lib/trivsel/keys /var/lib/trivsel/private-keys
COPY . .
COPY --from=assets /app/static/vendor/ static/vendor/
COPY --from=assets /app/locale/ locale/
# The secret is of this step only: collecting files signs nothing.
RUN TRIVSEL_SECRET_KEY=only-while-the-static-files-are-collected-x python manage.py collectstatic --noinput
USER trivsel
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers", "trivsel.wsgi:application"]
