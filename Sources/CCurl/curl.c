#define _DEFAULT_SOURCE
#define _DARWIN_C_SOURCE
#include "CCurl.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* The functions, as libcurl declares them. Variadic ones are called as such: the calling convention differs on some
   processors. */
static struct {
    int (*global_init)(long);
    char *(*version)(void);
    void *(*easy_init)(void);
    void (*easy_cleanup)(void *);
    int (*easy_setopt)(void *, int, ...);
    int (*easy_getinfo)(void *, int, ...);
    void *(*slist_append)(void *, const char *);
    void (*slist_free_all)(void *);
    void *(*multi_init)(void);
    int (*multi_cleanup)(void *);
    int (*multi_setopt)(void *, int, ...);
    int (*multi_add_handle)(void *, void *);
    int (*multi_remove_handle)(void *, void *);
    int (*multi_perform)(void *, int *);
    int (*multi_poll)(void *, void *, unsigned int, int, int *);
    void *(*multi_info_read)(void *, int *);
    /* Since 7.73; may be missing. */
    const struct option *(*easy_option_by_name)(const char *);
} curl;

struct option { /* struct curl_easyoption */
    const char *name;
    int id;
    int type;
    unsigned int flags;
};

struct message { /* CURLMsg */
    int kind;
    void *easy;
    union {
        void *whatever;
        int result;
    } data;
};

struct wait_descriptor { /* struct curl_waitfd */
    int descriptor;
    short events;
    short happened;
};

struct socket_address { /* struct curl_sockaddr */
    int family;
    int type;
    int protocol;
    unsigned int length;
    struct sockaddr address;
};

static int is_ready;
static char load_error[512];

static void load(void) {
    static const char *const names[] = {
#ifdef __APPLE__
        "libcurl.4.dylib", "/usr/lib/libcurl.4.dylib", "/opt/homebrew/opt/curl/lib/libcurl.4.dylib",
#else
        "libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4",
#endif
    };
    void *library = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !library; i++) {
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (!library && !*load_error) {
            const char *reason = dlerror();
            snprintf(load_error, sizeof load_error, "%s", reason ? reason : names[i]);
        }
    }
    if (!library) return;
    const struct {
        const char *name;
        void *place;
    } symbols[] = {
        {"curl_global_init", &curl.global_init},
        {"curl_version", &curl.version},
        {"curl_easy_init", &curl.easy_init},
        {"curl_easy_cleanup", &curl.easy_cleanup},
        {"curl_easy_setopt", &curl.easy_setopt},
        {"curl_easy_getinfo", &curl.easy_getinfo},
        {"curl_slist_append", &curl.slist_append},
        {"curl_slist_free_all", &curl.slist_free_all},
        {"curl_multi_init", &curl.multi_init},
        {"curl_multi_cleanup", &curl.multi_cleanup},
        {"curl_multi_setopt", &curl.multi_setopt},
        {"curl_multi_add_handle", &curl.multi_add_handle},
        {"curl_multi_remove_handle", &curl.multi_remove_handle},
        {"curl_multi_perform", &curl.multi_perform},
        {"curl_multi_poll", &curl.multi_poll},
        {"curl_multi_info_read", &curl.multi_info_read},
    };
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        void *symbol = dlsym(library, symbols[i].name);
        if (!symbol) {
            snprintf(load_error, sizeof load_error, "libcurl is too old: it has no %s", symbols[i].name);
            return;
        }
        *(void **)symbols[i].place = symbol;
    }
    *(void **)&curl.easy_option_by_name = dlsym(library, "curl_easy_option_by_name");
    /* CURL_GLOBAL_ALL. Called here because older versions must not run it in two threads at once. */
    int code = curl.global_init(3);
    if (code != 0) {
        snprintf(load_error, sizeof load_error, "libcurl does not start (curl_global_init: %d)", code);
        return;
    }
    is_ready = 1;
}

int kcurl_load(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return is_ready;
}

const char *kcurl_load_error(void) { return load_error; }
const char *kcurl_version(void) { return curl.version(); }

