#ifndef CCURL_H
#define CCURL_H

#include <stddef.h>
#include <stdint.h>

/*
 * The part of libcurl that this project uses, found at run time: the library is opened by the first call of
 * kcurl_load, so that a program that never needs the network does not pay for it and runs where it is missing.
 *
 * libcurl's headers are not needed to build. The numbers below are its ABI, the same since each option was
 * introduced; a test compares them with curl_easy_option_by_name of the library at hand.
 */

/* Opens the library once, from any thread. Returns 1 when it is ready, else 0 and kcurl_load_error says why. */
int kcurl_load(void);
const char *kcurl_load_error(void);
/* Such as "libcurl/7.88.1 OpenSSL/3.0.11 …". Only after kcurl_load has returned 1, as all below. */
const char *kcurl_version(void);
/* The number of an option by its name, 0 when the library does not know it, -1 when it is too old to say. */
int kcurl_option_number(const char *name);

/* CURLoption (curl.h; the thousands say the type of the argument). */
enum {
    KCURL_OPT_LOW_SPEED_LIMIT = 19,
    KCURL_OPT_LOW_SPEED_TIME = 20,
    KCURL_OPT_POST = 47,
    KCURL_OPT_FOLLOWLOCATION = 52,
    KCURL_OPT_SSL_VERIFYPEER = 64,
    KCURL_OPT_FRESH_CONNECT = 74,
    KCURL_OPT_FORBID_REUSE = 75,
    KCURL_OPT_SSL_VERIFYHOST = 81,
    KCURL_OPT_HTTP_VERSION = 84,
    KCURL_OPT_BUFFERSIZE = 98,
    KCURL_OPT_NOSIGNAL = 99,
    KCURL_OPT_CONNECTTIMEOUT_MS = 156,
    KCURL_OPT_PROTOCOLS = 181,
    KCURL_OPT_TCP_KEEPALIVE = 213,
    KCURL_OPT_SUPPRESS_CONNECT_HEADERS = 265,
    KCURL_OPT_WRITEDATA = 10001,
    KCURL_OPT_URL = 10002,
    KCURL_OPT_PROXY = 10004,
    KCURL_OPT_ERRORBUFFER = 10010,
    KCURL_OPT_POSTFIELDS = 10015,
    KCURL_OPT_USERAGENT = 10018,
    KCURL_OPT_HTTPHEADER = 10023,
    KCURL_OPT_HEADERDATA = 10029,
    KCURL_OPT_CAINFO = 10065,
    KCURL_OPT_OPENSOCKETDATA = 10164,
    KCURL_OPT_NOPROXY = 10177,
    KCURL_OPT_WRITEFUNCTION = 20011,
    KCURL_OPT_HEADERFUNCTION = 20079,
    KCURL_OPT_OPENSOCKETFUNCTION = 20163,
    KCURL_OPT_POSTFIELDSIZE_LARGE = 30120,
};

/* CURLINFO. */
enum {
    KCURL_INFO_REDIRECT_URL = 0x100000 + 31,
    KCURL_INFO_RESPONSE_CODE = 0x200000 + 2,
    KCURL_INFO_REQUEST_SIZE = 0x200000 + 12,
    KCURL_INFO_PRETRANSFER_TIME_T = 0x600000 + 53,
    KCURL_INFO_APPCONNECT_TIME_T = 0x600000 + 56,
};

/* CURLcode, those that are told apart. */
enum {
    KCURL_E_OK = 0,
    KCURL_E_UNSUPPORTED_PROTOCOL = 1,
    KCURL_E_FAILED_INIT = 2,
    KCURL_E_URL_MALFORMAT = 3,
    KCURL_E_COULDNT_RESOLVE_PROXY = 5,
    KCURL_E_COULDNT_RESOLVE_HOST = 6,
    KCURL_E_COULDNT_CONNECT = 7,
    KCURL_E_PARTIAL_FILE = 18,
    KCURL_E_WRITE_ERROR = 23,
    KCURL_E_OPERATION_TIMEDOUT = 28,
    KCURL_E_ABORTED_BY_CALLBACK = 42,
    KCURL_E_UNKNOWN_OPTION = 48,
    KCURL_E_PEER_FAILED_VERIFICATION = 60,
    KCURL_E_SSL_CACERT_BADFILE = 77,
};

/* CURL_HTTP_VERSION_1_1; CURLPROTO_HTTP and CURLPROTO_HTTPS. */
enum { KCURL_HTTP_1_1 = 2, KCURL_PROTOCOL_HTTP = 1, KCURL_PROTOCOL_HTTPS = 2, KCURL_ERROR_SIZE = 256 };

/* One transfer (CURL *). The setters return a CURLcode. */
void *kcurl_easy_new(void);
void kcurl_easy_free(void *easy);
int kcurl_set_long(void *easy, int option, long value);
int kcurl_set_offset(void *easy, int option, int64_t value);
/* The string is copied by libcurl, except for POSTFIELDS and ERRORBUFFER, which must outlive the transfer. */
int kcurl_set_pointer(void *easy, int option, const void *value);

typedef size_t (*kcurl_data_callback)(char *bytes, size_t size, size_t count, void *context);
/* Whether a connection to an address (4 or 16 bytes in network order) may be made. */
typedef int (*kcurl_address_callback)(void *context, const unsigned char *bytes, int count);
/* The struct is kept by the caller for as long as the transfer. */
struct kcurl_address_check {
    kcurl_address_callback allows;
    void *context;
};
int kcurl_set_callback(void *easy, int option, kcurl_data_callback callback, int data_option, void *context);
int kcurl_set_address_check(void *easy, struct kcurl_address_check *check);

/* Headers of a request (struct curl_slist *); NULL is the empty list, and the answer when memory is short. */
void *kcurl_list_append(void *list, const char *line);
void kcurl_list_free(void *list);

/* Return what the library does not know as -1 or NULL. */
long kcurl_info_long(void *easy, int info);
int64_t kcurl_info_offset(void *easy, int info);
const char *kcurl_info_string(void *easy, int info);

/* All transfers of one thread (CURLM *). */
void *kcurl_multi_new(long maximum_connections);
void kcurl_multi_free(void *multi);
int kcurl_multi_add(void *multi, void *easy);
void kcurl_multi_remove(void *multi, void *easy);
void kcurl_multi_perform(void *multi);
/* Waits until there is something to do, the descriptor is readable, or the time has passed. */
void kcurl_multi_wait(void *multi, int descriptor, int milliseconds);
/* The next transfer that has come to its end, with its CURLcode; NULL when there is none. */
void *kcurl_multi_next_done(void *multi, int *code);

#endif
