// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinuxProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/mount.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "name the architecture as in <linux/audit.h>"
#endif

/// What unpacking never calls: other programs and processes, mounts, roots and namespaces, networks, the kernel's modules,
/// keys and clocks, and ways to open files past their names.
static const unsigned int REFUSED[] = {
#ifdef __NR_fork
    __NR_fork, __NR_vfork,
#endif
#ifdef __NR_mknod
    __NR_mknod,
#endif
#ifdef __NR_iopl
    __NR_iopl, __NR_ioperm,
#endif
    __NR_execve, __NR_execveat, __NR_clone, __NR_clone3, __NR_ptrace, __NR_process_vm_readv, __NR_process_vm_writev,
    __NR_kill, __NR_tkill, __NR_rt_sigqueueinfo, __NR_rt_tgsigqueueinfo, __NR_pidfd_open, __NR_pidfd_getfd,
    __NR_pidfd_send_signal, __NR_setpriority, __NR_mount, __NR_umount2, __NR_pivot_root, __NR_chroot, __NR_unshare,
    __NR_setns, __NR_open_tree, __NR_move_mount, __NR_fsopen, __NR_fsconfig, __NR_fsmount, __NR_fspick,
    __NR_mount_setattr, __NR_name_to_handle_at, __NR_open_by_handle_at, __NR_socket, __NR_socketpair, __NR_connect,
    __NR_bind, __NR_listen, __NR_bpf, __NR_perf_event_open, __NR_userfaultfd, __NR_io_uring_setup, __NR_add_key,
    __NR_request_key, __NR_keyctl, __NR_init_module, __NR_finit_module, __NR_delete_module, __NR_kexec_load,
    __NR_kexec_file_load, __NR_reboot, __NR_swapon, __NR_swapoff, __NR_quotactl, __NR_quotactl_fd, __NR_acct,
    __NR_settimeofday, __NR_clock_settime, __NR_clock_adjtime, __NR_adjtimex, __NR_sethostname, __NR_setdomainname,
    __NR_syslog, __NR_personality, __NR_fanotify_init, __NR_vhangup, __NR_shmget, __NR_msgget, __NR_semget,
    __NR_mq_open, __NR_capset,
};
enum { REFUSED_COUNT = sizeof REFUSED / sizeof REFUSED[0] };

#define FIELD(name) (offsetof(struct seccomp_data, name))
// The lower half of an argument, on machines that store it first.
#define ARGUMENT(number) (FIELD(args) + 8 * (number))
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define IF_EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define REFUSE (SECCOMP_RET_ERRNO | EPERM)

/// Installs a filter of system calls; see seccomp(2).
static int filter_calls(int devices) {
    struct sock_filter program[32 + 2 * REFUSED_COUNT];
    unsigned short length = 0;
#define ADD(...)                                                   \
    do {                                                           \
        const struct sock_filter step = __VA_ARGS__;               \
        program[length++] = step;                                  \
    } while (0)
    ADD(LOAD(FIELD(arch)));
    ADD(IF_EQUAL(ARCHITECTURE, 1, 0));
    ADD(ANSWER(SECCOMP_RET_KILL_PROCESS));
    ADD(LOAD(FIELD(nr)));
#if defined(__x86_64__)
    // The calls of x32 are others by the same numbers.
    ADD(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
    ADD(ANSWER(SECCOMP_RET_KILL_PROCESS));
#endif
    for (int index = 0; index < REFUSED_COUNT; index++) {
        ADD(IF_EQUAL(REFUSED[index], 0, 1));
        ADD(ANSWER(REFUSE));
    }
    // abort(3) sends a signal to the process itself.
    ADD(IF_EQUAL(__NR_tgkill, 0, 4));
    ADD(LOAD(ARGUMENT(0)));
    ADD(IF_EQUAL((unsigned int)getpid(), 0, 1));
    ADD(ANSWER(SECCOMP_RET_ALLOW));
    ADD(ANSWER(REFUSE));
    // getrlimit(3) is this call on the process itself.
    ADD(IF_EQUAL(__NR_prlimit64, 0, 4));
    ADD(LOAD(ARGUMENT(0)));
    ADD(IF_EQUAL(0, 0, 1));
    ADD(ANSWER(SECCOMP_RET_ALLOW));
    ADD(ANSWER(REFUSE));
    // No code but what is loaded already: neither a library of the tree nor what is written into memory.
    ADD(IF_EQUAL(__NR_mmap, 2, 0));
    ADD(IF_EQUAL(__NR_mprotect, 1, 0));
    ADD(IF_EQUAL(__NR_pkey_mprotect, 0, 4));
    ADD(LOAD(ARGUMENT(2)));
    ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1));
    ADD(ANSWER(REFUSE));
    ADD(ANSWER(SECCOMP_RET_ALLOW));
    if (!devices) {
        ADD(IF_EQUAL(__NR_mknodat, 0, 7));
        ADD(LOAD(ARGUMENT(2)));
        ADD(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, S_IFMT));
        ADD(IF_EQUAL(S_IFBLK, 3, 0));
        ADD(IF_EQUAL(S_IFCHR, 0, 3));
        ADD(LOAD(ARGUMENT(3)));
        ADD(IF_EQUAL(0, 1, 0));
        ADD(ANSWER(REFUSE));
    }
    ADD(ANSWER(SECCOMP_RET_ALLOW));
