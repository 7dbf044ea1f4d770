/* pin.c: see pin.h. */
#include "pin.h"

#include <string.h>
#include <openssl/evp.h>

static int hex_digit(char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int pin_hex(const char *s, unsigned char out[32])
{
  int i, high, low;

  for (i = 0; i < 32; i++) {
    if (i > 0 && *s == ':')
      s++;
    high = hex_digit(s[0]);
    low = high >= 0 ? hex_digit(s[1]) : -1;
    if (low < 0)
      return 0;
    out[i] = (unsigned char)(high * 16 + low);
    s += 2;
  }
  return *s == '\0';
}

static int pin_base64(const char *s, unsigned char out[32])
{
  unsigned char buf[48];
  char padded[45];
  size_t len = strlen(s);

  if (len != 44 && len != 43)
    return 0;
  memcpy(padded, s, len);
  if (len == 43)
    padded[43] = '=';
  padded[44] = '\0';
  if (padded[43] != '=' || strchr(padded, '=') != padded + 43 ||
      EVP_DecodeBlock(buf, (const unsigned char *)padded, 44) != 33)
    return 0;
  memcpy(out, buf, 32);
  return 1;
}

int wsstls_pin_read(const char *text, unsigned char out[32])
{
  if (strncmp(text, "sha256//", 8) == 0)
    text += 8;
  return pin_hex(text, out) || pin_base64(text, out);
}
