/* A machine that is the same each time, for tests: loaded before libc (LD_PRELOAD) into the program under test.
 *
 * DICE    the system's random numbers come from this number (SplitMix64): ids, keys, jitter, the order of hash
 *         maps, the choices of an async runtime
 * CLOCK   the system's clock says what is in that file: milliseconds, eight bytes, since a day that is always
 *         the same
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* 2026-11-23T00:00:00Z */
#define THE_DAY 1795392000

static _Atomic uint64_t state;
static int told = -1;

__attribute__((constructor)) static void begin(void) {
    const char *seed = getenv("DICE");
    state = seed ? strtoull(seed, NULL, 10) : 0;
    const char *file = getenv("CLOCK");
    if (file) {
        told = open(file, O_RDONLY | O_CLOEXEC);
    }
}

ssize_t getrandom(void *buffer, size_t length, unsigned int flags) {
    (void)flags;
    unsigned char *bytes = buffer;
    for (size_t n = 0; n < length; n++) {
        uint64_t z = atomic_fetch_add(&state, 0x9E3779B97F4A7C15u) + 0x9E3779B97F4A7C15u;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        bytes[n] = (unsigned char)(z ^ (z >> 31));
    }
    return (ssize_t)length;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    uint64_t ms = 0;
    if (clock != CLOCK_REALTIME || told < 0) {
        return (int)syscall(SYS_clock_gettime, clock, now);
    }
    if (pread(told, &ms, sizeof ms, 0) != (ssize_t)sizeof ms) {
        ms = 0;
    }
    now->tv_sec = THE_DAY + (time_t)(ms / 1000);
    now->tv_nsec = (long)(ms % 1000) * 1000000;
    return 0;
}
