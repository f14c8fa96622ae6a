#!/bin/sh
# Run once by the postgres image, when its volume is empty: a database and an owner for each service.
set -eu
for service in customer interaction scoring notification; do
    psql --set ON_ERROR_STOP=1 --set "service=$service" --set "password=$POSTGRES_PASSWORD" --username postgres <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE CONNECT ON DATABASE :"service" FROM PUBLIC;
SQL
done
