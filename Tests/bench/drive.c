// The client of every measurement, in C so that its own share is small and the same for all.
//
//   drive start    CORE FRAMING COUNT REQUEST COMMAND...   spawn → first reply, and peak memory then
//   drive ping     CORE FRAMING COUNT REQUEST COMMAND...   round trips, one at a time
//   drive pipeline CORE FRAMING COUNT REQUEST COMMAND...   all at once, replies counted; and peak memory at the end
//
// Client and server run on core CORE. FRAMING is lines or headers. The seven digits after "id": in REQUEST are
// replaced by a rising number. One JSON object on stdout; exit 3 when the server is silent, 4 when it ends early.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { silenceSeconds = 60, firstID = 1000000, idDigits = 7, blockLines = 256, bufferSize = 1 << 20 };

static struct { pid_t pid; int in, out; } server;
static int headers;
static char buffer[bufferSize];
extern char **environ;

static void end(int code, const char *why) {
    if (server.pid > 0) kill(server.pid, SIGKILL);
    if (write(2, why, strlen(why)) < 0) _exit(code);
    _exit(code);
}

static void silent(int signal) { (void)signal; end(3, "no reply in time\n"); }

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void start(char **command) {
    int in[2], out[2];
    posix_spawn_file_actions_t actions;
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC)) end(1, "no pipe\n");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&server.pid, command[0], &actions, NULL, command, environ)) end(2, "cannot be started\n");
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    server.in = in[1];
    server.out = out[0];
}

static void stop(void) {
    kill(server.pid, SIGKILL);
    waitpid(server.pid, NULL, 0);
    close(server.in);
    close(server.out);
    server.pid = 0;
}

static long peakKiB(void) {
    char path[64], line[256];
    long kib = -1;
    snprintf(path, sizeof path, "/proc/%d/status", server.pid);
    FILE *status = fopen(path, "r");
    while (status && fgets(line, sizeof line, status)) sscanf(line, "VmHWM: %ld", &kib);
    if (status) fclose(status);
    return kib;
}

static void sendAll(const char *bytes, size_t count) {
    while (count) {
        ssize_t written = write(server.in, bytes, count);
        if (written < 0 && errno != EINTR) end(4, "the server ended\n");
        if (written > 0) bytes += written, count -= written;
    }
}

static size_t more(size_t have) {
    if (have + 1 >= bufferSize) end(1, "a reply of over 1 MiB\n");
    ssize_t got = read(server.out, buffer + have, bufferSize - have - 1);
    if (got <= 0) end(4, "the server ended\n");
    buffer[have + got] = 0;
    return have + got;
}

// One line, or one framed message that is a reply: servers may send notifications before it.
static void awaitReply(void) {
    size_t have = 0;
    if (!headers) {
        do have = more(have); while (buffer[have - 1] != '\n');
        return;
    }
    for (;;) {
        char *body = strstr(buffer, "\r\n\r\n"), *length = strcasestr(buffer, "content-length:");
        if (!have || !body || !length || buffer + have < body + 4 + atol(length + 15)) { have = more(have); continue; }
        char *next = body + 4 + atol(length + 15), saved = *next;
        *next = 0;
        if (strstr(body, "\"result\"")) return;
        *next = saved;
        have -= next - buffer;
        memmove(buffer, next, have + 1);
    }
}

static char *digitsOf(char *request) {
    char *id = strstr(request, "\"id\":");
    return id ? id + 5 : NULL;
}

static void number(char *digits, unsigned long value) {
    for (int place = idDigits; digits && place--; value /= 10) digits[place] = '0' + value % 10;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measureStart(char *request, size_t length, int count, char **command) {
    double *micros = malloc(count * sizeof *micros);
    long *kib = malloc(count * sizeof *kib);
    for (int run = 0; run < count; run++) {
        alarm(silenceSeconds);
        double began = now();
        start(command);
        sendAll(request, length);
        awaitReply();
        micros[run] = now() - began;
        kib[run] = peakKiB();
        stop();
    }
    printf("{\"us\":[");
    for (int run = 0; run < count; run++) printf("%s%.1f", run ? "," : "", micros[run]);
    printf("],\"kib\":[");
    for (int run = 0; run < count; run++) printf("%s%ld", run ? "," : "", kib[run]);
    printf("]}\n");
}

static void measurePing(char *request, size_t length, int count, char **command) {
    double *micros = malloc(count * sizeof *micros);
    char *digits = digitsOf(request);
    int warm = count / 10 + 100;
    start(command);
    alarm(silenceSeconds);
    for (int trip = -warm; trip < count; trip++) {
        number(digits, firstID + trip + warm);
        double began = now();
        sendAll(request, length);
        awaitReply();
        if (trip >= 0) micros[trip] = now() - began;
    }
    stop();
    qsort(micros, count, sizeof *micros, ascending);
    printf("{\"p50\":%.2f,\"p99\":%.2f}\n", micros[count / 2], micros[(long)count * 99 / 100]);
}

static void measurePipeline(const char *request, size_t length, int count, char **command) {
    char *block = malloc(blockLines * length + 1);
    long sent = 0, replies = 0;
    size_t offset = 0, filled = 0;
    start(command);
    fcntl(server.in, F_SETFL, O_NONBLOCK);
    alarm(silenceSeconds);
    double began = now();
    while (replies < count) {
        struct pollfd ends[2] = {{server.out, POLLIN, 0}, {server.in, POLLOUT, 0}};
        if (offset == filled && sent < count) {
            long lines = count - sent < blockLines ? count - sent : blockLines;
            for (long line = 0; line < lines; line++) {
                memcpy(block + line * length, request, length + 1);
                number(digitsOf(block + line * length), firstID + sent + line);
            }
            sent += lines, offset = 0, filled = lines * length;
        }
        if (poll(ends, offset < filled ? 2 : 1, -1) < 0 && errno != EINTR) end(1, "poll failed\n");
        if (offset < filled && ends[1].revents) {
            ssize_t written = write(server.in, block + offset, filled - offset);
            if (written < 0 && errno != EAGAIN) end(4, "the server ended\n");
            if (written > 0) offset += written;
        }
        if (ends[0].revents) {
            char *from = buffer, *to = buffer + more(0);
            while ((from = memchr(from, '\n', to - from))) replies++, from++;
        }
    }
    double seconds = (now() - began) / 1e6;
    printf("{\"perSecond\":%.0f,\"kib\":%ld}\n", count / seconds, peakKiB());
    stop();
}

int main(int argc, char **argv) {
    if (argc < 7) return fprintf(stderr, "drive start|ping|pipeline CORE FRAMING COUNT REQUEST COMMAND...\n"), 1;
    cpu_set_t core;
    CPU_ZERO(&core);
    CPU_SET(atoi(argv[2]), &core);
    if (sched_setaffinity(0, sizeof core, &core)) return perror("sched_setaffinity"), 1;
    signal(SIGALRM, silent);
    signal(SIGPIPE, SIG_IGN);
    headers = strcmp(argv[3], "headers") == 0;
    char *request;
    int length = headers ? asprintf(&request, "Content-Length: %zu\r\n\r\n%s", strlen(argv[5]), argv[5])
                         : asprintf(&request, "%s\n", argv[5]);
    int count = atoi(argv[4]);
    if (!strcmp(argv[1], "start")) measureStart(request, length, count, argv + 6);
    else if (!strcmp(argv[1], "ping")) measurePing(request, length, count, argv + 6);
    else if (!strcmp(argv[1], "pipeline")) measurePipeline(request, length, count, argv + 6);
    else return 1;
    return 0;
}
