// SPDX-License-Identifier: Apache-2.0
// The C library's calls that change files, in front of its own; descriptors first, then paths.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "watch.h"

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/// Where the next write goes.
static off_t position(int descriptor) {
    struct stat status;
    int saved = errno, flags = fcntl(descriptor, F_GETFL);
    off_t offset = flags >= 0 && flags & O_APPEND && fstat(descriptor, &status) == 0 ? status.st_size
                                                                                     : lseek(descriptor, 0, SEEK_CUR);
    errno = saved;
    return offset;
}

ssize_t write(int descriptor, const void *data, size_t count) {
    REAL(write);
    if (watches_request(descriptor, data, count)) {
        if (begin("request")) return -1;
        ssize_t result = real(descriptor, data, count);
        note_path("request", AT_FDCWD, "/");
        done();
        return result;
    }
    if (!watches_file(descriptor)) {
        ssize_t result = real(descriptor, data, count);
        if (descriptor == STDOUT_FILENO && result > 0) note_said(data, result);
        return result;
    }
    if (begin("write")) return -1;
    off_t offset = position(descriptor);
    ssize_t result = real(descriptor, data, is_last() ? count / 2 : count);
    if (result >= 0) note_data(descriptor, offset, data, result);
    done();
    return result;
}

static ssize_t write_vector(int descriptor, const struct iovec *parts, int count, __typeof__(&writev) real) {
    if (count > 0 && watches_request(descriptor, parts[0].iov_base, parts[0].iov_len)) {
        if (begin("request")) return -1;
        ssize_t result = real(descriptor, parts, count);
        note_path("request", AT_FDCWD, "/");
        done();
        return result;
    }
    if (!watches_file(descriptor)) return real(descriptor, parts, count);
    if (begin("writev")) return -1;
    off_t offset = position(descriptor);
    ssize_t result = real(descriptor, parts, count), rest = result;
    for (int i = 0; i < count && rest > 0; i++) {
        size_t length = (size_t)rest < parts[i].iov_len ? (size_t)rest : parts[i].iov_len;
        note_data(descriptor, offset, parts[i].iov_base, length);
        offset += length;
        rest -= length;
    }
    done();
    return result;
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    REAL(writev);
    return write_vector(descriptor, parts, count, real);
}

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) {
    REAL(sendmsg);
    if (message->msg_iovlen == 0 ||
        !watches_request(descriptor, message->msg_iov[0].iov_base, message->msg_iov[0].iov_len))
        return real(descriptor, message, flags);
    if (begin("request")) return -1;
    ssize_t result = real(descriptor, message, flags);
    note_path("request", AT_FDCWD, "/");
    done();
    return result;
}

ssize_t send(int descriptor, const void *data, size_t count, int flags) {
    REAL(send);
    if (!watches_request(descriptor, data, count)) return real(descriptor, data, count, flags);
    if (begin("request")) return -1;
    ssize_t result = real(descriptor, data, count, flags);
    note_path("request", AT_FDCWD, "/");
    done();
    return result;
}

#define WRITE_AT(name, offset_type)                                                           \
    ssize_t name(int descriptor, const void *data, size_t count, offset_type offset) {       \
        REAL(name);                                                                           \
        if (!watches_file(descriptor)) return real(descriptor, data, count, offset);          \
        if (begin(#name)) return -1;                                                          \
        ssize_t result = real(descriptor, data, is_last() ? count / 2 : count, offset);       \
        if (result >= 0) note_data(descriptor, offset, data, result);                         \
        done();                                                                               \
        return result;                                                                        \
    }
WRITE_AT(pwrite, off_t)
WRITE_AT(pwrite64, off64_t)

#define ON_FILE(name, number, parameters, arguments)     \
    int name parameters {                                \
        REAL(name);                                      \
        if (!watches_file(descriptor)) return real arguments; \
        if (begin(#name)) return -1;                     \
        int result = real arguments;                     \
        if (result == 0) note_file(#name, descriptor, number); \
        done();                                          \
        return result;                                   \
    }
ON_FILE(fsync, 0, (int descriptor), (descriptor))
ON_FILE(fdatasync, 0, (int descriptor), (descriptor))
ON_FILE(ftruncate, length, (int descriptor, off_t length), (descriptor, length))
ON_FILE(ftruncate64, length, (int descriptor, off64_t length), (descriptor, length))
ON_FILE(fchmod, mode, (int descriptor, mode_t mode), (descriptor, mode))
ON_FILE(fallocate, length, (int descriptor, int mode, off_t offset, off_t length), (descriptor, mode, offset, length))

// Nothing of the product writes by these; were that to change, the log would say so and a replay of it refuse.
ssize_t copy_file_range(int from, off64_t *from_offset, int descriptor, off64_t *offset, size_t count, unsigned flags) {
    REAL(copy_file_range);
    if (!watches_file(descriptor)) return real(from, from_offset, descriptor, offset, count, flags);
    if (begin("copy_file_range")) return -1;
    ssize_t result = real(from, from_offset, descriptor, offset, count, flags);
    if (result >= 0) note_file("copy_file_range", descriptor, result);
    done();
    return result;
}

ssize_t sendfile(int descriptor, int from, off_t *offset, size_t count) {
    REAL(sendfile);
    if (!watches_file(descriptor)) return real(descriptor, from, offset, count);
    if (begin("sendfile")) return -1;
    ssize_t result = real(descriptor, from, offset, count);
    if (result >= 0) note_file("sendfile", descriptor, result);
    done();
    return result;
}
