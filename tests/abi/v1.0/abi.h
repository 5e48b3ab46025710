/* dakiya/abi.h - the contract between the Dakiya server (the host) and a provider plugin.
 *
 * Shape    A plugin does no I/O and reads no clock. It is called with bytes and answers by
 *          writing to a sink. The host owns every socket, timer, retry and thread.
 * Memory   Nothing changes owner. A pointer you receive is borrowed until the call returns;
 *          copy what you keep. Neither side frees what the other allocated.
 * Errors   Functions return a dk_status. No exception, longjmp or exit crosses, either way.
 *          What the provider said about a message is data (a "result"), never a status.
 * Threads  [any]  from any thread, several at once, also on the same connection.
 *          [once] once, before anything else.
 * Growth   A struct that begins with struct_size grows only at its end, without padding; test
 *          a later field with DK_HAS. A struct without struct_size never changes.
 * Text     UTF-8. Every JSON document has its schema in sdk/schema.
 */
#ifndef DAKIYA_ABI_H
#define DAKIYA_ABI_H

#include <stddef.h>
#include <stdint.h>

#define DK_ABI_MAJOR 1
#define DK_ABI_MINOR 0

#define DK_EXPORT __attribute__((visibility("default")))

/* True when *p is new enough to have field f. */
#define DK_HAS(p, f) \
    ((p)->struct_size >= offsetof(__typeof__(*(p)), f) + sizeof((p)->f))

#ifdef __cplusplus
extern "C" {
#endif

/* ---- values: frozen for ever ---------------------------------------------------------- */

typedef struct dk_bytes { /* a borrowed run of bytes; not NUL-terminated */
    const char *data;
    size_t size;
} dk_bytes;

typedef struct dk_field { /* one HTTP header; names in lower case */
    dk_bytes name;
    dk_bytes value;
    uint64_t flags; /* DK_FIELD_* */
} dk_field;

typedef struct dk_part { /* one part of a multipart/form-data body */
    dk_bytes name;
    dk_bytes filename;
    dk_bytes content_type;
    dk_bytes bytes; /* when blob is 0 */
    uint64_t blob;  /* else a host blob, streamed by the host */
} dk_part;

enum { DK_FIELD_SECRET = 1 }; /* never logged */

typedef int32_t dk_status;
enum {
    DK_OK = 0,
    DK_BAD_INPUT = -1,   /* settings or input that the plugin cannot use */
    DK_UNSUPPORTED = -2, /* an operation that this plugin does not have */
    DK_BAD_REPLY = -3,   /* the provider's answer makes no sense */
    DK_REJECTED = -4,    /* verify: not from the provider */
    DK_INTERNAL = -5     /* a bug in the plugin */
};

/* ---- HTTP: described, never performed ---------------------------------------------------- */

enum {
    DK_HTTP_REPEATABLE = 1,   /* may be sent again even if an earlier copy may have arrived */
    DK_HTTP_SECRET_BODY = 2,  /* the body is never logged, not even redacted */
    DK_HTTP_REPLY_TO_BLOB = 4 /* store the reply's body as a blob; the plugin gets its number */
};

typedef struct dk_request {
    uint32_t struct_size;
    uint32_t flags; /* DK_HTTP_* */
    dk_bytes method;
    dk_bytes url; /* absolute; its host must be one that the manifest names */
    const dk_field *headers;
    size_t header_count;
    dk_bytes body;
    uint64_t body_blob; /* instead of body */
    const dk_part *parts; /* instead of body */
    size_t part_count;
    dk_bytes limit;      /* rate limit it draws on: "name" or "name:scope"; empty: "default" */
    uint32_t timeout_ms; /* 0: the host's default */
    uint32_t max_reply;  /* bytes; 0: the host's default */
} dk_request;

typedef struct dk_reply {
    uint32_t struct_size;
    uint32_t status; /* 0: no reply came, see error */
    const dk_field *headers;
    size_t header_count;
    dk_bytes body;
    uint64_t blob;
    dk_bytes error; /* "connect", "tls", "timeout", "too_large", "refused" */
} dk_reply;

typedef struct dk_inbound { /* a webhook request */
    uint32_t struct_size;
    uint32_t flags;
    dk_bytes method;
    dk_bytes url; /* as the provider was given it, with the query */
    const dk_field *headers;
    size_t header_count;
    dk_bytes body; /* raw */
    dk_bytes peer; /* client address, behind trusted proxies */
    int64_t now_ms;
} dk_inbound;

/* ---- one turn of an operation ------------------------------------------------------------- */

typedef struct dk_turn {
    uint32_t struct_size;
    uint32_t flags;
    dk_bytes op;           /* "send", "check", "templates.list", ... */
    dk_bytes input;        /* JSON; the same on every turn of the operation */
    dk_bytes step;         /* empty on the first turn, then what the plugin named */
    dk_bytes memo;         /* the bytes that it asked to get back */
    const dk_reply *reply; /* null on the first turn */
    dk_bytes credential;   /* JSON of the last "credential" record, or empty */
    dk_bytes entropy;      /* 32 fresh random bytes */
    int64_t now_ms;        /* Unix time */
} dk_turn;

/* Where a plugin writes. Valid during the call and on the thread that it was passed to.
 * A turn that asks for no effect ends the operation; a turn asks for one effect at most. */
typedef struct dk_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void *host;
    void (*request)(struct dk_sink *, const dk_request *, dk_bytes step, dk_bytes memo);
    void (*effect)(struct dk_sink *, dk_bytes kind, dk_bytes json, dk_bytes step, dk_bytes memo);
    void (*record)(struct dk_sink *, dk_bytes kind, dk_bytes json);
    void (*respond)(struct dk_sink *, const dk_reply *); /* verify: what the caller gets */
    void (*explain)(struct dk_sink *, dk_bytes text);    /* why a status is not DK_OK */
    void (*log)(struct dk_sink *, uint32_t level, dk_bytes text);
} dk_sink;

/* ---- the two sides -------------------------------------------------------------------------- */

typedef struct dk_connection dk_connection; /* one tenant's configured use; never changes */

typedef struct dk_host {
    uint32_t struct_size;
    uint32_t abi_minor;
    dk_bytes name;
    dk_bytes version;
    const void *(*extension)(dk_bytes id); /* [any] "crypto/1", ...; null when unknown */
} dk_host;

typedef struct dk_plugin {
    uint32_t struct_size;
    uint32_t abi_minor; /* of the header that it was built with */
    dk_bytes manifest;  /* JSON, static storage */

    /* [any] The settings have passed the manifest's schema. */
    dk_status (*open)(dk_bytes settings, dk_sink *, dk_connection **out);
    /* [any] After the last call on that connection has returned. */
    void (*close)(dk_connection *);
    /* [any] A pure function of its arguments that never blocks. */
    dk_status (*advance)(const dk_connection *, const dk_turn *, dk_sink *);
    /* [any] Is it genuine, and what does the caller get? Null: the host checks the path token. */
    dk_status (*verify)(const dk_connection *, const dk_inbound *, dk_sink *);
    /* [any] One "event" record for each thing that happened. Null: no webhooks. */
    dk_status (*parse)(const dk_connection *, const dk_inbound *, dk_sink *);
    const void *(*extension)(dk_bytes id); /* [any] may be null */
} dk_plugin;

/* [once] The only exported symbol; the major version is in its name. Null: does not load. */
DK_EXPORT const dk_plugin *dakiya_plugin_v1(const dk_host *host);

#ifdef __cplusplus
}
#endif
#endif
