/* A provider in plain C: proof that the contract needs no C++. It posts the input of `send` as it is and
 * reads the status of the answer. Built against today's abi.h and against every frozen one (tests/abi/v1.x).
 */
#include "abi.h"

#include <stdlib.h>
#include <string.h>

#define TEXT(literal) ((dk_bytes){(literal), sizeof(literal) - 1})

static const char manifest[] =
    "{\"id\": \"plain\", \"name\": \"Plain C\", \"version\": \"1.0.0\", \"abi\": \"1.0\", \"channels\": "
    "[\"sms\"],"
    " \"hosts\": [\"api.plain.example\"], \"requires\": [\"http\"], \"ops\": {\"send\": {\"kinds\": "
    "[\"text\"]}},"
    " \"webhook\": {\"auth\": \"path\", \"events\": [\"other\"]},"
    " \"settings\": {\"version\": 1, \"type\": \"object\", \"properties\":"
    " {\"account\": {\"type\": \"string\", \"title\": \"Account\"}}}}";

struct dk_connection { /* keeps a copy of the settings, to have something to close */
    size_t size;
    char* settings;
};

static int is(dk_bytes a, const char* text) {
    return a.size == strlen(text) && memcmp(a.data, text, a.size) == 0;
}

static dk_status refuse(dk_sink* sink, dk_status status, dk_bytes why) {
    sink->explain(sink, why);
    return status;
}

static dk_status plain_open(dk_bytes settings, dk_sink* sink, dk_connection** out) {
    if (settings.size < 2 || settings.data[0] != '{' || settings.data[settings.size - 1] != '}')
        return refuse(sink, DK_BAD_INPUT, TEXT("the settings are not an object"));
    dk_connection* made = malloc(sizeof *made);
    char* copy = malloc(settings.size);
    if (!made || !copy) {
        free(made);
        free(copy);
        return refuse(sink, DK_INTERNAL, TEXT("out of memory"));
    }
    memcpy(copy, settings.data, settings.size);
    made->size = settings.size;
    made->settings = copy;
    *out = made;
    return DK_OK;
}

static void plain_close(dk_connection* connection) {
    free(connection->settings);
    free(connection);
}

static void ask(const dk_turn* turn, dk_sink* sink) {
    const dk_field type = {TEXT("content-type"), TEXT("application/json"), 0};
    dk_request request;
    memset(&request, 0, sizeof request);
    request.struct_size = sizeof request;
    request.method = TEXT("POST");
    request.url = TEXT("https://api.plain.example/send");
    request.headers = &type;
    request.header_count = 1;
    request.body = turn->input;
    sink->request(sink, &request, TEXT("answered"), TEXT(""));
}

static dk_status plain_advance(const dk_connection* connection, const dk_turn* turn, dk_sink* sink) {
    (void)connection;
    if (!is(turn->op, "send")) return refuse(sink, DK_UNSUPPORTED, TEXT("this provider only sends"));
    if (!turn->reply) {
        ask(turn, sink);
        return DK_OK;
    }
    if (turn->reply->status >= 200 && turn->reply->status < 300)
        sink->record(sink, TEXT("result"), TEXT("{\"to\":0,\"status\":\"sent\",\"id\":\"plain-1\"}"));
    else
        sink->record(sink, TEXT("result"),
                     TEXT("{\"to\":0,\"status\":\"failed\",\"error\":{\"class\":\"provider\",\"text\":\"not "
                          "taken\"}}"));
    return DK_OK;
}

static dk_status plain_parse(const dk_connection* connection, const dk_inbound* in, dk_sink* sink) {
    (void)connection;
    (void)in;
    sink->record(sink, TEXT("event"), TEXT("{\"kind\":\"other\",\"text\":\"a webhook came\"}"));
    return DK_OK;
}

const dk_plugin* dakiya_plugin_v1(const dk_host* host) {
    static const dk_plugin plugin = {sizeof plugin, DK_ABI_MINOR, {manifest, sizeof manifest - 1},
                                     plain_open,    plain_close,  plain_advance,
                                     NULL,          plain_parse,  NULL};
    return host->struct_size >= sizeof(dk_host) ? &plugin : NULL;
}
