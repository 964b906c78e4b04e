// SPDX-License-Identifier: Apache-2.0
// Says what a confined process can still do: one line for each attempt, with the error number, or 0 where it succeeds.
#define _GNU_SOURCE
#include "CLinuxProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

static void tell(const char *attempt, long result) {
    printf("%s %d\n", attempt, result < 0 ? errno : 0);
    fflush(stdout);
}

int main(int count, char **arguments) {
    if (count < 2) return 64;
    int outside = open("/", O_RDONLY | O_DIRECTORY);
    int folder = open(arguments[1], O_RDONLY | O_DIRECTORY);
    if (folder < 0) return 1;
    struct envsnap_limits limits = {.capabilities = 1 | 1 << 1 | 1 << 3 | 1 << 4 | 1 << 21 | 1 << 27,
                                    .devices = count > 2,
                                    .file = 1 << 20,
                                    .memory = 1 << 30};
    const char *failed = envsnap_confine(folder, &limits);
    if (failed != NULL) {
        perror(failed);
        return 1;
    }
    close(outside);
    char *const nothing[] = {NULL};
    tell("read-outside", open("/etc/passwd", O_RDONLY));
    tell("read-above", open("../etc/passwd", O_RDONLY));
    tell("read-proc", open("/proc/self/status", O_RDONLY));
    tell("execute", execve("/program", nothing, nothing));
    tell("fork", syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
    tell("socket", socket(AF_UNIX, SOCK_STREAM, 0));
    tell("mount", mount("none", "/", "tmpfs", 0, NULL));
    tell("chroot", chroot("/"));
    tell("unshare", unshare(CLONE_NEWNS));
    tell("kill-parent", kill(getppid(), 0));
    tell("code", mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
    tell("make-disk", mknod("/disk", S_IFBLK | 0600, makedev(7, 0)));
    tell("open-disk", open("/disk", O_RDONLY));
    tell("open-null", open("/null", O_RDONLY));
    tell("gain", syscall(SYS_capset, NULL, NULL));
    // What it is for.
    tell("whiteout", mknod("/whiteout", S_IFCHR | 0600, 0));
    tell("fifo", mknod("/fifo", S_IFIFO | 0600, 0));
    int file = open("/file", O_WRONLY | O_CREAT | O_EXCL, 0600);
    tell("file", file);
    tell("write", write(file, "x", 1));
    tell("owner", fchown(file, 7, 7));
    tell("attribute", fsetxattr(file, "trusted.overlay.opaque", "y", 1, 0));
    signal(SIGXFSZ, SIG_IGN);
    tell("large", pwrite(file, "x", 1, 2 << 20));
    return 0;
}
