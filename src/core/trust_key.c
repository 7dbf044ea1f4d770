/* trust_key.c: is this the same trust as last time? */
#include "trust.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <openssl/evp.h>

/* Times of files are as coarse as the kernel's tick: a file this young may
 * change again without its time changing, so its content is hashed. */
#define YOUNG_SECONDS 2
#define YOUNG_MAX (1 << 20)

static int mix(EVP_MD_CTX *md, const char *tag, const void *data, size_t len)
{
  unsigned long long size = len;

  return EVP_DigestUpdate(md, tag, strlen(tag) + 1) == 1 &&
         EVP_DigestUpdate(md, &size, sizeof size) == 1 &&
         EVP_DigestUpdate(md, data, len) == 1;
}

static int mix_content(EVP_MD_CTX *md, const char *path)
{
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  char buf[8192];
  ssize_t n = 0;
  size_t total = 0;
  int ok = fd >= 0;

  while (ok && (n = read(fd, buf, sizeof buf)) > 0) {
    total += (size_t)n;
    ok = total <= YOUNG_MAX && mix(md, "content", buf, (size_t)n);
  }
  if (fd >= 0)
    close(fd);
  return ok && n == 0;
}

static int mix_file(EVP_MD_CTX *md, const char *path)
{
  struct stat st;
  long long id[8];
  time_t now = time(NULL);

  memset(id, 0, sizeof id);
  /* a missing file is the loader's to report */
  if (stat(path, &st) != 0)
    return mix(md, "missing", path, strlen(path));
  id[0] = (long long)st.st_dev;
  id[1] = (long long)st.st_ino;
  id[2] = (long long)st.st_size;
  id[3] = (long long)st.st_mtim.tv_sec;
  id[4] = (long long)st.st_mtim.tv_nsec;
  id[5] = (long long)st.st_ctim.tv_sec;
  id[6] = (long long)st.st_ctim.tv_nsec;
  if (!mix(md, "path", path, strlen(path)) ||
      !mix(md, "stat", id, sizeof id))
    return 0;
  if (!S_ISREG(st.st_mode))
    return S_ISDIR(st.st_mode);
  if (st.st_mtim.tv_sec < now - YOUNG_SECONDS &&
      st.st_ctim.tv_sec < now - YOUNG_SECONDS)
    return 1;
  return mix_content(md, path);
}

static int by_name(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A folder's own time says nothing about a file rewritten inside it. */
static int mix_folder(EVP_MD_CTX *md, const char *path)
{
  DIR *dir = opendir(path);
  char **names = NULL, full[PATH_MAX];
  struct dirent *e;
  size_t count = 0, i;
  int ok = mix_file(md, path);

  while (ok && dir != NULL && (e = readdir(dir)) != NULL) {
    char **more = realloc(names, (count + 1) * sizeof *names);

    if (more == NULL) {
      ok = 0;
      break;
    }
    names = more;
    ok = (names[count] = strdup(e->d_name)) != NULL;
    count += (size_t)ok;
  }
  if (dir != NULL)
    closedir(dir);
  if (count > 0)
    qsort(names, count, sizeof *names, by_name);
  for (i = 0; i < count; i++) {
    if (ok && names[i][0] != '.' &&
        snprintf(full, sizeof full, "%s/%s", path, names[i]) <
          (int)sizeof full)
      ok = mix_file(md, full);
    free(names[i]);
  }
  free(names);
  return ok;
}

static int mix_cert(EVP_MD_CTX *md, X509 *x)
{
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned len = 0;

  return X509_digest(x, EVP_sha256(), hash, &len) == 1 &&
         mix(md, "cert", hash, len);
}

static int mix_material(EVP_MD_CTX *md, const wsstls_material *m)
{
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  int i, ok = 1;

  if (m->kind == WSSTLS_MATERIAL_STORE)
    return 0;
  if (m->cert != NULL)
    ok = mix_cert(md, m->cert);
  for (i = 0; ok && !m->issued && i < sk_X509_num(m->chain); i++)
    ok = mix_cert(md, sk_X509_value(m->chain, i));
  for (i = 0; ok && i < sk_X509_CRL_num(m->crls); i++)
    ok = X509_CRL_digest(sk_X509_CRL_value(m->crls, i), EVP_sha256(), hash,
                         &len) == 1 && mix(md, "crl", hash, len);
  return ok && mix(md, "kind", &m->kind, sizeof m->kind);
}

static int mix_source(EVP_MD_CTX *md, const wsstls_source *s)
{
  char path[PATH_MAX];

  if (s->material != NULL)
    return mix_material(md, s->material);
  if (s->bytes == NULL)
    return 1;
  if (!mix(md, "bytes", s->bytes, s->len))
    return 0;
  if (s->len >= sizeof path || memchr(s->bytes, '\0', s->len) != NULL)
    return 1;
  memcpy(path, s->bytes, s->len);
  path[s->len] = '\0';
  return strstr(path, "-----BEGIN") != NULL || mix_file(md, path);
}

static int mix_system(EVP_MD_CTX *md)
{
  const char *file = getenv(X509_get_default_cert_file_env());
  const char *dir = getenv(X509_get_default_cert_dir_env());

  return mix_file(md, file != NULL ? file : X509_get_default_cert_file()) &&
         mix_folder(md, dir != NULL ? dir : X509_get_default_cert_dir());
}

static int mix_all(EVP_MD_CTX *md, const wsstls_tlsopts *o)
{
  int system = o->system_ca > 0 ||
    (o->system_ca < 0 && !o->ca_given && o->nca == 0 &&
     o->ca_file == NULL && o->ca_path == NULL);
  int ok = EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1;
  size_t i;

  for (i = 0; ok && i < o->nca; i++)
    ok = mix_source(md, &o->ca[i]);
  if (ok && o->ca_file != NULL)
    ok = mix_file(md, o->ca_file);
  if (ok && o->ca_path != NULL)
    ok = mix(md, "folder", "", 0) && mix_folder(md, o->ca_path);
  if (ok && system)
    ok = mix(md, "system", "", 0) && mix_system(md);
  return ok;
}

int wsstls_trust_key(const wsstls_tlsopts *o, unsigned char key[32])
{
  EVP_MD_CTX *md = EVP_MD_CTX_new();
  int ok = md != NULL && mix_all(md, o) &&
           EVP_DigestFinal_ex(md, key, NULL) == 1;

  EVP_MD_CTX_free(md);
  return ok;
}
