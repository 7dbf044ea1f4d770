/* pki_file.c: files written whole or not at all. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "pki.h"

static wsstls_status failed(const char *path, int error, wsstls_error *err)
{
  return wsstls_error_set(err, WSSTLS_CONFIG_WRITE_FAILED,
                          "%s: cannot be written: %s", path,
                          strerror(error));
}

static int write_all(int fd, const char *s, size_t len)
{
  while (len > 0) {
    ssize_t n = write(fd, s, len);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return errno;
    s += n;
    len -= (size_t)n;
  }
  return 0;
}

/* mkstemp makes it 0600 and exclusive: nobody reads a key while it is being
 * written. Public files get what umask leaves of 0644. */
static int write_beside(const wsstls_file *f, char *temporary)
{
  int error, fd = mkstemp(temporary);

  if (fd < 0) {
    error = errno;
    temporary[0] = '\0';
    return error;
  }
  error = write_all(fd, f->bytes, f->len);
  if (error == 0 && !f->secret) {
    mode_t mask = umask(0);

    umask(mask);
    if (fchmod(fd, 0644 & ~mask) != 0)
      error = errno;
  }
  if (error == 0 && fsync(fd) != 0 && errno != EINVAL && errno != ENOSYS)
    error = errno;
  if (close(fd) != 0 && error == 0)
    error = errno;
  return error;
}

static void discard(char **temporaries, size_t n)
{
  size_t i;

  for (i = 0; i < n; i++) {
    if (temporaries[i] != NULL && temporaries[i][0] != '\0')
      unlink(temporaries[i]);
    free(temporaries[i]);
  }
  free(temporaries);
}

/* rename() onto a folder fails late, after others were renamed: look first.
 */
static int refuses(const char *path)
{
  struct stat st;

  return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? EISDIR : 0;
}

wsstls_status wsstls_files_write(const wsstls_file *files, size_t n,
                                 wsstls_error *err)
{
  char **temporaries = calloc(n > 0 ? n : 1, sizeof *temporaries);
  wsstls_status status = WSSTLS_OK;
  size_t i;

  if (temporaries == NULL)
    return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "not enough memory");
  for (i = 0; status == WSSTLS_OK && i < n; i++) {
    size_t room = strlen(files[i].path) + sizeof ".XXXXXX";
    int error = refuses(files[i].path);

    if (error == 0) {
      error = ENOMEM;
      if ((temporaries[i] = malloc(room)) != NULL) {
        snprintf(temporaries[i], room, "%s.XXXXXX", files[i].path);
        error = write_beside(&files[i], temporaries[i]);
      }
    }
    if (error != 0)
      status = failed(files[i].path, error, err);
  }
  for (i = 0; status == WSSTLS_OK && i < n; i++) {
    if (rename(temporaries[i], files[i].path) != 0)
      status = failed(files[i].path, errno, err);
    else
      temporaries[i][0] = '\0';
  }
  discard(temporaries, n);
  return status;
}
