#!/bin/sh
# Run once by the Postgres image of docker-compose.yml, when it makes its cluster:
# the application's role owns its database and is no superuser.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set name="$POSTGRES_DB" <<'SQL'
\set password `cat /run/secrets/owner_password`
CREATE ROLE :"name" LOGIN PASSWORD :'password';
ALTER DATABASE :"name" OWNER TO :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
