/*
 * Which programs this machine executes by itself: the e_machine of their ELF header.
 *
 * Runs in: init.
 * See: elf(5).
 */
#ifndef HOY_LINUX_MACHINE_H
#define HOY_LINUX_MACHINE_H

#include <elf.h>

enum {
#if defined(__x86_64__)
	MACHINE_NATIVE = EM_X86_64,
	MACHINE_NATIVE_32 = EM_386
#elif defined(__aarch64__)
	MACHINE_NATIVE = EM_AARCH64,
	MACHINE_NATIVE_32 = EM_ARM
#else
#error "add the ELF numbers of this machine"
#endif
};

#endif