int kcurl_option_number(const char *name) {
    if (!curl.easy_option_by_name) return -1;
    const struct option *option = curl.easy_option_by_name(name);
    return option ? option->id : 0;
}

void *kcurl_easy_new(void) { return curl.easy_init(); }
void kcurl_easy_free(void *easy) { curl.easy_cleanup(easy); }
int kcurl_set_long(void *easy, int option, long value) { return curl.easy_setopt(easy, option, value); }
int kcurl_set_offset(void *easy, int option, int64_t value) { return curl.easy_setopt(easy, option, value); }
int kcurl_set_pointer(void *easy, int option, const void *value) { return curl.easy_setopt(easy, option, value); }

int kcurl_set_callback(void *easy, int option, kcurl_data_callback callback, int data_option, void *context) {
    int code = curl.easy_setopt(easy, option, callback);
    return code ? code : curl.easy_setopt(easy, data_option, context);
}

/* curl_opensocket_callback: -1 is CURL_SOCKET_BAD. */
static int open_socket(void *context, int purpose, struct socket_address *address) {
    struct kcurl_address_check *check = context;
    (void)purpose;
    const struct sockaddr *generic = &address->address;
    int allowed = 0;
    if (address->family == AF_INET)
        allowed = check->allows(
            check->context, (const unsigned char *)&((const struct sockaddr_in *)generic)->sin_addr, 4);
    else if (address->family == AF_INET6)
        allowed = check->allows(
            check->context, (const unsigned char *)&((const struct sockaddr_in6 *)generic)->sin6_addr, 16);
    if (!allowed) return -1;
    int descriptor = socket(address->family, address->type, address->protocol);
    if (descriptor >= 0) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return descriptor;
}

int kcurl_set_address_check(void *easy, struct kcurl_address_check *check) {
    int code = curl.easy_setopt(easy, KCURL_OPT_OPENSOCKETFUNCTION, open_socket);
    return code ? code : curl.easy_setopt(easy, KCURL_OPT_OPENSOCKETDATA, (void *)check);
}

void *kcurl_list_append(void *list, const char *line) { return curl.slist_append(list, line); }
void kcurl_list_free(void *list) { curl.slist_free_all(list); }

long kcurl_info_long(void *easy, int info) {
    long value = 0;
    return curl.easy_getinfo(easy, info, &value) == 0 ? value : -1;
}

int64_t kcurl_info_offset(void *easy, int info) {
    int64_t value = 0;
    return curl.easy_getinfo(easy, info, &value) == 0 ? value : -1;
}

const char *kcurl_info_string(void *easy, int info) {
    const char *value = NULL;
    return curl.easy_getinfo(easy, info, &value) == 0 ? value : NULL;
}

void *kcurl_multi_new(long maximum_connections) {
    void *multi = curl.multi_init();
    /* CURLMOPT_MAX_TOTAL_CONNECTIONS: more transfers than that wait for their turn. */
    if (multi) curl.multi_setopt(multi, 13, maximum_connections);
    return multi;
}

void kcurl_multi_free(void *multi) { curl.multi_cleanup(multi); }
int kcurl_multi_add(void *multi, void *easy) { return curl.multi_add_handle(multi, easy); }
void kcurl_multi_remove(void *multi, void *easy) { curl.multi_remove_handle(multi, easy); }

void kcurl_multi_perform(void *multi) {
    int running = 0;
    curl.multi_perform(multi, &running);
}

void kcurl_multi_wait(void *multi, int descriptor, int milliseconds) {
    struct wait_descriptor wake = {descriptor, 1 /* CURL_WAIT_POLLIN */, 0};
    int count = 0;
    /* An error (memory is short) must not become a loop without rest. */
    if (curl.multi_poll(multi, &wake, 1, milliseconds, &count) != 0) usleep(10000);
}

void *kcurl_multi_next_done(void *multi, int *code) {
    int left = 0;
    const struct message *message;
    while ((message = curl.multi_info_read(multi, &left))) {
        if (message->kind != 1 /* CURLMSG_DONE */) continue;
        *code = message->data.result;
        return message->easy;
    }
    return NULL;
}
