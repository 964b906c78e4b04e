// SPDX-License-Identifier: Apache-2.0
// Counts the calls by which a process changes files below some folders, and makes one of them its last, or fail.
//
// Preloaded by tools/faults into the envsnap under test, which knows nothing of it.
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/// Whether a path, absolute or relative to a folder's descriptor, lies below a watched folder.
bool watches_path(int folder, const char *path);

/// Whether a descriptor's file lies below a watched folder; a socket is not a file.
bool watches_file(int descriptor);

/// Whether bytes on their way to a descriptor are a request to the engine that changes something.
bool watches_request(int descriptor, const void *data, size_t count);

/// Whether opening files counts although nothing is made by it.
bool counts_opens(void);

/// Begins a counted call: 0 to do it, else -1 with errno set to what it fails with. Does not return at the last call,
/// unless that is to be done first.
int begin(const char *call);

/// Whether the call that was begun is the last: half of it is to be done where that can be, then `die` called.
bool is_last(void);

/// Ends the process as SIGKILL does.
void die(void);

/// Ends a call that was begun and done.
void done(void);

// What was done, in the order in which it was done, for the log. All of them leave errno alone.
void note_path(const char *call, int folder, const char *path);
void note_paths(const char *call, int folder, const char *path, int other_folder, const char *other);
void note_folder(int folder, const char *path);
void note_file(const char *call, int descriptor, off_t number);
void note_data(int descriptor, off_t offset, const void *data, size_t count);
void note_said(const void *data, size_t count);

#endif
