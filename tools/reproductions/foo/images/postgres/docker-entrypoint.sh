#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Makes the database cluster on the first start, then runs the command as the user postgres.
set -euo pipefail

if [[ $1 == postgres && $EUID -eq 0 ]]; then
    install -d -o postgres -g postgres -m 700 "$PGDATA"
    install -d -o postgres -g postgres -m 2775 /var/run/postgresql
    exec setpriv --reuid=postgres --regid=postgres --init-groups "${BASH_SOURCE[0]}" "$@"
fi

if [[ $1 == postgres && ! -s $PGDATA/PG_VERSION ]]; then
    if [[ -z ${POSTGRES_PASSWORD:-} ]]; then
        echo "POSTGRES_PASSWORD is not set: the superuser needs a password" >&2
        exit 1
    fi
    initdb --pgdata="$PGDATA" --username="${POSTGRES_USER:-postgres}" --pwfile=<(echo "$POSTGRES_PASSWORD") \
        --auth-local=trust --auth-host=scram-sha-256
    echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
fi

exec "$@"
