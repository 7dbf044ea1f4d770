/* analyzer.h: what clang's analyzer, which sees one file at a time, cannot
 * know of functions in other files; lint.sh puts it before every file but
 * those that define them. */
#include <lua.h>
#include <lauxlib.h>
#include "../src/core/pki.h"
#include "../src/core/status.h"

/* Raises: what follows a check is not reached. */
int luaL_error(lua_State *L, const char *format, ...)
  __attribute__((noreturn));

/* Both return the status they are given, which is never WSSTLS_OK. */
void analyzer_use(const void *err, ...);
#define wsstls_error_set(err, status, ...) \
  (analyzer_use(err, __VA_ARGS__), (status))
#define wsstls_pki_fail(err, status, ...) \
  (analyzer_use(err, __VA_ARGS__), (status))
