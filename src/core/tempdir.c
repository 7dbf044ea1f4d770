/* tempdir.c: see tempdir.h. */
#include "tempdir.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DESCRIPTORS = 16 };

wsstls_status wsstls_tempdir_make(char **path, wsstls_error *err)
{
  static const char name[] = "/wsstls-XXXXXX";
  const char *base = getenv("TMPDIR");
  size_t len;
  char *made;

  *path = NULL;
  if (base == NULL || *base == '\0')
    base = "/tmp";
  len = strlen(base) + sizeof name;
  made = malloc(len);
  if (made == NULL)
    return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "no memory");
  snprintf(made, len, "%s%s", base, name);
  if (mkdtemp(made) == NULL) {
    wsstls_error_set(err, WSSTLS_CONFIG_WRITE_FAILED, "%s: %s", made,
                     strerror(errno));
    free(made);
    return WSSTLS_CONFIG_WRITE_FAILED;
  }
  *path = made;
  return WSSTLS_OK;
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *ftw)
{
  (void)st;
  (void)type;
  (void)ftw;
  remove(path);
  return 0; /* the rest, too */
}

void wsstls_tempdir_remove(const char *path)
{
  nftw(path, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
}
