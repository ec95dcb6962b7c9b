# hoy: a container stack without a daemon. `make help` lists the targets.
#
# The programs, all from one tree: hoy and hoy-runtime (static glibc: json-c, libseccomp, libcap), hoy-init, hoy-monitor, hoy-dns and
# hoy-relay (static musl, no library), hoy-image (dynamic: libarchive, OpenSSL, zlib, isa-l, zstd, liblzma, libbz2), hoy-fetch (dynamic: libcurl, OpenSSL),
# hoy-systemd (dynamic: libsystemd). Which folders a program is made of stands below; who may include whom stands in src/LAYERS.

PREFIX ?= /usr/local
LIBEXECDIR ?= $(PREFIX)/libexec/hoy
MANDIR ?= $(PREFIX)/share/man
DESTDIR ?=
CC ?= gcc
MUSL_CC ?= musl-gcc
PKG_CONFIG ?= pkg-config
B ?= build

WARN := -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wcast-qual -Wmissing-prototypes -Wstrict-prototypes -Wundef \
	-Wconversion -Wno-sign-conversion -Wno-format-truncation -Werror=implicit-function-declaration
CPPFLAGS += -Isrc -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DLIBEXECDIR='"$(LIBEXECDIR)"'
CFLAGS ?= -O2 -g
STD := -std=gnu17 -ffile-prefix-map=$(CURDIR)=. -fno-common -fstack-protector-strong
HARDEN := -fstack-clash-protection -fcf-protection -D_FORTIFY_SOURCE=2
LINK_STATIC := -static-pie
PIE := -fPIE

ifdef WERROR
WARN += -Werror
endif
ifdef SAN
B := build/san
CFLAGS := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
HARDEN :=
LINK_STATIC :=
endif
ifdef FAULTS
B := build/faults
CPPFLAGS += -DHOY_FAULTS
endif
ifdef COVERAGE
B := build/coverage
CFLAGS := -O0 -g --coverage
HARDEN :=
LINK_STATIC :=
endif

# Debian has no musl headers for the kernel's interface; the kernel's own are found last.
MUSL_CPPFLAGS = -Isrc -D_GNU_SOURCE -idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu
MUSL_STRIP ?= -s
MUSL_CFLAGS = -Os -g $(STD) $(WARN) -fPIE -ffunction-sections -fdata-sections
MUSL_LDFLAGS = -static -Wl,--gc-sections -Wl,-z,noseparate-code $(MUSL_STRIP)

