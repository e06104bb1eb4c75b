// The floor: whatever whole lines one read brings go back in one write. No server can be faster over these pipes.

#include <string.h>
#include <unistd.h>

static char buffer[1 << 16];

int main(void) {
    size_t have = 0;
    for (;;) {
        ssize_t got = read(0, buffer + have, sizeof buffer - have);
        if (got <= 0) return 0;
        have += got;
        char *last = memrchr(buffer, '\n', have);
        if (!last) continue;
        size_t whole = last + 1 - buffer, sent = 0;
        while (sent < whole) {
            ssize_t written = write(1, buffer + sent, whole - sent);
            if (written <= 0) return 0;
            sent += written;
        }
        have -= whole;
        memmove(buffer, buffer + whole, have);
    }
}
