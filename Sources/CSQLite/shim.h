// SPDX-License-Identifier: Apache-2.0
#ifndef ENVSNAP_CSQLITE_H
#define ENVSNAP_CSQLITE_H

#include <sqlite3.h>

// https://www.sqlite.org/c3ref/c_dbconfig_defensive.html; sqlite3_db_config takes variable arguments, which Swift cannot
// give. Whether the connection is defensive afterwards.
static inline int envsnap_sqlite_make_defensive(sqlite3 *connection) {
    int is_defensive = 0;
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, &is_defensive) == SQLITE_OK && is_defensive;
}

#endif
