// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinuxProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <unistd.h>

void envsnap_share_heaps(void) { mallopt(M_ARENA_MAX, 2); }

/// Above all numbers that the program gets.
static const int FIRST_SPARE = 64;

/// Runs in the child of a process that may have more threads, and in its memory (vfork(2)): only calls of signal-safety(7).
static void become(int root, char *const command[], const int descriptors[], int count) {
    int spare[FIRST_SPARE];
    for (int number = 0; number < count; number++) {
        spare[number] = fcntl(descriptors[number], F_DUPFD, FIRST_SPARE);
        if (spare[number] < 0) return;
    }
    if (root >= 0 && (fchdir(root) != 0 || chroot(".") != 0 || chdir("/") != 0)) return;
    for (int number = 0; number < count; number++) {
        if (dup2(spare[number], number) < 0) return;
    }
    if (close_range(count, ~0U, 0) != 0) {
        // Before Linux 5.9.
        for (long number = count; number < sysconf(_SC_OPEN_MAX); number++) close((int)number);
    }
    // A handler would run in the memory that is still the parent's.
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) != 0 || action.sa_handler == SIG_DFL) continue;
        if (action.sa_handler != SIG_IGN || number == SIGPIPE) signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    char *environment[] = {"LC_ALL=C", NULL};
    execve(command[0], command, environment);
}

pid_t envsnap_spawn(int root, char *const command[], const int descriptors[], int count) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    // To copy the page tables of a large process takes longer than the program that is run.
    pid_t child = vfork();
    if (child == 0) {
        if (count < FIRST_SPARE) become(root, command, descriptors, count);
        _exit(127);
    }
    int failure = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = failure;
    return child;
}

int envsnap_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int envsnap_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