sources = $(sort $(wildcard $(patsubst %,src/%/*.c,$(1))))

HOY_DIRS := base format linux proto spec store runtime image network engine cli
INIT_SRC := $(call sources,init) $(call sources,linux) $(call sources,proto) src/main/hoy_init.c \
	$(patsubst %,src/base/%.c,err str fd fault clock)
MONITOR_SRC := $(call sources,monitor) $(call sources,proto) src/main/hoy_monitor.c \
	$(patsubst %,src/base/%.c,err str fd fault clock file)
DNS_SRC := $(call sources,dns) $(call sources,linux) src/main/hoy_dns.c \
	$(patsubst %,src/base/%.c,err str arena fd fault clock id)
RELAY_SRC := $(call sources,relay) src/main/hoy_relay.c src/proto/reserved.c \
	$(patsubst %,src/linux/%.c,capabilities nobody process) $(patsubst %,src/base/%.c,err str fd fault clock)
# What hoy-image needs of image/ is in image/tool_*.c and tar.c; the rest of image/ is the engine's.
IMAGE_SRC := src/main/hoy_image.c $(wildcard src/image/tool_*.c) src/image/tar.c $(call sources,linux) \
	$(call sources,base) $(call sources,format) \
	$(patsubst %,src/spec/%.c,descriptor image_manifest image_index platform)
# hoy-fetch, like hoy-runtime and hoy-systemd, takes of the common folders only what it reaches.
FETCH_SRC := $(call sources,fetch) src/main/hoy_fetch.c
SYSTEMD_SRC := $(call sources,systemd) src/main/hoy_systemd.c
HOY_SRC := $(filter-out src/image/tool_%.c,$(call sources,$(HOY_DIRS))) src/main/hoy.c

# hoy-runtime is linked from the archive of all: of the folders that both know it takes only what it reaches.
RUNTIME_SRC := $(call sources,oci) src/main/hoy_runtime.c

HOY_OBJ := $(HOY_SRC:src/%.c=$(B)/glibc/%.o)
RUNTIME_OBJ := $(RUNTIME_SRC:src/%.c=$(B)/glibc/%.o)
SYSTEMD_OBJ := $(SYSTEMD_SRC:src/%.c=$(B)/glibc/%.o)
FETCH_OBJ := $(FETCH_SRC:src/%.c=$(B)/glibc/%.o)
IMAGE_OBJ := $(IMAGE_SRC:src/%.c=$(B)/glibc/%.o)
INIT_OBJ := $(INIT_SRC:src/%.c=$(B)/musl/%.o)
MONITOR_OBJ := $(MONITOR_SRC:src/%.c=$(B)/musl/%.o)
DNS_OBJ := $(DNS_SRC:src/%.c=$(B)/musl/%.o)
RELAY_OBJ := $(RELAY_SRC:src/%.c=$(B)/musl/%.o)

HOY_LIBS := -ljson-c -lseccomp -lcap
FETCH_LIBS := -lcurl -lssl -lcrypto -ljson-c
IMAGE_LIBS := -larchive -lcrypto -lz -lzstd -llzma -lbz2 -lisal -lseccomp -ljson-c

PROGRAMS := $(B)/hoy $(B)/hoy-runtime $(B)/hoy-init $(B)/hoy-monitor $(B)/hoy-image $(B)/hoy-fetch $(B)/hoy-systemd \
	$(B)/hoy-dns $(B)/hoy-relay

.PHONY: all
all: $(PROGRAMS) ## the programs (the default)

$(B)/hoy: $(HOY_OBJ)
	$(CC) $(CFLAGS) $(PIE) $(LDFLAGS) $(LINK_STATIC) -Wl,-z,relro,-z,now -o $@ $^ $(HOY_LIBS)
$(B)/hoy-runtime: $(RUNTIME_OBJ) $(B)/libhoy.a
	$(CC) $(CFLAGS) $(PIE) $(LDFLAGS) $(LINK_STATIC) -Wl,-z,relro,-z,now -o $@ $^ $(HOY_LIBS)
$(B)/hoy-image: $(IMAGE_OBJ)
	$(CC) $(CFLAGS) $(PIE) -pie $(LDFLAGS) -Wl,-z,relro,-z,now -o $@ $^ $(IMAGE_LIBS)
$(B)/hoy-fetch: $(FETCH_OBJ) $(B)/libhoy.a
	$(CC) $(CFLAGS) $(PIE) -pie $(LDFLAGS) -Wl,-z,relro,-z,now -o $@ $^ $(FETCH_LIBS)
$(B)/hoy-systemd: $(SYSTEMD_OBJ) $(B)/libhoy.a
	$(CC) $(CFLAGS) $(PIE) -pie $(LDFLAGS) -Wl,-z,relro,-z,now -o $@ $^ -lsystemd
$(B)/hoy-init: $(INIT_OBJ)
	$(MUSL_CC) $(MUSL_CFLAGS) $(MUSL_LDFLAGS) -o $@ $^
$(B)/hoy-monitor: $(MONITOR_OBJ)
	$(MUSL_CC) $(MUSL_CFLAGS) $(MUSL_LDFLAGS) -o $@ $^
$(B)/hoy-relay: $(RELAY_OBJ)
	$(MUSL_CC) $(MUSL_CFLAGS) $(MUSL_LDFLAGS) -o $@ $^

$(B)/hoy-dns: $(DNS_OBJ)
	$(MUSL_CC) $(MUSL_CFLAGS) $(MUSL_LDFLAGS) -o $@ $^

# Objects are made anew when the flags change (PREFIX is one of them), not when only the warnings do.
FLAGS := $(CC) $(CPPFLAGS) $(CFLAGS) $(STD) $(HARDEN) $(MUSL_CC)
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','"'"',$(FLAGS))' | cmp -s - $@ || echo '$(subst ','"'"',$(FLAGS))' > $@
.PHONY: FORCE
FORCE:

$(B)/glibc/%.o: src/%.c Makefile $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(STD) $(HARDEN) $(WARN) $(PIE) -MMD -MP -c -o $@ $<
$(B)/musl/%.o: src/%.c Makefile $(B)/flags
	@mkdir -p $(@D)
	$(MUSL_CC) $(MUSL_CPPFLAGS) $(if $(FAULTS),-DHOY_FAULTS) $(MUSL_CFLAGS) -MMD -MP -c -o $@ $<

-include $(HOY_OBJ:.o=.d) $(RUNTIME_OBJ:.o=.d) $(SYSTEMD_OBJ:.o=.d) $(IMAGE_OBJ:.o=.d) $(FETCH_OBJ:.o=.d) $(INIT_OBJ:.o=.d) $(MONITOR_OBJ:.o=.d) $(DNS_OBJ:.o=.d) \
	$(RELAY_OBJ:.o=.d)

# Unit tests: tests/unit/<folder>/test_<file>.c, linked with everything of hoy but its main.
UNIT_SRC := $(sort $(wildcard tests/unit/*/test_*.c))
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(B)/unit/%)
LIB_SRC := $(filter-out src/main/%,$(sort $(HOY_SRC) $(RUNTIME_SRC) $(INIT_SRC) $(MONITOR_SRC) $(IMAGE_SRC) $(FETCH_SRC) $(DNS_SRC)))
LIB_OBJ := $(LIB_SRC:src/%.c=$(B)/glibc/%.o)

