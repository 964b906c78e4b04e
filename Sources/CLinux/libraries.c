// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <link.h>
#include <stddef.h>

struct visitor {
    void (*visit)(void *context, const char *path);
    void *context;
};

static int visit_library(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size;
    struct visitor *visitor = data;
    visitor->visit(visitor->context, info->dlpi_name);
    return 0;
}

void envsnap_loaded_libraries(void (*visit)(void *context, const char *path), void *context) {
    struct visitor visitor = {visit, context};
    dl_iterate_phdr(visit_library, &visitor);
}

static int find_loader(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size;
    for (size_t index = 0; index < info->dlpi_phnum; index++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[index];
        if (header->p_type == PT_INTERP) *(const char **)data = (const char *)(info->dlpi_addr + header->p_vaddr);
    }
    // The first one is the program.
    return 1;
}

const char *envsnap_loader(void) {
    const char *path = NULL;
    dl_iterate_phdr(find_loader, &path);
    return path;
}