#undef ADD
    struct sock_fprog all = {.len = length, .filter = program};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &all);
}

static int limit(int resource, uint64_t most) {
    struct rlimit both;
    if (getrlimit(resource, &both) != 0) return -1;
    rlim_t value = most == UINT64_MAX ? RLIM_INFINITY : (rlim_t)most;
    if (value > both.rlim_max) return 0;
    both.rlim_cur = both.rlim_max = value;
    return setrlimit(resource, &both);
}

/// Keeps these capabilities alone, and no way to any other.
static int keep(uint64_t capabilities) {
    for (int number = 0; prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; number++) {
        if (!(capabilities >> number & 1) && prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0) return -1;
    }
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return -1;
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &head, data) != 0) return -1;
    for (int half = 0; half < 2; half++) {
        data[half].permitted &= (uint32_t)(capabilities >> 32 * half);
        data[half].effective = data[half].permitted;
        data[half].inheritable = 0;
    }
    return (int)syscall(SYS_capset, &head, data);
}

/// Lets a descriptor lead to its directory by a mount on which device files cannot be opened nor programs be run.
///
/// It stays as it is where the kernel is older than 5.12, or the mount that of another namespace.
static void forbid_devices(int directory) {
    unsigned int flags = AT_EMPTY_PATH | AT_RECURSIVE;
    int tree = (int)syscall(SYS_open_tree, directory, "", flags | OPEN_TREE_CLONE);
    if (tree < 0) return;
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSUID};
    if (syscall(SYS_mount_setattr, tree, "", flags, &attributes, sizeof attributes) == 0) {
        // What open_tree(2) gives is not open for reading.
        int again = openat(tree, ".", O_RDONLY | O_DIRECTORY);
        if (again >= 0) dup2(again, directory);
        close(again);
    }
    close(tree);
}

const char *envsnap_confine(int directory, const struct envsnap_limits *limits) {
    // The C library looks for its converters once; it must not find some in the tree (compare CVE-2019-14271).
    iconv_t converter = iconv_open("ASCII", "UTF-8");
    if (converter != (iconv_t)-1) iconv_close(converter);
    forbid_devices(directory);
    if (fchdir(directory) != 0 || chroot(".") != 0) return "chroot";
    if (limit(RLIMIT_CORE, 0) != 0 || limit(RLIMIT_FSIZE, limits->file) != 0 || limit(RLIMIT_AS, limits->memory) != 0 ||
        limit(RLIMIT_NOFILE, 1024) != 0)
        return "setrlimit";
    if (keep(limits->capabilities) != 0) return "capset";
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return "prctl(PR_SET_DUMPABLE)";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return "prctl(PR_SET_NO_NEW_PRIVS)";
    if (filter_calls(limits->devices) != 0) return "seccomp";
    return NULL;
}
