/* files.h: what plain Lua cannot ask a file system: what is there, since
 * when, and what a folder holds. */
#ifndef WSSTLS_FILES_H
#define WSSTLS_FILES_H

#include "cert.h"
#include "status.h"

typedef enum wsstls_file_kind {
  WSSTLS_FILE_NONE,            /* nothing there, or not for us: errno */
  WSSTLS_FILE_REGULAR,
  WSSTLS_FILE_DIRECTORY,
  WSSTLS_FILE_OTHER            /* a socket, a device, ... */
} wsstls_file_kind;

typedef struct wsstls_file_info {
  double changed;              /* epoch seconds of the last change of its
                                * bytes, as fine as the file system has them */
  unsigned long long device, number; /* the same for every path to it */
} wsstls_file_info;

/* Follows links. */
wsstls_file_kind wsstls_file_stat(const char *path, wsstls_file_info *info);

/* The names in a folder, sorted, without "." and "..". The list is the
 * caller's (wsstls_strings_clear). */
wsstls_status wsstls_file_list(const char *dir, wsstls_strings *names,
                               wsstls_error *err);

#endif
