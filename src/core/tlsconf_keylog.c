/* tlsconf_keylog.c: the NSS key log, for Wireshark.
 *
 * Whoever can read it can decrypt the connection, so the file is 0600 from
 * its first byte on. One write per line: several processes may append.
 * Source: SSL_CTX_set_keylog_callback(3).
 */
#include "tlsconf_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MAX_BYTES 512

wsstls_status wsstls_tlsconf_open_keylog(wsstls_tlsconf *c, const char *path,
                                         wsstls_error *err)
{
  struct stat st;
  int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY,
                0600);

  if (fd < 0)
    return wsstls_error_set(err, WSSTLS_CONFIG_WRITE_FAILED,
                            "keylog: %s: %s", path, strerror(errno));
  if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
      (st.st_mode & 077) != 0 && fchmod(fd, 0600) != 0) {
    int error = errno;

    close(fd);
    return wsstls_error_set(err, WSSTLS_CONFIG_WRITE_FAILED,
                            "keylog: %s: others may read it, and its mode "
                            "cannot be changed: %s", path, strerror(error));
  }
  c->keylog_fd = fd;
  return WSSTLS_OK;
}

void wsstls_tlsconf_keylog(wsstls_tlsconf *c, const char *line)
{
  char buf[LINE_MAX_BYTES];
  int n = snprintf(buf, sizeof buf, "%s\n", line);
  ssize_t written;

  if (c->keylog_fd < 0 || n <= 0 || n >= (int)sizeof buf)
    return;
  do
    written = write(c->keylog_fd, buf, (size_t)n);
  while (written < 0 && errno == EINTR);
  memset(buf, 0, sizeof buf);
}

int wsstls_tlsconf_wants_keylog(const wsstls_tlsconf *c)
{
  return c->keylog_fd >= 0;
}
