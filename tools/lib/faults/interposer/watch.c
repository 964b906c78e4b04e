// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static struct {
    char roots[8][PATH_MAX];
    int root_count;
    long at;            // the number of the call at which something happens; 0 for none
    int error;          // what it fails with; 0: the process ends
    bool after;         // the process ends right after the call, or in the middle of it
    bool opens;         // every opening of a file counts
    bool requests;      // requests to the engine count
    bool data;          // the log has the bytes that were written
    int log;
    long count;
    bool last;
    pthread_mutex_t lock;
} watch = {.log = -1, .lock = PTHREAD_MUTEX_INITIALIZER};

static pthread_once_t is_set_up = PTHREAD_ONCE_INIT;

static const char *setting(const char *name) {
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static void set_up(void) {
    const char *roots = setting("FAULTS_ROOT");
    while (roots && *roots && watch.root_count < 8) {
        size_t length = strcspn(roots, ":");
        if (length > 0 && length < PATH_MAX) {
            memcpy(watch.roots[watch.root_count], roots, length);
            watch.roots[watch.root_count++][length] = 0;
        }
        roots += length + (roots[length] == ':');
    }
    if (setting("FAULTS_AT")) watch.at = atol(setting("FAULTS_AT"));
    if (setting("FAULTS_ERRNO")) watch.error = atoi(setting("FAULTS_ERRNO"));
    watch.after = setting("FAULTS_AFTER") != NULL;
    watch.opens = setting("FAULTS_OPENS") != NULL;
    watch.requests = setting("FAULTS_REQUESTS") != NULL;
    watch.data = setting("FAULTS_DATA") != NULL;
    if (setting("FAULTS_LOG"))
        watch.log = syscall(SYS_openat, AT_FDCWD, setting("FAULTS_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    // Programs that are started by this one are not under test.
    unsetenv("LD_PRELOAD");
}

__attribute__((constructor)) static void at_start(void) { pthread_once(&is_set_up, set_up); }

static void note(const char *format, ...);

static bool is_below_a_root(const char *path) {
    for (int i = 0; i < watch.root_count; i++) {
        size_t length = strlen(watch.roots[i]);
        if (strncmp(path, watch.roots[i], length) == 0 && (path[length] == '/' || path[length] == 0)) return true;
    }
    return false;
}

/// The path of a descriptor's file; false where it has none.
static bool path_of(int descriptor, char path[PATH_MAX]) {
    char name[64];
    if (descriptor == AT_FDCWD) return getcwd(path, PATH_MAX) != NULL;
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, name, path, PATH_MAX - 1);
    if (length < 0) return false;
    path[length] = 0;
    return path[0] == '/';
}

static bool absolute(int folder, const char *path, char whole[PATH_MAX * 2]) {
    if (path[0] == '/') return snprintf(whole, PATH_MAX * 2, "%s", path) > 0;
    char base[PATH_MAX];
    if (!path_of(folder, base)) return false;
    while (strncmp(path, "./", 2) == 0) path += 2;
    return snprintf(whole, PATH_MAX * 2, "%s/%s", base, path) > 0;
}

bool watches_path(int folder, const char *path) {
    pthread_once(&is_set_up, set_up);
    int saved = errno;
    char whole[PATH_MAX * 2];
    bool found = path && watch.root_count > 0 && absolute(folder, path, whole) && is_below_a_root(whole);
    errno = saved;
    return found;
}

bool watches_file(int descriptor) {
    pthread_once(&is_set_up, set_up);
    int saved = errno;
    char path[PATH_MAX];
    bool found = watch.root_count > 0 && path_of(descriptor, path) && is_below_a_root(path);
    errno = saved;
    return found;
}

bool watches_request(int descriptor, const void *data, size_t count) {
    pthread_once(&is_set_up, set_up);
    if (!watch.requests || count < 7) return false;
    if (memcmp(data, "POST ", 5) && memcmp(data, "DELETE ", 7) && memcmp(data, "PUT ", 4)) return false;
    int saved = errno;
    struct sockaddr_un peer;
    socklen_t length = sizeof peer;
    bool found = getpeername(descriptor, (struct sockaddr *)&peer, &length) == 0 && peer.sun_family == AF_UNIX;
    errno = saved;
    return found;
}

bool counts_opens(void) { return watch.opens; }

int begin(const char *call) {
    pthread_mutex_lock(&watch.lock);
    watch.count++;
    watch.last = false;
    if (watch.at != watch.count) return 0;
    if (watch.log >= 0) note("fault\t%s\n", call);
    if (watch.error) {
        pthread_mutex_unlock(&watch.lock);
        errno = watch.error;
        return -1;
    }
    if (!watch.after) die();
    watch.last = true;
    return 0;
}

bool is_last(void) { return watch.last; }

void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

void done(void) {
    if (watch.last) die();
    pthread_mutex_unlock(&watch.lock);
}

static void put(const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = syscall(SYS_write, watch.log, bytes, count);
        if (written <= 0) die();
        bytes += written;
        count -= written;
    }
}

static void note(const char *format, ...) {
    int saved = errno;
    char line[PATH_MAX * 5];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    put(line, length);
    errno = saved;
}

static unsigned long inode(int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) == 0 ? status.st_ino : 0;
}

void note_path(const char *call, int folder, const char *path) {
    char whole[PATH_MAX * 2];
    if (watch.log >= 0 && absolute(folder, path, whole)) note("%s\t%s\n", call, whole);
}

void note_paths(const char *call, int folder, const char *path, int other_folder, const char *other) {
    char whole[PATH_MAX * 2], other_whole[PATH_MAX * 2];
    if (watch.log >= 0 && absolute(folder, path, whole) && absolute(other_folder, other, other_whole))
        note("%s\t%s\t%s\n", call, whole, other_whole);
}

void note_folder(int folder, const char *path) {
    char whole[PATH_MAX * 2];
    struct stat status;
    if (watch.log < 0 || !absolute(folder, path, whole)) return;
    int saved = errno;
    if (lstat(whole, &status) == 0)
        note("mkdir\t%s\t%lu\t%u\n", whole, (unsigned long)status.st_ino, (unsigned)status.st_mode & 07777);
    errno = saved;
}

void note_file(const char *call, int descriptor, off_t number) {
    int saved = errno;
    char path[PATH_MAX];
    if (watch.log >= 0 && path_of(descriptor, path))
        note("%s\t%s\t%lu\t%lld\n", call, path, inode(descriptor), (long long)number);
    errno = saved;
}

void note_data(int descriptor, off_t offset, const void *data, size_t count) {
    int saved = errno;
    char path[PATH_MAX];
    if (watch.log >= 0 && path_of(descriptor, path)) {
        note("write\t%s\t%lu\t%lld\t%zu\n", path, inode(descriptor), (long long)offset, watch.data ? count : 0);
        if (watch.data) {
            put(data, count);
            put("\n", 1);
        }
    }
    errno = saved;
}

void note_said(const void *data, size_t count) {
    if (watch.log < 0 || !watch.data) return;
    pthread_mutex_lock(&watch.lock);
    note("said\t%zu\n", count);
    put(data, count);
    put("\n", 1);
    pthread_mutex_unlock(&watch.lock);
}