# An archive, so that a test links only what it reaches.
$(B)/libhoy.a: $(LIB_OBJ)
	rm -f $@ && $(AR) rcs $@ $^

# Bound at the start, as hoy is: binding lazily keeps registers on the stack, and with them what memory_scan.h looks for.
$(B)/unit/%: tests/unit/%.c $(B)/libhoy.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(STD) $(WARN) $(PIE) -Wl,-z,now -o $@ $< $(B)/libhoy.a $(LDFLAGS) $(HOY_LIBS) $(IMAGE_LIBS) $(FETCH_LIBS) -lcmocka

.PHONY: unit print-unit
unit: $(UNIT_BIN) ## build and run the unit tests
	@scripts/test unit
print-unit:
	@echo $(UNIT_BIN)

# Golden tests: tests/golden/<what>/test_*.c, which compare with the texts beside them.
GOLDEN_BIN := $(patsubst tests/%.c,$(B)/%,$(sort $(wildcard tests/golden/*/test_*.c)))
$(B)/golden/%: tests/golden/%.c $(B)/libhoy.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(STD) $(WARN) $(PIE) -o $@ $< $(B)/libhoy.a $(LDFLAGS) $(HOY_LIBS) -lcmocka
.PHONY: golden print-golden
golden: $(GOLDEN_BIN) ## build and run the golden tests
	@scripts/test golden
print-golden:
	@echo $(GOLDEN_BIN)

# The runtime and the monitor by themselves, without the engine (root).
LIVE_BIN := $(B)/live/test_cgroup $(B)/live/test_runtime $(B)/live/test_monitor $(B)/live/test_relay
$(B)/live/%: tests/live/%.c $(B)/libhoy.a $(B)/hoy-init
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(STD) $(WARN) $(PIE) -o $@ $< $(B)/libhoy.a $(LDFLAGS) $(HOY_LIBS) -lcmocka
$(B)/live/test_monitor: $(B)/hoy-monitor
$(B)/live/test_relay: $(B)/hoy-relay
.PHONY: monitor-live
monitor-live: $(B)/live/test_monitor ## hoy-monitor by itself (root)
	@scripts/test $<

# hoy-init by itself: plans written by hand, without the engine (root).
INIT_LIVE_OBJ := $(patsubst src/%.c,$(B)/glibc/%.o,$(call sources,proto) $(call sources,linux) \
	$(patsubst %,src/base/%.c,err str fd fault clock file))
$(B)/tests/init-live: tests/live/init_test.c tests/live/box.c tests/live/box.h $(INIT_LIVE_OBJ) $(B)/hoy-init
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(STD) $(WARN) $(PIE) -o $@ $(filter %.c %.o,$^) $(LDFLAGS) -lcmocka
.PHONY: init-live print-live
init-live: $(B)/tests/init-live ## hoy-init by itself (root)
	@scripts/test $<
print-live:
	@echo $(B)/tests/init-live $(LIVE_BIN)

# What the live tests need besides the programs.
TOOL_BIN := $(patsubst tests/tools/%.c,$(B)/tools/%,$(wildcard tests/tools/*.c))
$(B)/tools/%: tests/tools/%.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE $(CFLAGS) -fno-sanitize=all $(STD) $(WARN) -static -o $@ $<
# This one is the engine's side of a registry, and finds hoy-fetch beside itself as hoy does.
$(B)/tools/registry_client: tests/tools/registry_client.c $(B)/libhoy.a $(B)/hoy-fetch
	@mkdir -p $(@D) && ln -sf ../hoy-fetch $(@D)/hoy-fetch
	$(CC) $(CPPFLAGS) $(CFLAGS) $(STD) $(WARN) $(PIE) -o $@ $< $(B)/libhoy.a $(LDFLAGS) $(HOY_LIBS)

# Benchmarks: the floor is a program like the others (dynamic glibc), what it runs inside is static.
BENCH_BIN := $(patsubst %,$(B)/bench/%,bench floor floor-inside peak docker_profile)
$(B)/bench/floor-inside: bench/floor_inside.c bench/floor.h $(B)/flags
	@mkdir -p $(@D)
	$(MUSL_CC) -Ibench $(MUSL_CPPFLAGS) $(MUSL_CFLAGS) $(MUSL_LDFLAGS) -o $@ $<
$(B)/bench/floor: bench/floor.c bench/floor_network.c bench/floor.h bench/floor_network.h $(B)/libhoy.a
	@mkdir -p $(@D)
	$(CC) -Ibench -Isrc -D_GNU_SOURCE $(CFLAGS) $(STD) $(WARN) $(PIE) -pie -o $@ $(filter %.c %.a,$^) -lseccomp
$(B)/bench/peak: bench/peak.c $(B)/flags
	@mkdir -p $(@D)
	$(MUSL_CC) $(MUSL_CPPFLAGS) $(MUSL_CFLAGS) $(MUSL_LDFLAGS) -o $@ $<
$(B)/bench/docker_profile: bench/docker_profile.c $(B)/libhoy.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(STD) $(WARN) $(PIE) -o $@ $< $(B)/libhoy.a $(LDFLAGS) $(HOY_LIBS)
$(B)/bench/%: bench/%.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) -Ibench -D_GNU_SOURCE $(CFLAGS) $(STD) $(WARN) $(PIE) -pie -o $@ $<

# Fuzz targets: tests/fuzz/<parser>.c. With gcc and replay.c they replay their corpus (`make check`); with clang they search
# (`make fuzz P=reference T=30`), in build/fuzz, from a copy of the corpus.
FUZZ_CC ?= clang-14
FUZZ_NAMES := $(patsubst tests/fuzz/%.c,%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
CORPUS_BIN := $(FUZZ_NAMES:%=$(B)/corpus/%)
FUZZ_LIB := $(patsubst src/%.c,build/fuzz/obj/%.o,$(call sources,base format linux proto spec store network fetch) \
	src/runtime/plan_mount_options.c src/oci/container_state.c $(wildcard src/image/tool_erofs*.c) \
	$(patsubst %,src/image/%.c,tar tool_archive_input tool_images tool_images_docker tool_images_oci tool_tar_index tool_tar_read) \
	$(patsubst %,src/image/tool_%.c,entries hash name stream writeback) $(wildcard src/image/tool_inflate*.c) \
	$(wildcard src/image/credentials*.c src/image/registry_*.c) src/image/operator_path.c \
	$(patsubst %,src/dns/%.c,registration server_address names answer wire_read wire_write cache))
FUZZ_FLAGS := -g -O1 -std=gnu17 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=undefined
P ?= $(FUZZ_NAMES)
T ?= 10

$(B)/corpus/%: tests/fuzz/%.c tests/fuzz/replay.c tests/fuzz/fuzz.h $(B)/libhoy.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/fuzz $(CFLAGS) $(STD) $(WARN) $(PIE) -o $@ $< tests/fuzz/replay.c $(B)/libhoy.a $(LDFLAGS) $(HOY_LIBS) $(IMAGE_LIBS) $(FETCH_LIBS)
build/fuzz/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(FUZZ_CC) $(CPPFLAGS) $(FUZZ_FLAGS) -MMD -MP -c -o $@ $<
# An archive: two folders that do not see each other may each have a function of one name.
build/fuzz/libhoy.a: $(FUZZ_LIB)
	@rm -f $@
	$(AR) rcs $@ $^
build/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.h build/fuzz/libhoy.a
	@mkdir -p $(@D)
	$(FUZZ_CC) $(CPPFLAGS) -Itests/fuzz $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $< build/fuzz/libhoy.a $(IMAGE_LIBS) $(FETCH_LIBS) -lcap
-include $(FUZZ_LIB:.o=.d)

.PHONY: fuzz fuzz-replay print-corpus lint format
fuzz: $(P:%=build/fuzz/%) ## search with libFuzzer: P=parser (all), T=seconds each (10)
	@for p in $(P); do \
		mkdir -p build/fuzz/corpus/$$p build/fuzz/found && cp tests/fuzz/corpus/$$p/* build/fuzz/corpus/$$p/ && \
		echo "fuzz $$p, $(T) s" && build/fuzz/$$p -max_total_time=$(T) -timeout=10 -rss_limit_mb=1024 -max_len=8192 \
			-verbosity=0 -print_final_stats=1 -artifact_prefix=build/fuzz/found/$$p- build/fuzz/corpus/$$p || exit 1; \
	done
fuzz-replay: $(CORPUS_BIN) ## feed the corpus of each fuzz target to it, without a fuzzer
	@scripts/test corpus
print-corpus:
	@echo $(CORPUS_BIN)
lint: ## layers, cycles, banned calls, clang-tidy, cppcheck; sizes as hints
	@scripts/lint
format: ## lay the code out as .clang-format says
	@clang-format-14 -i $(shell find src tests bench -name '*.[ch]')

JOBS := $(shell nproc)
.PHONY: check test test-vm demo demo-web bench bench-peers bench-oci bench-image bench-network coverage reproducible install uninstall clean help
check: $(UNIT_BIN) $(GOLDEN_BIN) $(CORPUS_BIN) ## what needs no root and takes seconds: unit, golden, corpus, lint
	@scripts/test unit golden corpus lint
test: ## install what is missing, then every test (root)
	@scripts/deps build test
	@$(MAKE) -s -j$(JOBS) all $(UNIT_BIN) $(GOLDEN_BIN) $(CORPUS_BIN) $(TOOL_BIN) $(LIVE_BIN) $(B)/tests/init-live
	@$(MAKE) -s -j$(JOBS) FAULTS=1 all
	@scripts/test
test-vm: ## limits under cgroup v2, hybrid and systemd on Linux 6.1, in virtual machines (root)
	@scripts/deps build
	@$(MAKE) -s all
	@scripts/test vm
.PHONY: test-compat
test-compat: ## docker beside hoy; hoy-runtime under docker, containerd, podman, buildah, conmon (root)
	@scripts/deps build test callers
	@$(MAKE) -s all $(B)/tools/pty
	@scripts/test tests/compat/*.bats
demo: ## install what is missing, build, and show containers at work (root)
	@scripts/deps build demo
	@$(MAKE) -s -j$(JOBS) all
	@scripts/demo
demo-web: ## nginx behind a port; a web application and its redis, by name on a network (root)
	@scripts/deps build web
	@$(MAKE) -s -j$(JOBS) all
	@scripts/demo-web
bench: ## measure hoy against the floor (root)
	@scripts/deps build bench
	@$(MAKE) -s all $(BENCH_BIN)
	@bench/run
bench-peers: ## the same with docker and podman beside it
	@scripts/deps build bench peers
	@$(MAKE) -s all $(BENCH_BIN)
	@bench/run --peers
bench-oci: ## measure hoy-runtime against the floor, crun, runc and bubblewrap (root)
	@scripts/deps build bench
	@$(MAKE) -s all $(BENCH_BIN)
	@bench/oci
bench-image: ## measure pull, load, save, push, rmi beside docker and podman (root)
	@scripts/deps build bench peers traffic
	@$(MAKE) -s all $(BENCH_BIN)
	@bench/image --peers
bench-network: ## measure networks beside docker and podman (root)
	@scripts/deps build bench peers traffic
	@$(MAKE) -s all $(BENCH_BIN)
	@bench/network --peers
coverage: ## lines of src/ that the unit tests reach
	@$(MAKE) -s COVERAGE=1 unit-programs
	@scripts/coverage build/coverage
.PHONY: unit-programs tools bench-programs
unit-programs: $(UNIT_BIN)
tools: $(TOOL_BIN)
bench-programs: $(BENCH_BIN)
reproducible: ## build twice in two directories and compare every byte
	@scripts/reproducible

install: all ## into $(DESTDIR)$(PREFIX)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(MANDIR)/man8
	install -m 755 $(B)/hoy $(B)/hoy-runtime $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(B)/hoy-init $(B)/hoy-monitor $(B)/hoy-image $(B)/hoy-fetch $(B)/hoy-systemd $(B)/hoy-dns $(B)/hoy-relay $(DESTDIR)$(LIBEXECDIR)
	install -m 644 docs/hoy-runtime.8 $(DESTDIR)$(MANDIR)/man8
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/hoy $(DESTDIR)$(PREFIX)/bin/hoy-runtime $(DESTDIR)$(MANDIR)/man8/hoy-runtime.8
	rm -rf $(DESTDIR)$(LIBEXECDIR)

clean: ## remove what was built
	rm -rf build

help: ## this list
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22
	@echo "  SAN=1, FAULTS=1, COVERAGE=1, WERROR=1 are builds of their own; PREFIX, DESTDIR place the installation"
