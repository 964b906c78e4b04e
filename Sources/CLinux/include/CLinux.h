// SPDX-License-Identifier: Apache-2.0
// Linux system calls and constants that Swift's Glibc module does not offer: openat2 has no wrapper in glibc 2.36, the
// others are hidden behind _GNU_SOURCE or are macros.
#ifndef ENVSNAP_CLINUX_H
#define ENVSNAP_CLINUX_H

#include <stdint.h>
#include <sys/types.h>
#include <sys/xattr.h>

#include "CLinuxProcess.h"

/// openat2(2): resolve flags as in <linux/openat2.h>. Returns a descriptor, or -1 with errno set.
int envsnap_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);

/// What statx(2) says of a file.
struct envsnap_status {
    uint32_t mode;
    uint32_t links;
    uint32_t user;
    uint32_t group;
    uint64_t inode;
    uint64_t size;
    uint64_t blocks;
    uint64_t mount;
    int64_t modified_seconds;
    int64_t changed_seconds;
    uint32_t modified_nanoseconds;
    uint32_t changed_nanoseconds;
    uint32_t filesystem_major;
    uint32_t filesystem_minor;
    uint32_t device_major;
    uint32_t device_minor;
    /// Zero when the kernel (before 5.8) gives no mount id.
    uint32_t has_mount;
};

/// statx(2) without following a final symlink; an empty path means the descriptor itself. Returns 0, or -1 with errno.
int envsnap_statx(int directory, const char *path, struct envsnap_status *status);

/// syncfs(2), which the headers show to GNU programs only. Returns 0, or -1 with errno set.
int envsnap_syncfs(int descriptor);

/// open_tree(2): a copy of the mount at a path, without those on it, that stands nowhere. Returns a descriptor, or -1 with
/// errno set.
int envsnap_clone_mount(const char *path);

/// setns(2) into a network namespace, for the calling thread alone. Returns 0, or -1 with errno set.
int envsnap_enter_network(int descriptor);

/// sync_file_range(2) with SYNC_FILE_RANGE_WRITE: begins to write a range back and does not wait. 0, or -1 with errno.
int envsnap_begin_writeback(int descriptor, int64_t offset, int64_t length);

/// How many processors this process may use, as sched_getaffinity(2) says; at least 1.
int envsnap_processors(void);

/// Whether an open file is on one of the file systems of disks, where every change of content sets the change time: ext2
/// to ext4, XFS, Btrfs, F2FS (statfs(2)).
int envsnap_is_on_disk(int descriptor);

/// mknodat(2) with the device number in its two parts. Returns 0, or -1 with errno set.
int envsnap_mknodat(int directory, const char *path, uint32_t mode, uint32_t major_number, uint32_t minor_number);

/// The next readdir(3) name, or NULL at the end or on error; errno is 0 at the end.
const char *envsnap_next_name(void *stream);

/// Calls back with the path of each shared library that this process has loaded, and of the loader itself, as the
/// loader found them; see dl_iterate_phdr(3).
void envsnap_loaded_libraries(void (*visit)(void *context, const char *path), void *context);

/// The loader that the program names (PT_INTERP in elf(5)), or NULL where it needs none.
const char *envsnap_loader(void);

extern const int envsnap_o_path;
extern const int envsnap_o_noatime;
extern const int envsnap_seek_data;
extern const int envsnap_seek_hole;
extern const int envsnap_at_empty_path;
extern const uint64_t envsnap_resolve_beneath;
extern const uint64_t envsnap_resolve_in_root;
extern const uint64_t envsnap_resolve_no_symlinks;
extern const uint64_t envsnap_resolve_no_magiclinks;

#endif
