// SPDX-License-Identifier: Apache-2.0
// The C library's calls that take paths.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "watch.h"

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static bool exists(int folder, const char *path) {
    struct stat status;
    int saved = errno;
    bool found = fstatat(folder, path, &status, AT_SYMLINK_NOFOLLOW) == 0;
    errno = saved;
    return found;
}

/// What an opening changes: it makes a file, it empties one, or nothing.
static const char *effect(int folder, const char *path, int flags) {
    if ((flags & O_TMPFILE) == O_TMPFILE) return "tmpfile";
    if (flags & O_CREAT && !exists(folder, path)) return "create";
    return flags & O_TRUNC ? "empty" : NULL;
}

#define OPEN(name, folder, parameters, plain, with_mode)                        \
    int name parameters {                                                       \
        REAL(name);                                                             \
        mode_t mode = 0;                                                        \
        if (flags & (O_CREAT | O_TMPFILE)) {                                    \
            va_list rest;                                                       \
            va_start(rest, flags);                                              \
            mode = va_arg(rest, mode_t);                                        \
            va_end(rest);                                                       \
        }                                                                       \
        if (!watches_path(folder, path)) return real with_mode;                 \
        const char *what = effect(folder, path, flags);                         \
        if (!what && !counts_opens()) return real with_mode;                    \
        if (begin(what ? what : "open")) return -1;                             \
        int result = real with_mode;                                            \
        if (result >= 0) note_file(what ? what : "open", result, mode);         \
        done();                                                                 \
        return result;                                                          \
    }
OPEN(open, AT_FDCWD, (const char *path, int flags, ...), (path, flags), (path, flags, mode))
OPEN(open64, AT_FDCWD, (const char *path, int flags, ...), (path, flags), (path, flags, mode))
OPEN(openat, folder, (int folder, const char *path, int flags, ...), (folder, path, flags), (folder, path, flags, mode))
OPEN(openat64, folder, (int folder, const char *path, int flags, ...), (folder, path, flags),
     (folder, path, flags, mode))

int creat(const char *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return open64(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

#define TEMPORARY(name, parameters, arguments)                  \
    int name parameters {                                       \
        REAL(name);                                             \
        if (!watches_path(AT_FDCWD, path)) return real arguments; \
        if (begin(#name)) return -1;                            \
        int result = real arguments;                            \
        if (result >= 0) note_file("create", result, 0600);     \
        done();                                                 \
        return result;                                          \
    }
TEMPORARY(mkstemp, (char *path), (path))
TEMPORARY(mkstemp64, (char *path), (path))
TEMPORARY(mkostemp, (char *path, int flags), (path, flags))
TEMPORARY(mkostemp64, (char *path, int flags), (path, flags))

#define ON_PATH(name, noted, folder, parameters, arguments)    \
    int name parameters {                                      \
        REAL(name);                                            \
        if (!watches_path(folder, path)) return real arguments; \
        if (begin(#name)) return -1;                           \
        int result = real arguments;                           \
        if (result == 0) note_path(noted, folder, path);       \
        done();                                                \
        return result;                                         \
    }
ON_PATH(unlink, "unlink", AT_FDCWD, (const char *path), (path))
ON_PATH(rmdir, "rmdir", AT_FDCWD, (const char *path), (path))
ON_PATH(unlinkat, flags & AT_REMOVEDIR ? "rmdir" : "unlink", folder, (int folder, const char *path, int flags),
        (folder, path, flags))
ON_PATH(remove, "remove", AT_FDCWD, (const char *path), (path))
ON_PATH(truncate, "truncate", AT_FDCWD, (const char *path, off_t length), (path, length))
ON_PATH(truncate64, "truncate", AT_FDCWD, (const char *path, off64_t length), (path, length))
ON_PATH(chmod, "chmod", AT_FDCWD, (const char *path, mode_t mode), (path, mode))
ON_PATH(fchmodat, "chmod", folder, (int folder, const char *path, mode_t mode, int flags), (folder, path, mode, flags))

int mkdirat(int folder, const char *path, mode_t mode) {
    REAL(mkdirat);
    if (!watches_path(folder, path)) return real(folder, path, mode);
    if (begin("mkdir")) return -1;
    int result = real(folder, path, mode);
    if (result == 0) note_folder(folder, path);
    done();
    return result;
}

int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

#define ON_PATHS(name, noted, folder, other_folder, parameters, arguments)                                  \
    int name parameters {                                                                                   \
        REAL(name);                                                                                         \
        if (!watches_path(folder, path) && !watches_path(other_folder, other)) return real arguments;       \
        if (begin(#name)) return -1;                                                                        \
        int result = real arguments;                                                                        \
        if (result == 0) note_paths(noted, folder, path, other_folder, other);                              \
        done();                                                                                             \
        return result;                                                                                      \
    }
ON_PATHS(rename, "rename", AT_FDCWD, AT_FDCWD, (const char *path, const char *other), (path, other))
ON_PATHS(renameat, "rename", folder, other_folder,
         (int folder, const char *path, int other_folder, const char *other), (folder, path, other_folder, other))
ON_PATHS(renameat2, flags ? "renameat2" : "rename", folder, other_folder,
         (int folder, const char *path, int other_folder, const char *other, unsigned flags),
         (folder, path, other_folder, other, flags))
ON_PATHS(link, "link", AT_FDCWD, AT_FDCWD, (const char *path, const char *other), (path, other))
ON_PATHS(linkat, "link", folder, other_folder,
         (int folder, const char *path, int other_folder, const char *other, int flags),
         (folder, path, other_folder, other, flags))

// The first text of a symbolic link is no path of this process.
int symlinkat(const char *target, int folder, const char *path) {
    REAL(symlinkat);
    if (!watches_path(folder, path)) return real(target, folder, path);
    if (begin("symlinkat")) return -1;
    int result = real(target, folder, path);
    if (result == 0) note_path("symlink", folder, path);
    done();
    return result;
}

int symlink(const char *target, const char *path) { return symlinkat(target, AT_FDCWD, path); }
