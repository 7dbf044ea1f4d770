/* module.c: the C module wsstls.core: opens every binding, nothing else. */
#include "lutil.h"

/* The only symbol the shared object exports. */
__attribute__((visibility("default")))
int luaopen_wsstls_core(lua_State *L);

int luaopen_wsstls_core(lua_State *L)
{
  lua_newtable(L);
  wsstls_lopen_material(L);
  wsstls_lopen_pki(L);
  wsstls_lopen_verify(L);
  wsstls_lopen_tlsconf(L);
  wsstls_lopen_conn(L);
  wsstls_lopen_listener(L);
  wsstls_lopen_raw(L);
  wsstls_lopen_raw_listener(L);
  wsstls_lopen_relay(L);
  wsstls_lopen_loop(L);
  wsstls_lopen_head(L);
  wsstls_lopen_files(L);
  wsstls_lopen_program(L);
  return 1;
}
