#!/bin/sh
# Run once by the Postgres image of docker-compose.yml, when it makes its cluster:
# the application's role owns its database and is no superuser.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set name="$POSTGRES_DB" <<'SQL'
\set password `cat /run/secrets/owner_password`
CREATE ROLE :"name" LOGIN PASSWORD :'password';
ALTER DATABASE :"name" OWNER TO :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
-- an empty one beside it, for `manage.py linkage_attack`
\set trial :name _linkage
CREATE DATABASE :"trial" OWNER :"name";
REVOKE ALL ON DATABASE :"trial" FROM PUBLIC;
SQL
# After the count the urn's log is begun anew and the old files go: the only thing its owner may do beyond owning.
if [ "$POSTGRES_DB" = urn ]; then
    psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname urn <<'SQL'
GRANT pg_checkpoint TO urn;
GRANT EXECUTE ON FUNCTION pg_switch_wal() TO urn;
SQL
fi
