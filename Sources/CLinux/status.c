// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

const int envsnap_o_path = O_PATH;
const int envsnap_o_noatime = O_NOATIME;
const int envsnap_seek_data = SEEK_DATA;
const int envsnap_seek_hole = SEEK_HOLE;
const int envsnap_at_empty_path = AT_EMPTY_PATH;
const uint64_t envsnap_resolve_beneath = RESOLVE_BENEATH;
const uint64_t envsnap_resolve_in_root = RESOLVE_IN_ROOT;
const uint64_t envsnap_resolve_no_symlinks = RESOLVE_NO_SYMLINKS;
const uint64_t envsnap_resolve_no_magiclinks = RESOLVE_NO_MAGICLINKS;

int envsnap_statx(int directory, const char *path, struct envsnap_status *status) {
    struct statx found;
    int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (path[0] == 0 ? AT_EMPTY_PATH : 0);
    if (statx(directory, path, flags, STATX_BASIC_STATS | STATX_MNT_ID, &found) != 0) {
        return -1;
    }
    *status = (struct envsnap_status){
        .mode = found.stx_mode,
        .links = found.stx_nlink,
        .user = found.stx_uid,
        .group = found.stx_gid,
        .inode = found.stx_ino,
        .size = found.stx_size,
        .blocks = found.stx_blocks,
        .modified_seconds = found.stx_mtime.tv_sec,
        .changed_seconds = found.stx_ctime.tv_sec,
        .modified_nanoseconds = found.stx_mtime.tv_nsec,
        .changed_nanoseconds = found.stx_ctime.tv_nsec,
        .filesystem_major = found.stx_dev_major,
        .filesystem_minor = found.stx_dev_minor,
        .device_major = found.stx_rdev_major,
        .device_minor = found.stx_rdev_minor,
    };
    if (found.stx_mask & STATX_MNT_ID) {
        status->mount = found.stx_mnt_id;
        status->has_mount = 1;
    }
    return 0;
}

int envsnap_syncfs(int descriptor) { return syncfs(descriptor); }

int envsnap_enter_network(int descriptor) { return setns(descriptor, CLONE_NEWNET); }

int envsnap_begin_writeback(int descriptor, int64_t offset, int64_t length) {
    return sync_file_range(descriptor, offset, length, SYNC_FILE_RANGE_WRITE);
}

int envsnap_processors(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0 ? CPU_COUNT(&set) : 1;
}

int envsnap_is_on_disk(int descriptor) {
    struct statfs found;
    if (fstatfs(descriptor, &found) != 0) {
        return 0;
    }
    switch ((unsigned int)found.f_type) {
    case 0xef53:
    case 0x58465342:
    case 0x9123683e:
    case 0xf2f52010:
        return 1;
    default:
        return 0;
    }
}

int envsnap_mknodat(int directory, const char *path, uint32_t mode, uint32_t major_number, uint32_t minor_number) {
    return mknodat(directory, path, mode, makedev(major_number, minor_number));
}

const char *envsnap_next_name(void *stream) {
    errno = 0;
    struct dirent *entry = readdir(stream);
    return entry == NULL ? NULL : entry->d_name;
}
