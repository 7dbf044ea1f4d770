/* tempdir.h: a directory for the files of one program, and its removal. */
#ifndef WSSTLS_TEMPDIR_H
#define WSSTLS_TEMPDIR_H

#include "status.h"

/* Makes "$TMPDIR/wsstls-XXXXXX" (or in /tmp), mode 0700; the path is the
 * caller's to free. Errors: CONFIG_WRITE_FAILED, LIMIT_MEMORY. */
wsstls_status wsstls_tempdir_make(char **path, wsstls_error *err);
/* Removes it and everything in it; follows no links. */
void wsstls_tempdir_remove(const char *path);

#endif
