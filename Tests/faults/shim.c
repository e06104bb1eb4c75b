/* Kills the process at its k-th step on the disk, the network or its output. Loaded before the C library (LD_PRELOAD).
 *
 *   FAULT_COUNT  a file of 8 bytes where steps are counted, shared by the processes that count together
 *   FAULT_AT     the step to be killed at; 0 only counts
 *   FAULT_HOW    before the step, after it, or torn: half of a write has been done
 *   FAULT_WHERE  which steps count: a path is everything on files whose names begin with it, `network`, `output`
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static _Atomic long *count;
static long kill_at;
static const char *how = "before", *where = "";
static ino_t output;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULT_COUNT"), *at = getenv("FAULT_AT");
    struct stat status;
    if (!path) return;
    if (getenv("FAULT_HOW")) how = getenv("FAULT_HOW");
    if (getenv("FAULT_WHERE")) where = getenv("FAULT_WHERE");
    if (fstat(1, &status) == 0) output = status.st_ino;
    kill_at = at ? atol(at) : 0;
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    count = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (count == MAP_FAILED) count = NULL;
}

static int is_counted(int file, const char *name) {
    char link[64], path[4096];
    struct stat status;
    if (!count) return 0;
    if (strcmp(where, "output") == 0) return file >= 0 && output && fstat(file, &status) == 0 && status.st_ino == output;
    if (strcmp(where, "network") == 0) return file >= 0 && fstat(file, &status) == 0 && S_ISSOCK(status.st_mode);
    if (name) return strncmp(name, where, strlen(where)) == 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strncmp(path, where, strlen(where)) == 0;
}

static void end(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Whether this is the step; kills when it is to be before the step. */
static int step(int file, const char *name) {
    if (!is_counted(file, name)) return 0;
    if (atomic_fetch_add(count, 1) + 1 != kill_at) return 0;
    if (strcmp(how, "before") == 0) end();
    return 1;
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define STEP(file, name, call) REAL(call); int is_it = step(file, name)
#define DONE(result) do { if (is_it) end(); return result; } while (0)
#define TORN(length) (is_it && strcmp(how, "torn") == 0 ? (length) / 2 : (length))

ssize_t pwrite(int file, const void *data, size_t length, off_t at) {
    STEP(file, NULL, pwrite);
    ssize_t result = real(file, data, TORN(length), at);
    DONE(result);
}
ssize_t pwrite64(int file, const void *data, size_t length, off64_t at) {
    STEP(file, NULL, pwrite64);
    ssize_t result = real(file, data, TORN(length), at);
    DONE(result);
}
ssize_t write(int file, const void *data, size_t length) {
    STEP(file, NULL, write);
    ssize_t result = real(file, data, TORN(length));
    DONE(result);
}
ssize_t writev(int file, const struct iovec *pieces, int number) {
    STEP(file, NULL, writev);
    ssize_t result = real(file, pieces, TORN(number));
    DONE(result);
}
ssize_t send(int file, const void *data, size_t length, int flags) {
    STEP(file, NULL, send);
    ssize_t result = real(file, data, TORN(length), flags);
    DONE(result);
}
ssize_t sendto(int file, const void *data, size_t length, int flags, const struct sockaddr *to, socklen_t size) {
    STEP(file, NULL, sendto);
    ssize_t result = real(file, data, TORN(length), flags, to, size);
    DONE(result);
}
ssize_t recv(int file, void *data, size_t length, int flags) {
    STEP(file, NULL, recv);
    ssize_t result = real(file, data, length, flags);
    DONE(result);
}
int connect(int file, const struct sockaddr *to, socklen_t size) {
    STEP(file, NULL, connect);
    int result = real(file, to, size);
    DONE(result);
}
int fsync(int file) {
    STEP(file, NULL, fsync);
    int result = real(file);
    DONE(result);
}
int fdatasync(int file) {
    STEP(file, NULL, fdatasync);
    int result = real(file);
    DONE(result);
}
int ftruncate(int file, off_t length) {
    STEP(file, NULL, ftruncate);
    int result = real(file, length);
    DONE(result);
}
int ftruncate64(int file, off64_t length) {
    STEP(file, NULL, ftruncate64);
    int result = real(file, length);
    DONE(result);
}
int unlink(const char *path) {
    STEP(-1, path, unlink);
    int result = real(path);
    DONE(result);
}
int rename(const char *from, const char *to) {
    STEP(-1, to, rename);
    int result = real(from, to);
    DONE(result);
}
int link(const char *from, const char *to) {
    STEP(-1, to, link);
    int result = real(from, to);
    DONE(result);
}
int open(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    STEP(-1, flags & O_CREAT ? path : "", open);
    int result = real(path, flags, mode);
    DONE(result);
}
int open64(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    STEP(-1, flags & O_CREAT ? path : "", open64);
    int result = real(path, flags, mode);
    DONE(result);
}
