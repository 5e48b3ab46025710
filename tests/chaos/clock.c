/* Preloaded into a server: moves its wall clock, and nothing else, by the nanoseconds that stand in the file
   named by CHAOS_CLOCK (8 bytes, in this machine's order). The file is mapped, so a write to it is a jump. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { second = 1000000000 };

static const volatile int64_t* offset;
static int (*real_clock_gettime)(clockid_t, struct timespec*);

__attribute__((constructor)) static void begin(void) {
    *(void**)&real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    const char* path = getenv("CHAOS_CLOCK");
    const int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void* mapped = mmap(NULL, sizeof *offset, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED) offset = mapped;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
    if (!real_clock_gettime) begin(); /* asked by another library's constructor */
    const int result = real_clock_gettime(clock, now);
    if (result != 0 || !offset || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return result;
    const int64_t at = (int64_t)now->tv_sec * second + now->tv_nsec + *offset;
    now->tv_sec = at / second;
    now->tv_nsec = at % second;
    return 0;
}

int gettimeofday(struct timeval* restrict now, void* restrict zone) {
    (void)zone; /* obsolete: always NULL here */
    struct timespec exact;
    if (clock_gettime(CLOCK_REALTIME, &exact) != 0) return -1;
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t* out) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (out) *out = exact.tv_sec;
    return exact.tv_sec;
}
