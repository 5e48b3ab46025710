// Plugins that misbehave, written against the bare C header. CROWD names what goes wrong while loading;
// what goes wrong in a turn is the name of the operation.
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

#include "dakiya/abi.h"
#include "dakiya/crypto_abi.h"

extern "C" void nobody_defines_this();

struct dk_connection {
    std::string settings;
};

namespace {

constexpr bool is_variant(std::string_view name) { return name == CROWD; }

const dk_host* host = nullptr;

dk_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(dk_bytes run) { return {run.data, run.size}; }

std::string repeat(std::size_t size) { return std::string(size, 'x'); }

// ---- turns -----------------------------------------------------------------------------------

dk_request request_to(std::string_view url) {
    dk_request request{};
    request.struct_size = sizeof request;
    request.method = bytes("POST");
    request.url = bytes(url);
    request.body = bytes("{}");
    return request;
}
void ask(dk_sink* sink, const dk_request& request, std::string_view step = {}, std::string_view memo = {}) {
    sink->request(sink, &request, bytes(step), bytes(memo));
}
void ask(dk_sink* sink, std::string_view url) { ask(sink, request_to(url)); }
void record(dk_sink* sink, std::string_view kind, std::string_view json) {
    sink->record(sink, bytes(kind), bytes(json));
}

constexpr std::string_view good_url = "https://api.crowd.example/v1/messages";

void send(const dk_turn& turn, dk_sink* sink) {
    if (!turn.reply) {
        const dk_field headers[] = {{bytes("authorization"), bytes("Bearer secret"), DK_FIELD_SECRET},
                                    {bytes("content-type"), bytes("application/json"), 0}};
        dk_request request = request_to(good_url);
        request.headers = headers;
        request.header_count = 2;
        request.body = turn.input;
        request.flags = DK_HTTP_REPEATABLE;
        request.limit = bytes("send:7");
        ask(sink, request, "sent", "memo\0bytes");
        return;
    }
    const std::string id = std::to_string(turn.reply->status) + "-" + std::string(view(turn.reply->body));
    record(sink, "result", R"({"to":0,"status":"sent","id":")" + id + R"("})");
}

dk_request with_header(dk_field& field, std::string_view name, std::string_view value) {
    field = {bytes(name), bytes(value), 0};
    dk_request request = request_to(good_url);
    request.headers = &field;
    request.header_count = 1;
    return request;
}

struct Act {
    std::string_view op;
    void (*run)(const dk_turn&, dk_sink*);
};

constexpr std::string_view sent0 = R"({"to":0,"status":"sent"})";

const Act acts[] = {
    {"send", send},
    {"throws_std", [](const dk_turn&, dk_sink*) { throw std::runtime_error("lost my way"); }},
    {"throws_int", [](const dk_turn&, dk_sink*) { throw 42; }},
    {"two_effects",
     [](const dk_turn&, dk_sink* s) {
         ask(s, good_url);
         ask(s, good_url);
     }},
    {"unrequired_effect",
     [](const dk_turn&, dk_sink* s) { s->effect(s, bytes("stream/1"), bytes("{}"), {}, {}); }},
    {"mail_nowhere", [](const dk_turn&, dk_sink* s) { s->effect(s, bytes("mail/1"), bytes("{}"), {}, {}); }},
    {"mail_elsewhere",
     [](const dk_turn&, dk_sink* s) {
         s->effect(s, bytes("mail/1"), bytes(R"({"host": "evil.example"})"), {}, {});
     }},
    {"mail",
     [](const dk_turn&, dk_sink* s) {
         s->effect(s, bytes("mail/1"), bytes(R"({"host": "api.crowd.example"})"), {}, {});
     }},
    {"wait", [](const dk_turn&, dk_sink* s) { s->effect(s, bytes("wait/1"), bytes(R"({"ms":5})"), {}, {}); }},
    {"wait_rubbish", [](const dk_turn&, dk_sink* s) { s->effect(s, bytes("wait/1"), bytes("[5]"), {}, {}); }},
    {"huge_memo", [](const dk_turn&, dk_sink* s) { ask(s, request_to(good_url), "next", repeat(65'537)); }},
    {"largest_memo",
     [](const dk_turn&, dk_sink* s) { ask(s, request_to(good_url), "next", repeat(65'536)); }},
    {"many_records",
     [](const dk_turn&, dk_sink* s) {
         for (int i = 0; i < 10'001; ++i) record(s, "note", "{}");
     }},
    {"most_records",
     [](const dk_turn&, dk_sink* s) {
         for (int i = 0; i < 10'000; ++i) record(s, "note", "{}");
     }},
    {"huge_output",
     [](const dk_turn&, dk_sink* s) {
         const std::string note = R"({"text":")" + repeat(1'000'000) + R"("})";
         for (int i = 0; i < 9; ++i) record(s, "note", note);
     }},
    {"unknown_record", [](const dk_turn&, dk_sink* s) { record(s, "weather", R"({"sun":true})"); }},
    {"second_result",
     [](const dk_turn&, dk_sink* s) {
         record(s, "result", sent0);
         record(s, "result", sent0);
     }},
    {"result_out_of_range",
     [](const dk_turn&, dk_sink* s) { record(s, "result", R"({"to":2,"status":"sent"})"); }},
    {"result_negative",
     [](const dk_turn&, dk_sink* s) { record(s, "result", R"({"to":-1,"status":"sent"})"); }},
    {"result_huge_to",
     [](const dk_turn&, dk_sink* s) {
         record(s, "result", R"({"to":18446744073709551615,"status":"sent"})");
     }},
    {"result_no_to", [](const dk_turn&, dk_sink* s) { record(s, "result", R"({"status":"sent"})"); }},
    {"result_bad_status",
     [](const dk_turn&, dk_sink* s) { record(s, "result", R"({"to":0,"status":"maybe"})"); }},
    {"result_number_id",
     [](const dk_turn&, dk_sink* s) { record(s, "result", R"({"to":0,"status":"sent","id":7})"); }},
    {"result_huge_wait",
     [](const dk_turn&, dk_sink* s) {
         record(s, "result",
                R"({"to":0,"status":"failed","error":{"retry_after_ms":18446744073709551615}})");
     }},
    {"result_unknown_class",
     [](const dk_turn&, dk_sink* s) {
         record(s, "result", R"({"to":0,"status":"failed","error":{"class":"lunar","code":"9"}})");
     }},
    {"record_array", [](const dk_turn&, dk_sink* s) { record(s, "note", "[1]"); }},
    {"broken_json", [](const dk_turn&, dk_sink* s) { record(s, "note", R"({"text":)"); }},
    {"bad_utf8", [](const dk_turn&, dk_sink* s) { record(s, "note", "{\"text\":\"\xC3\x28\"}"); }},
    {"bad_utf8_step", [](const dk_turn&, dk_sink* s) { ask(s, request_to(good_url), "\xFF"); }},
    {"null_data",
     [](const dk_turn&, dk_sink* s) {
         s->record(s, bytes("note"), {nullptr, 5});
     }},
    {"null_headers",
     [](const dk_turn&, dk_sink* s) {
         dk_request request = request_to(good_url);
         request.header_count = 3;
         ask(s, request);
     }},
    {"null_request", [](const dk_turn&, dk_sink* s) { s->request(s, nullptr, {}, {}); }},
    {"small_request",
     [](const dk_turn&, dk_sink* s) {
         dk_request request = request_to(good_url);
         request.struct_size = 16;
         ask(s, request);
     }},
    {"must_understand",
     [](const dk_turn&, dk_sink* s) {
         dk_request request = request_to(good_url);
         request.flags = 0x01000000;
         ask(s, request);
     }},
    {"header_must_understand",
     [](const dk_turn&, dk_sink* s) {
         dk_field field;
         const dk_request request = with_header(field, "x-a", "1");
         field.flags = std::uint64_t{1} << 56U;
         ask(s, request);
     }},
    {"unknown_flag",
     [](const dk_turn&, dk_sink* s) {
         dk_request request = request_to(good_url);
         request.flags = 0x00010000;
         const dk_field field{bytes("x-a"), bytes("1"), std::uint64_t{1} << 24U};
         request.headers = &field;
         request.header_count = 1;
         ask(s, request);
     }},
    {"two_bodies",
     [](const dk_turn&, dk_sink* s) {
         dk_request request = request_to(good_url);
         request.body_blob = 7;
         ask(s, request);
     }},
    {"bad_method",
     [](const dk_turn&, dk_sink* s) {
         dk_request request = request_to(good_url);
         request.method = bytes("CONNECT");
         ask(s, request);
     }},
    {"wrong_host", [](const dk_turn&, dk_sink* s) { ask(s, "https://evil.example/?key=secret"); }},
    {"host_below", [](const dk_turn&, dk_sink* s) { ask(s, "https://a.b.media.crowd.example/x"); }},
    {"host_of_wildcard", [](const dk_turn&, dk_sink* s) { ask(s, "https://media.crowd.example/x"); }},
    {"host_of_setting", [](const dk_turn&, dk_sink* s) { ask(s, "https://TENANT.example:8443/x"); }},
    {"user_info", [](const dk_turn&, dk_sink* s) { ask(s, "https://api.crowd.example@evil.example/"); }},
    {"relative_url", [](const dk_turn&, dk_sink* s) { ask(s, "/v1/messages"); }},
    {"http_url", [](const dk_turn&, dk_sink* s) { ask(s, "http://api.crowd.example/"); }},
    {"header_injection",
     [](const dk_turn&, dk_sink* s) {
         dk_field field;
         ask(s, with_header(field, "x-a", "1\r\nx-b: 2"));
     }},
    {"header_upper",
     [](const dk_turn&, dk_sink* s) {
         dk_field field;
         ask(s, with_header(field, "X-A", "1"));
     }},
    {"header_framing",
     [](const dk_turn&, dk_sink* s) {
         dk_field field;
         ask(s, with_header(field, "content-length", "3"));
     }},
    {"header_host",
     [](const dk_turn&, dk_sink* s) {
         dk_field field;
         ask(s, with_header(field, "host", "evil.example"));
     }},
    {"responds",
     [](const dk_turn&, dk_sink* s) {
         dk_reply reply{};
         reply.struct_size = sizeof reply;
         reply.status = 200;
         s->respond(s, &reply);
     }},
    {"works_then_breaks",
     [](const dk_turn&, dk_sink* s) {
         record(s, "result", sent0);
         record(s, "note", "rubbish");
         ask(s, good_url);
     }},
    {"logs", [](const dk_turn&, dk_sink* s) { s->log(s, 2, bytes("two\nlines")); }},
    {"entropy", [](const dk_turn& t, dk_sink* s) { ask(s, request_to(good_url), {}, view(t.entropy)); }},
};

dk_status advance(const dk_connection* connection, const dk_turn* turn, dk_sink* sink) {
    const std::string_view op = view(turn->op);
    for (const Act& act : acts)
        if (act.op == op) {
            act.run(*turn, sink);
            return DK_OK;
        }
    if (op == "settings") {
        record(sink, "settings", connection->settings);
        return DK_OK;
    }
    if (op == "status_7") return 7;
    if (op == "bad_reply") {
        record(sink, "result", sent0);
        sink->explain(sink, bytes("the answer makes no sense"));
        return DK_BAD_REPLY;
    }
    sink->explain(sink, bytes("no such operation"));
    return DK_UNSUPPORTED;
}

// ---- connections and webhooks ----------------------------------------------------------------

dk_status open(dk_bytes settings, dk_sink* sink, dk_connection** out) {
    const std::string_view text = view(settings);
    if (text.find("refuse me") != std::string_view::npos) {
        sink->explain(sink, bytes("the key has the wrong form"));
        return DK_BAD_INPUT;
    }
    if (text.find("throw at me") != std::string_view::npos) throw std::runtime_error("no");
    if (text.find("no connection") != std::string_view::npos) return DK_OK;
    *out = new dk_connection{std::string(text)};
    return DK_OK;
}

void close(dk_connection* connection) { delete connection; }

void hex_out(void* text, dk_bytes raw) {
    for (const char c : view(raw)) {
        char two[3];
        std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(c));
        *static_cast<std::string*>(text) += two;
    }
}

dk_status verify(const dk_connection*, const dk_inbound* in, dk_sink* sink) {
    const auto* crypto = static_cast<const dk_crypto*>(host->extension(bytes(DK_CRYPTO_ID)));
    std::string expected;
    if (!crypto || crypto->hmac(bytes("sha256"), bytes("hook"), in->body, &expected, hex_out) != DK_OK)
        return DK_INTERNAL;
    if (in->header_count != 1 || view(in->headers[0].value) != expected) {
        sink->explain(sink, bytes("the signature does not match"));
        return DK_REJECTED;
    }
    dk_reply reply{};
    reply.struct_size = sizeof reply;
    reply.status = 202;
    reply.body = bytes("thanks");
    sink->respond(sink, &reply);
    return DK_OK;
}

dk_status parse(const dk_connection*, const dk_inbound* in, dk_sink* sink) {
    if (view(in->method) == "EFFECT") ask(sink, good_url);
    record(sink, "event", view(in->body));
    return DK_OK;
}

// ---- loading ---------------------------------------------------------------------------------

std::string manifest_text() {
    std::string id = "crowd", abi = "1.0", needs = R"("http", "wait/1", "mail/1")",
                hosts = R"("*.media.crowd.example")", extra, auth = "signature";
    if constexpr (is_variant("manifest_not_json")) return "id: crowd";
    if constexpr (is_variant("manifest_newer_abi")) abi = "1.7";
    if constexpr (is_variant("manifest_bad_keyword")) extra = R"(, "x-secrte": true)";
    if constexpr (is_variant("manifest_missing_requirement")) needs = R"("http", "stream/1")";
    if constexpr (is_variant("manifest_open_host")) hosts = R"("*.example")";
    if constexpr (is_variant("path_webhook")) {
        id = "pathway";
        auth = "path";
    }
    if constexpr (is_variant("prints_at_load")) id = "printer";
    if constexpr (is_variant("plain_http")) id = R"(plain", "http": true, "vendor": ")";
    return R"({"id": ")" + id + R"(", "name": "Crowd", "version": "1.2.3", "abi": ")" + abi +
           R"(", "channels": ["sms"], "hosts": ["api.crowd.example", )" + hosts +
           R"(, "${base_url}"], "requires": [)" + needs + R"(], "ops": {"send": {"kinds": ["text"]}},
              "webhook": {"auth": ")" +
           auth + R"(", "events": ["status"]},
              "settings": {"type": "object", "properties": {
                "key": {"type": "string", "x-secret": true, "x-env": "CROWD_KEY")" +
           extra + R"(},
                "region": {"type": "string", "default": "in", "x-env": "CROWD_REGION"},
                "base_url": {"type": "string", "format": "uri"}}}})";
}

// Runs while the library is opened, before anybody has called it.
const int at_load = [] {
    if constexpr (is_variant("crashes_at_load")) {
        std::signal(SIGSEGV, SIG_DFL);  // a sanitizer's handler would turn it into an exit
        std::raise(SIGSEGV);
    }
    if constexpr (is_variant("hangs_at_load"))
        while (true) pause();
    if constexpr (is_variant("exits_at_load")) std::_Exit(0);
    if constexpr (is_variant("throws_at_load")) throw std::runtime_error("not today");
    if constexpr (is_variant("prints_at_load")) {
        std::puts("Crowd (c) 2026. All rights reserved.");
        std::fflush(stdout);
    }
    if constexpr (is_variant("unresolved")) nobody_defines_this();
    return 0;
}();

const dk_plugin* entry(const dk_host* given) {
    static const std::string manifest = manifest_text();
    static dk_plugin plugin{};
    host = given;
    plugin.struct_size = is_variant("small_table") ? 24 : sizeof plugin;
    if constexpr (!is_variant("no_manifest")) plugin.manifest = bytes(manifest);
    plugin.open = open;
    plugin.close = close;
    if constexpr (!is_variant("no_advance")) plugin.advance = advance;
    if constexpr (!is_variant("no_verify") && !is_variant("path_webhook")) plugin.verify = verify;
    if constexpr (!is_variant("no_parse")) plugin.parse = parse;
    if constexpr (is_variant("entry_throws")) throw std::runtime_error("no entry");
    return is_variant("returns_null") ? nullptr : &plugin;
}

}  // namespace

#ifdef CROWD_wants_v2_only
extern "C" DK_EXPORT const dk_plugin* dakiya_plugin_v2(const dk_host* given);
extern "C" DK_EXPORT const dk_plugin* dakiya_plugin_v2(const dk_host* given) { return entry(given); }
#else
const dk_plugin* dakiya_plugin_v1(const dk_host* given) { return entry(given); }
#endif
