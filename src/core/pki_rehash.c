/* pki_rehash.c: a folder as OpenSSL's CApath wants it; see openssl-rehash(1).
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/err.h>
#include "certutil.h"
#include "pki.h"

typedef struct folder {
  const char *dir;
  wsstls_strings files;        /* candidates, sorted */
  wsstls_strings seen;         /* fingerprints: the same one is linked once */
  void (*made)(void *ud, const char *link, const char *file);
  void *ud;
  wsstls_error *err;
} folder;

static wsstls_status no_memory(folder *f)
{
  return wsstls_error_set(f->err, WSSTLS_LIMIT_MEMORY, "not enough memory");
}

static char *join(const char *dir, const char *name)
{
  size_t room = strlen(dir) + strlen(name) + 2;
  char *path = malloc(room);

  if (path != NULL)
    snprintf(path, room, "%s/%s", dir, name);
  return path;
}

/* "01234567.0" or "01234567.r0" */
static int is_link_name(const char *name)
{
  size_t i;

  for (i = 0; i < 8; i++)
    if (!isxdigit((unsigned char)name[i]))
      return 0;
  if (name[8] != '.')
    return 0;
  name += name[9] == 'r' ? 10 : 9;
  if (*name == '\0')
    return 0;
  for (; *name != '\0'; name++)
    if (!isdigit((unsigned char)*name))
      return 0;
  return 1;
}

static int is_candidate(const char *name)
{
  static const char *const tails[] = { "pem", "crt", "cer", "crl" };
  const char *dot = strrchr(name, '.');
  size_t i;

  for (i = 0; dot != NULL && i < sizeof tails / sizeof *tails; i++)
    if (strcasecmp(dot + 1, tails[i]) == 0)
      return 1;
  return 0;
}

/* Old links go, candidates are collected. */
static wsstls_status look_at(folder *f, const char *name)
{
  struct stat st;
  char *path = join(f->dir, name);
  wsstls_status status = WSSTLS_OK;

  if (path == NULL)
    return no_memory(f);
  if (is_link_name(name) && lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
    if (unlink(path) != 0)
      status = wsstls_error_set(f->err, WSSTLS_CONFIG_WRITE_FAILED,
                                "%s: %s", path, strerror(errno));
  } else if (is_candidate(name) &&
             !wsstls_strings_add(&f->files, strdup(name))) {
    status = no_memory(f);
  }
  free(path);
  return status;
}

static int by_name(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static wsstls_status scan(folder *f)
{
  DIR *d = opendir(f->dir);
  wsstls_status status = WSSTLS_OK;
  struct dirent *entry;

  if (d == NULL)
    return wsstls_error_set(f->err,
                            errno == ENOENT ? WSSTLS_CONFIG_FILE_MISSING
                                            : WSSTLS_CONFIG_FILE_UNREADABLE,
                            "%s: %s", f->dir, strerror(errno));
  while (status == WSSTLS_OK && (entry = readdir(d)) != NULL)
    status = look_at(f, entry->d_name);
  closedir(d);
  if (status == WSSTLS_OK && f->files.count > 1)
    qsort(f->files.items, f->files.count, sizeof *f->files.items, by_name);
  return status;
}

/* *seen: the same certificate or CRL has its link already. */
static wsstls_status was_seen(folder *f, const unsigned char *digest,
                              unsigned len, int *seen)
{
  char *hex = wsstls_hex(digest, len);
  size_t i;

  *seen = 0;
  for (i = 0; hex != NULL && i < f->seen.count; i++)
    if (strcmp(f->seen.items[i], hex) == 0) {
      free(hex);
      *seen = 1;
      return WSSTLS_OK;
    }
  return wsstls_strings_add(&f->seen, hex) ? WSSTLS_OK : no_memory(f);
}

static wsstls_status link_as(folder *f, const X509_NAME *name, int crl,
                             const char *file)
{
  int n, ok = 0;
  unsigned long hash = X509_NAME_hash_ex(name, NULL, NULL, &ok);

  if (!ok)
    return no_memory(f);
  for (n = 0; n < 1000; n++) {
    char link[32];
    char *path;
    int error;

    snprintf(link, sizeof link, "%08lx.%s%d", hash & 0xffffffffUL,
             crl ? "r" : "", n);
    if ((path = join(f->dir, link)) == NULL)
      return no_memory(f);
    error = symlink(file, path) == 0 ? 0 : errno;
    free(path);
    if (error == 0) {
      if (f->made != NULL)
        f->made(f->ud, link, file);
      return WSSTLS_OK;
    }
    if (error != EEXIST)
      return wsstls_error_set(f->err, WSSTLS_CONFIG_WRITE_FAILED,
                              "%s/%s: %s", f->dir, link, strerror(error));
  }
  return wsstls_error_set(f->err, WSSTLS_CONFIG_WRITE_FAILED,
                          "%s: too many files with one name", f->dir);
}

/* As OpenSSL: a file counts when it holds exactly one thing. */
static wsstls_status link_material(folder *f, const wsstls_material *m,
                                   const char *file)
{
  int crl = m->kind == WSSTLS_MATERIAL_CRL, seen = 0, ok;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  const X509_CRL *list = crl ? sk_X509_CRL_value(m->crls, 0) : NULL;
  wsstls_status status;

  if (crl ? sk_X509_CRL_num(m->crls) != 1
          : m->cert == NULL || sk_X509_num(m->chain) > 0)
    return WSSTLS_OK;
  ok = crl ? X509_CRL_digest(list, EVP_sha256(), digest, &len)
           : X509_digest(m->cert, EVP_sha256(), digest, &len);
  if (!ok)
    return no_memory(f);
  status = was_seen(f, digest, len, &seen);
  if (status != WSSTLS_OK || seen)
    return status;
  return link_as(f, crl ? X509_CRL_get_issuer(list)
                        : X509_get_subject_name(m->cert), crl, file);
}

static wsstls_status link_file(folder *f, const char *file)
{
  wsstls_material *m = NULL;
  wsstls_error ignored;
  wsstls_status status;
  char *path = join(f->dir, file);

  if (path == NULL)
    return no_memory(f);
  status = wsstls_material_load(path, strlen(path), NULL, &m, &ignored);
  free(path);
  if (status == WSSTLS_LIMIT_MEMORY)
    return no_memory(f);
  status = status == WSSTLS_OK ? link_material(f, m, file) : WSSTLS_OK;
  wsstls_material_unref(m);
  return status;
}

wsstls_status wsstls_folder_rehash(const char *dir,
                                   void (*made)(void *ud, const char *link,
                                                const char *file),
                                   void *ud, wsstls_error *err)
{
  folder f;
  wsstls_status status;
  size_t i;

  memset(&f, 0, sizeof f);
  f.dir = dir;
  f.made = made;
  f.ud = ud;
  f.err = err;
  status = scan(&f);
  for (i = 0; status == WSSTLS_OK && i < f.files.count; i++)
    status = link_file(&f, f.files.items[i]);
  wsstls_strings_clear(&f.files);
  wsstls_strings_clear(&f.seen);
  return status;
}
