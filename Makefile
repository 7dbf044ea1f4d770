# wsstls: make help
#
# make                build the C module for Lua 5.4
# make LUA=luajit     ... for another one (lua5.1 lua5.2 lua5.3 lua5.4 luajit)
# make demo           the main job, from a fresh Debian machine on
# make test           every spec; ends with "N passed, N failed"
# make peers          the foreign program of some specs, in C++
# make deps           install what build, demo and tests need (Debian), or
#                     print what to install (elsewhere)
# make lint           luacheck, gcc -Werror, cppcheck, clang-tidy
# make asan           every spec under AddressSanitizer and UBSan
# make valgrind       the core specs under valgrind
# make bench          compare with other servers and clients
# make bench-pki      making and verifying certificates
# make bench-doc      ... and write docs/performance.md
# make certs          the fixed-date fixtures of certs/
# make vectors FILE=x.json   run a corpus of verification vectors
# make install        DESTDIR PREFIX INST_LUADIR INST_LIBDIR INST_BINDIR
# make rock           luarocks lint and luarocks make, in build/rock
# make catalogue      write index and page of the installed scenarios
# make rockspec       write the file lists of the rockspec
# make clean

LUA = lua5.4
LUA_PC = $(LUA)
CC = gcc
PKG_CONFIG = pkg-config
BUILD = build
PREFIX = /usr/local
LUAS = lua5.1 lua5.2 lua5.3 lua5.4 luajit
LUA_VERSION = $(shell $(LUA) -e 'print(_VERSION:match("%d.%d"))')
INST_LUADIR = $(PREFIX)/share/lua/$(LUA_VERSION)
INST_LIBDIR = $(PREFIX)/lib/lua/$(LUA_VERSION)
INST_BINDIR = $(PREFIX)/bin

WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
  -Wmissing-prototypes -Wundef
ifeq ($(CI),true)
WARNINGS += -Werror
endif
CFLAGS = -O2 -g
STD = -std=c11 -D_GNU_SOURCE -fPIC -fvisibility=hidden -pthread
LIBS = $(shell $(PKG_CONFIG) --libs libwebsockets openssl zlib)
# Lazy on purpose: on a fresh machine pkg-config arrives with `make deps`.
INCLUDES = $(shell $(PKG_CONFIG) --cflags libwebsockets openssl zlib)
LUA_INCLUDES = $(shell $(PKG_CONFIG) --cflags $(LUA_PC))

