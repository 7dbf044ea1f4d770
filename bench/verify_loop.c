/* verify_loop.c: what X509_verify_cert costs in a loop over parsed objects:
 *   verify_loop CA.pem CHAIN.pem HOST COUNT
 * prints "rate=N cpu=microseconds". Source: X509_verify_cert(3). */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

static STACK_OF(X509) *load(const char *path)
{
  STACK_OF(X509) *list = sk_X509_new_null();
  BIO *in = BIO_new_file(path, "r");
  X509 *x;

  while (in != NULL && (x = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL)
    sk_X509_push(list, x);
  BIO_free(in);
  return list;
}

static double cpu(void)
{
  struct timespec t;

  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int verify(X509_STORE *store, STACK_OF(X509) *chain, const char *host)
{
  X509_STORE_CTX *ctx = X509_STORE_CTX_new();
  X509_VERIFY_PARAM *param;
  int ok;

  if (!X509_STORE_CTX_init(ctx, store, sk_X509_value(chain, 0), chain))
    return 0;
  X509_STORE_CTX_set_default(ctx, "ssl_server");
  param = X509_STORE_CTX_get0_param(ctx);
  X509_VERIFY_PARAM_set1_host(param, host, 0);
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  ok = X509_verify_cert(ctx) == 1;
  X509_STORE_CTX_free(ctx);
  return ok;
}

int main(int argc, char **argv)
{
  X509_STORE *store = X509_STORE_new();
  STACK_OF(X509) *ca, *chain;
  double began;
  long i, n;

  if (argc != 5)
    return 1;
  ca = load(argv[1]);
  chain = load(argv[2]);
  n = atol(argv[4]);
  for (i = 0; i < sk_X509_num(ca); i++)
    X509_STORE_add_cert(store, sk_X509_value(ca, (int)i));
  began = cpu();
  for (i = 0; i < n; i++)
    if (!verify(store, chain, argv[3])) {
      fprintf(stderr, "the chain does not verify\n");
      return 1;
    }
  began = cpu() - began;
  printf("rate=%.0f cpu=%.2f\n", (double)n / began,
         began / (double)n * 1e6);
  return 0;
}
