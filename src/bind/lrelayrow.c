/* lrelayrow.c: what a relay's log and its list of connections say. */
#include "lrelay.h"

#include "../core/relay_parse.h"

static const char *from_name(int from)
{
  return from ? "server" : "client";
}

/* Sets `key` to the names of the bits, joined with "+". */
static void set_actions(lua_State *L, const wsstls_relay_row *row)
{
  luaL_Buffer b;
  int any = 0;

  if (row->type == WSSTLS_RELAY_CONNECTION) {
    wsstls_lset_string(L, "action", wsstls_status_slug(row->status));
    return;
  }
  if (row->actions == 0)
    return;
  luaL_buffinit(L, &b);
  for (int i = 0; i < WSSTLS_RELAY_ACTION_COUNT; i++) {
    if (!(row->actions >> i & 1))
      continue;
    if (any)
      luaL_addstring(&b, "+");
    luaL_addstring(&b, wsstls_relay_action_name((wsstls_relay_action)i));
    any = 1;
  }
  luaL_pushresult(&b);
  lua_setfield(L, -2, "action");
}

static void set_messages(lua_State *L, const wsstls_relay_row *row)
{
  luaL_Buffer b;

  if (row->nmessages == 0)
    return;
  luaL_buffinit(L, &b);
  for (int i = 0; i < row->nmessages; i++) {
    if (i > 0)
      luaL_addstring(&b, "+");
    luaL_addstring(&b, wsstls_relay_message_name(row->messages[i]));
  }
  luaL_pushresult(&b);
  lua_setfield(L, -2, "handshake");
}

static const char *version_name(uint16_t version)
{
  switch (version) {
  case 0: return NULL;
  case 0x0300: return "SSLv3";
  case 0x0301: return "TLSv1";
  case 0x0302: return "TLSv1.1";
  case 0x0303: return "TLSv1.2";
  default: return "TLSv1.3";
  }
}

void wsstls_lpush_relay_row(lua_State *L, const wsstls_relay_row *row)
{
  lua_createtable(L, 0, 10);
  wsstls_lset_number(L, "at", (double)row->at / 1e6);
  wsstls_lset_integer(L, "connection", (long long)row->connection);
  wsstls_lset_string(L, "from", from_name(row->from));
  wsstls_lset_string(L, "type", wsstls_relay_type_name(row->type));
  wsstls_lset_string(L, "version", version_name(row->version));
  wsstls_lset_integer(L, "length", (long long)row->length);
  if (row->nth > 0)
    wsstls_lset_integer(L, "nth", (long long)row->nth);
  if (row->rule > 0)
    wsstls_lset_integer(L, "rule", (long long)row->rule);
  if (row->partial)
    wsstls_lset_boolean(L, "partial", 1);
  set_messages(L, row);
  set_actions(L, row);
}

static void set_pair(lua_State *L, const char *key, const uint64_t pair[2])
{
  lua_createtable(L, 0, 2);
  wsstls_lset_integer(L, "client", (long long)pair[0]);
  wsstls_lset_integer(L, "server", (long long)pair[1]);
  lua_setfield(L, -2, key);
}

void wsstls_lpush_relay_connection(lua_State *L,
                                   const wsstls_relay_summary *sum)
{
  static const char *const ends[] = {
    [WSSTLS_RELAY_OPEN] = NULL, [WSSTLS_RELAY_BY_CLIENT] = "client",
    [WSSTLS_RELAY_BY_SERVER] = "server", [WSSTLS_RELAY_BY_RULE] = "rule",
    [WSSTLS_RELAY_BY_RELAY] = "relay", [WSSTLS_RELAY_BY_UPSTREAM] = "upstream"
  };

  lua_createtable(L, 0, 10);
  wsstls_lset_integer(L, "connection", (long long)sum->number);
  wsstls_lset_number(L, "began", (double)sum->began / 1e6);
  if (sum->over > 0) {
    wsstls_lset_number(L, "over", (double)sum->over / 1e6);
    wsstls_lset_string(L, "ended_by", ends[sum->end]);
  }
  if (sum->status != WSSTLS_OK)
    wsstls_lset_string(L, "code", wsstls_status_slug(sum->status));
  if (sum->error != 0)
    wsstls_lset_integer(L, "errno", sum->error);
  lua_createtable(L, 0, 2);
  wsstls_lset_string(L, "ip", sum->client.ip);
  wsstls_lset_integer(L, "port", sum->client.port);
  lua_setfield(L, -2, "client");
  set_pair(L, "bytes", sum->bytes);
  set_pair(L, "records", sum->records);
  set_pair(L, "lost_bytes", sum->lost_bytes);
  set_pair(L, "lost_records", sum->lost_records);
}
