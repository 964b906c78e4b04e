// SPDX-License-Identifier: Apache-2.0
// Processes of their own for work on what strangers made: started with nothing but some descriptors, and confined.
#ifndef ENVSNAP_CLINUX_PROCESS_H
#define ENVSNAP_CLINUX_PROCESS_H

#include <spawn.h>
#include <stdint.h>
#include <sys/types.h>

/// Lets all threads share two heaps (mallopt(3)): work that blocks runs on many, and each would keep one of its own.
void envsnap_share_heaps(void);

/// Starts a program (execve(2)) with the descriptors as its 0, 1, 2, and so on, and no others. The path is one below the
/// directory `root`, which becomes the program's root (chroot(2)), where that is not negative. A program that cannot be
/// run ends with status 127. Returns the process, or -1 with errno set.
pid_t envsnap_spawn(int root, char *const command[], const int descriptors[], int count);

/// Lets a program that is started with these actions get no descriptor from this number on; 0, or an error number.
int envsnap_close_from(posix_spawn_file_actions_t *actions, int first);

/// pipe2(2) whose ends other programs do not get. Returns 0, or -1 with errno set.
int envsnap_pipe(int ends[2]);

/// What a confined process may use.
struct envsnap_limits {
    /// The capabilities that stay, as bits by their numbers in capabilities(7).
    uint64_t capabilities;
    /// Whether device files may be made; else only the character device 0:0, by which overlayfs marks a deleted file.
    int devices;
    /// The most bytes of a file and of memory; UINT64_MAX for no limit.
    uint64_t file;
    uint64_t memory;
};

/// Gives up all that unpacking an archive does not need, for good: the directory becomes the root, and the rights, system
/// calls and amounts that are left are those of the limits. The process has to have a single thread.
///
/// Returns NULL, or the call that failed, with errno set.
const char *envsnap_confine(int directory, const struct envsnap_limits *limits);

#endif
