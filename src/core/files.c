/* files.c: see files.h. */
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "certutil.h"

wsstls_file_kind wsstls_file_stat(const char *path, wsstls_file_info *info)
{
  struct stat st;

  if (stat(path, &st) != 0)
    return WSSTLS_FILE_NONE;
  info->changed = (double)st.st_mtim.tv_sec +
                  (double)st.st_mtim.tv_nsec / 1e9;
  info->device = (unsigned long long)st.st_dev;
  info->number = (unsigned long long)st.st_ino;
  return S_ISREG(st.st_mode)   ? WSSTLS_FILE_REGULAR
         : S_ISDIR(st.st_mode) ? WSSTLS_FILE_DIRECTORY
                               : WSSTLS_FILE_OTHER;
}

static int by_name(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

wsstls_status wsstls_file_list(const char *dir, wsstls_strings *names,
                               wsstls_error *err)
{
  DIR *d = opendir(dir);
  wsstls_status status = WSSTLS_OK;
  struct dirent *entry;

  names->items = NULL;
  names->count = 0;
  if (d == NULL)
    return wsstls_error_set(err,
                            errno == ENOENT ? WSSTLS_CONFIG_FILE_MISSING
                                            : WSSTLS_CONFIG_FILE_UNREADABLE,
                            "%s: %s", dir, strerror(errno));
  while (status == WSSTLS_OK && (entry = readdir(d)) != NULL) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
      continue;
    if (!wsstls_strings_add(names, strdup(entry->d_name)))
      status = wsstls_error_set(err, WSSTLS_LIMIT_MEMORY,
                                "not enough memory");
  }
  closedir(d);
  if (status != WSSTLS_OK)
    wsstls_strings_clear(names);
  else if (names->count > 1)
    qsort(names->items, names->count, sizeof *names->items, by_name);
  return status;
}
