/* pki_file.c: files written whole or not at all. */
#include <errno.h>
#include <fcntl.h>
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

/* Where the bytes of one file go. */
typedef struct place {
  char *target;                /* behind links, or the path itself */
  char *temporary;             /* beside it; NULL: a device, a pipe */
} place;

/* What is there and is no file (/dev/stdout, a fifo) is written to: renaming
 * would put a file in its place. rename() onto a folder fails late, after
 * others were renamed: look first. */
static int find_place(const char *path, place *out)
{
  struct stat st;
  int there = stat(path, &st) == 0;
  size_t room;

  if (there && S_ISDIR(st.st_mode))
    return EISDIR;
  out->target = there ? realpath(path, NULL) : strdup(path);
  if (out->target == NULL)
    return errno;
  if (there && !S_ISREG(st.st_mode))
    return 0;
  room = strlen(out->target) + sizeof ".XXXXXX";
  if ((out->temporary = malloc(room)) == NULL)
    return ENOMEM;
  snprintf(out->temporary, room, "%s.XXXXXX", out->target);
  return 0;
}

static int write_into(const wsstls_file *f, const place *p)
{
  int error, fd = open(p->target, O_WRONLY | O_CLOEXEC);

  if (fd < 0)
    return errno;
  error = write_all(fd, f->bytes, f->len);
  if (close(fd) != 0 && error == 0)
    error = errno;
  return error;
}

static int finish(const wsstls_file *f, place *p)
{
  if (p->temporary == NULL)
    return write_into(f, p);
  if (rename(p->temporary, p->target) != 0)
    return errno;
  p->temporary[0] = '\0';
  return 0;
}

static void discard(place *places, size_t n)
{
  size_t i;

  for (i = 0; i < n; i++) {
    if (places[i].temporary != NULL && places[i].temporary[0] != '\0')
      unlink(places[i].temporary);
    free(places[i].temporary);
    free(places[i].target);
  }
  free(places);
}

wsstls_status wsstls_files_write(const wsstls_file *files, size_t n,
                                 wsstls_error *err)
{
  place *places = calloc(n > 0 ? n : 1, sizeof *places);
  wsstls_status status = WSSTLS_OK;
  size_t i;

  if (places == NULL)
    return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "not enough memory");
  for (i = 0; status == WSSTLS_OK && i < n; i++) {
    int error = find_place(files[i].path, &places[i]);

    if (error == 0 && places[i].temporary != NULL)
      error = write_beside(&files[i], places[i].temporary);
    if (error != 0)
      status = failed(files[i].path, error, err);
  }
  for (i = 0; status == WSSTLS_OK && i < n; i++) {
    int error = finish(&files[i], &places[i]);

    if (error != 0)
      status = failed(files[i].path, error, err);
  }
  discard(places, n);
  return status;
}
