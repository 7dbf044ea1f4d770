#!/bin/sh
# deps.sh demo|test: see that what the build, the demo or the tests need is
# there. On Debian and its children install what is missing; elsewhere say
# what to install. Silent when nothing is missing.
set -u
want=${1:-test}
log=build/deps.log

demo="pkg-config libssl-dev libwebsockets-dev zlib1g-dev lua5.4
  liblua5.4-dev ca-certificates openssl libwebsockets-test-server
  libev4 libuv1"
tests="lua5.1 liblua5.1-0-dev lua5.2 liblua5.2-dev lua5.3 liblua5.3-dev
  luajit libluajit-5.1-dev lua-busted lua-check lua-dkjson lua-argparse
  lua-cqueues lua-luv lua-copas
  nodejs node-ws python3 python3-websockets python3-cryptography
  gnutls-bin libnss3-tools libxml2-utils chromium tshark
  squid tinyproxy curl socat g++ libwebsocketpp-dev libasio-dev"

case $want in
  demo) packages=$demo ;;
  test) packages="$demo $tests" ;;
  *) echo "usage: $0 demo|test" >&2; exit 1 ;;
esac
command -v "${CC:-gcc}" >/dev/null || packages="gcc libc6-dev $packages"

elsewhere()
{
  if pkg-config --exists libwebsockets openssl zlib &&
      { [ "$want" = demo ] || "${LUA:-lua5.4}" -e 'require "busted"'; }; then
    return 0
  fi 2>/dev/null
  cat >&2 <<EOF
Please install, under your system's names for them:
  a C compiler, make, pkg-config, OpenSSL >= 3.0, libwebsockets >= 4.1,
  zlib and Lua 5.1-5.4 or LuaJIT, each with headers. For the demo's last act also
  libwebsockets-test-server.
For the tests also: busted, luacheck, dkjson, argparse, cqueues, luv and copas
  (luarocks), Node with ws (npm install --prefix build/node ws), Python 3 with
  websockets and cryptography, certtool, NSS's certutil, xmllint, Chromium,
  tshark, squid, tinyproxy, curl, socat, a C++ compiler with websocketpp and
  asio.
EOF
  return 1
}

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
  { elsewhere; exit; }

missing=
for p in $packages; do
  dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' ||
    missing="$missing $p"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" != 0 ]; then
  sudo=sudo
  command -v sudo >/dev/null || {
    echo "Please install as root: apt-get install$missing" >&2
    exit 1
  }
fi
mkdir -p build
apt()
{
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get -y -q "$@" \
    </dev/null >>"$log" 2>&1
}
echo "installing:"$missing
: >"$log"
apt update || echo "apt-get update failed, going on with the lists there are"
# Older releases have no event loop plugins and need none.
known=
for p in $missing; do
  if apt-cache show "$p" >/dev/null 2>&1; then
    known="$known $p"
  else
    echo "not in this release: $p"
  fi
done
[ -n "$known" ] || exit 0
apt install --no-install-recommends $known || {
  tail -n 30 "$log" >&2
  echo "apt-get install failed; the whole log is $log" >&2
  exit 1
}