SOURCES := $(sort $(wildcard src/core/*.c src/bind/*.c))
# tidy_spec holds the two lists and the disk to be the same.
ifneq ($(SOURCES),$(sort $(shell \
  sed -n 's/^ *"\(src\/.*\.c\)",$$/\1/p' wsstls-scm-1.rockspec)))
$(warning the rockspec names other C files: run "make rockspec")
endif
CORE = $(filter src/core/%,$(SOURCES))
BIND = $(filter src/bind/%,$(SOURCES))
CORE_OBJECTS = $(CORE:%.c=$(BUILD)/%.o)
BIND_OBJECTS = $(BIND:%.c=$(BUILD)/$(LUA)/%.o)
MODULE = $(BUILD)/$(LUA)/wsstls/core.so

.PHONY: all deps demo test peers lint asan valgrind bench bench-pki bench-doc certs \
  vectors install rock rockspec catalogue clean help sources
.DELETE_ON_ERROR:

all: $(MODULE)

$(MODULE): $(CORE_OBJECTS) $(BIND_OBJECTS)
	@mkdir -p $(@D)
	$(CC) -shared -pthread $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/src/core/%.o: src/core/%.c
	@mkdir -p $(@D)
	$(CC) $(STD) $(WARNINGS) $(CFLAGS) $(INCLUDES) -MMD -MP -c -o $@ $<

$(BUILD)/$(LUA)/src/bind/%.o: src/bind/%.c
	@mkdir -p $(@D)
	$(CC) $(STD) $(WARNINGS) $(CFLAGS) $(INCLUDES) $(LUA_INCLUDES) \
	  -MMD -MP -c -o $@ $<

-include $(CORE_OBJECTS:.o=.d) $(BIND_OBJECTS:.o=.d)

# An allocator that fails on purpose; its spec asks for it.
$(BUILD)/$(LUA)/failalloc.so: spec/core/failalloc.c
	@mkdir -p $(@D)
	$(CC) -shared $(STD) $(WARNINGS) -O1 -g $(LUA_INCLUDES) -o $@ $<

# --- running things from the tree -------------------------------------------

RUN = LUA_PATH="lua/?.lua;lua/?/init.lua;;" LUA_CPATH="$(BUILD)/$(LUA)/?.so;;" \
  $(LUA)
MAKE_QUIETLY = $(MAKE) --no-print-directory -s

deps:
	@tools/deps.sh test

demo:
	@tools/deps.sh demo
	@$(MAKE_QUIETLY) all
	@$(RUN) demo/demo.lua

# Everything on 5.4, in parts, the longest first; what needs no foreign program
# on the others, too.
SUITE = lua5.4:spec/core/[a-d]*_spec.lua lua5.4:spec/core/[e-z]*_spec.lua \
  lua5.4:spec/interop $(foreach l,$(filter-out lua5.4,$(LUAS)), \
  $(l):spec/unit,spec/core) lua5.4:spec/unit,spec/scenario,spec/tidy_spec.lua

test:
	@tools/deps.sh test
	@$(MAKE_QUIETLY) peers & peers=$$!; for lua in $(LUAS); do \
	  $(MAKE_QUIETLY) all LUA=$$lua || exit 1; done; wait $$peers
	@tools/test.sh $(SUITE)

# The other end of some specs, in C++: ten seconds of templates, beside the
# rest. Where there is no websocketpp these specs are skipped, and say so.
PEER = build/peers/websocketpp_peer
PEER_FLAGS = -std=c++17 -O0 -Wall -Wextra -Wshadow -pthread -DASIO_STANDALONE \
  -D_WEBSOCKETPP_CPP11_STL_

peers:
	@echo '#include <websocketpp/version.hpp>' | \
	  $(CXX) -E -x c++ - >/dev/null 2>&1 || exit 0; $(MAKE_QUIETLY) $(PEER)

$(PEER): spec/interop/peers/websocketpp.cpp
	@mkdir -p $(@D)
	$(CXX) $(PEER_FLAGS) -o $@ $< $(shell $(PKG_CONFIG) --libs openssl zlib)

# --- looking for faults -----------------------------------------------------

lint:
	@tools/lint.sh

# These make everything many times slower: an hour, not ten minutes.
SLOWLY = WSSTLS_LIMIT=$(or $(WSSTLS_LIMIT),3600)
SANITIZERS = -fsanitize=address,undefined -fno-sanitize-recover=undefined \
  -fno-omit-frame-pointer

asan:
	@tools/deps.sh test
	@$(MAKE_QUIETLY) peers
	@$(MAKE_QUIETLY) all BUILD=build/asan CFLAGS="-O1 -g $(SANITIZERS)"
	@$(SLOWLY) tools/test.sh -b build/asan -w tools/asan.sh $(LUA):$(or $(SPEC),spec)

valgrind:
	@tools/deps.sh test
	@$(MAKE_QUIETLY) all
	@$(SLOWLY) tools/test.sh -w tools/valgrind.sh $(LUA):$(or $(SPEC),spec/core)

certs: all
	@$(RUN) certs/make.lua

vectors: all
	@$(RUN) certs/vectors.lua $(FILE)

# --- speed ------------------------------------------------------------------

BENCH = $(patsubst bench/%.c,build/bench/%,$(wildcard bench/*.c))

build/bench/%: bench/%.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) -O2 -pthread $(INCLUDES) \
	  -o $@ $< $(LIBS)

BENCH_RUN = LUA_PATH="lua/?.lua;lua/?/init.lua;spec/?.lua;;" \
  LUA_CPATH="$(BUILD)/$(LUA)/?.so;;" $(LUA)

bench: all $(BENCH)
	@$(BENCH_RUN) bench/run.lua $(BENCHES)
	@$(BENCH_RUN) bench/relay.lua
	@$(BENCH_RUN) bench/pki.lua
	@$(BENCH_RUN) bench/scenarios.lua

bench-pki: all $(BENCH)
	@$(BENCH_RUN) bench/pki.lua

bench-doc: all $(BENCH)
	@$(BENCH_RUN) bench/run.lua --write docs/performance.md $(BENCHES)
	@$(BENCH_RUN) bench/relay.lua --write docs/performance.md

# --- installing -------------------------------------------------------------

install: all
	install -D -m 755 $(MODULE) $(DESTDIR)$(INST_LIBDIR)/wsstls/core.so
	cd lua && find wsstls -name '*.lua' \
	  -exec install -D -m 644 {} $(DESTDIR)$(INST_LUADIR)/{} \;
	cd certs && find recipes -name '*.lua' \
	  -exec install -D -m 644 {} $(DESTDIR)$(INST_LUADIR)/wsstls/{} \;
	mkdir -p $(DESTDIR)$(INST_BINDIR)
	{ echo '#!/usr/bin/env $(LUA)'; \
	  echo 'package.path = "$(INST_LUADIR)/?.lua;$(INST_LUADIR)/?/init.lua;" .. package.path'; \
	  echo 'package.cpath = "$(INST_LIBDIR)/?.so;" .. package.cpath'; \
	  tail -n +2 lua/bin/wsstls.lua; } >$(DESTDIR)$(INST_BINDIR)/wsstls
	chmod 755 $(DESTDIR)$(INST_BINDIR)/wsstls

rockspec:
	@lua5.4 tools/rockspec.lua

catalogue: $(MODULE)
	@lua5.4 tools/catalogue.lua
	@lua5.4 tools/rockspec.lua
	@$(RUN) tools/catalogue_page.lua

# In a copy: luarocks leaves its objects between the sources.
rock:
	luarocks lint wsstls-scm-1.rockspec
	rm -rf build/rock
	mkdir -p build/rock/tree build/rock/certs
	cp -r certs/recipes build/rock/certs
	cp -r src lua wsstls-scm-1.rockspec README.md build/rock
	cd build/rock && luarocks --lua-version $(LUA_VERSION) make \
	  --deps-mode none --tree tree wsstls-scm-1.rockspec

clean:
	rm -rf build

sources:
	@echo $(SOURCES)

help:
	@sed -n '/^# make/,/^$$/s/^# //p' Makefile
