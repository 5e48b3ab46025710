#include "plugin/sink.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>

#include "base/log.hpp"
#include "dakiya/utf8.hpp"
#include "plugin/text.hpp"
#include "plugin/url.hpp"

namespace dakiya::plugin {
namespace {

constexpr std::size_t max_bytes = 8U << 20U;  // of everything that one call writes
constexpr std::size_t max_memo = 64U << 10U;
constexpr std::size_t max_records = 10'000;
constexpr std::size_t max_fields = 200;  // headers of a request
constexpr std::size_t max_parts = 1'000;
constexpr std::size_t max_explanation = 1'000;

// Flags in the top byte must be understood, others may be ignored (docs/design.md 3.4 rule 4).
constexpr std::uint64_t top_byte_of_32 = 0xFF00'0000U;
constexpr std::uint64_t top_byte_of_64 = 0xFF00'0000'0000'0000U;

// The sizes of v1.0 (3.3 rule 7): later fields are read only under DK_HAS.
constexpr std::size_t request_v1_0 = offsetof(dk_request, max_reply) + sizeof(dk_request::max_reply);
constexpr std::size_t reply_v1_0 = offsetof(dk_reply, error) + sizeof(dk_reply::error);

constexpr std::array<std::string_view, 7> methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

// These frame the message; the host writes them itself (RFC 9112 6).
constexpr std::array<std::string_view, 3> framing{"content-length", "transfer-encoding", "connection"};

// A broken rule. Thrown and caught inside the sink's own functions only.
struct Broken {
    std::string_view rule;
    std::string detail;
};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

// RFC 9110 5.6.2, and in lower case as abi.h asks.
bool is_field_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

bool has_control(std::string_view value) {
    return std::any_of(value.begin(), value.end(),
                       [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7F; });
}

}  // namespace

struct Sink::Writes {
    Sink& sink;

    // ---- the table ---------------------------------------------------------------------------

    static void request(dk_sink* table, const dk_request* request, dk_bytes step, dk_bytes memo) noexcept {
        guarded(table, [&](Writes& w) { w.add_request(request, step, memo); });
    }
    static void effect(dk_sink* table, dk_bytes kind, dk_bytes json, dk_bytes step, dk_bytes memo) noexcept {
        guarded(table, [&](Writes& w) { w.add_effect(kind, json, step, memo); });
    }
    static void record(dk_sink* table, dk_bytes kind, dk_bytes json) noexcept {
        guarded(table, [&](Writes& w) { w.add_record(kind, json); });
    }
    static void respond(dk_sink* table, const dk_reply* reply) noexcept {
        guarded(table, [&](Writes& w) { w.set_response(reply); });
    }
    static void explain(dk_sink* table, dk_bytes text) noexcept {
        guarded(table, [&](Writes& w) {
            w.sink.output_.explanation = printable(w.text(text, "an explanation"), max_explanation);
        });
    }
    static void log(dk_sink* table, std::uint32_t level, dk_bytes text) noexcept {
        guarded(table, [&](Writes& w) { w.write_log(level, text); });
    }

    template <class Work>
    static void guarded(dk_sink* table, const Work& work) noexcept {
        Sink& sink = *static_cast<Sink*>(table->host);
        if (sink.output_.broke_rule) return;
        try {
            Writes writes{sink};
            work(writes);
        } catch (const Broken& broken) {
            sink.broke(broken.rule, broken.detail);
        } catch (const JsonError& e) {
            sink.broke("records", e.what());
        } catch (const std::bad_alloc&) {
            sink.broke("sizes", "there was no memory for what it wrote");
        }
    }

    // ---- values ------------------------------------------------------------------------------

    std::string_view bytes(dk_bytes run, std::string_view what) {
        if (!run.data && run.size) throw Broken{"pointers", std::string(what) + " has a size and no data"};
        count(run.size);
        return run.size ? std::string_view(run.data, run.size) : std::string_view();
    }
    void count(std::size_t size) {
        if (size > max_bytes - sink.bytes_) throw Broken{"sizes", "it wrote more than 8 MiB in one turn"};
        sink.bytes_ += size;
    }
    std::string_view text(dk_bytes run, std::string_view what) {
        const std::string_view result = bytes(run, what);
        if (!is_utf8(result)) throw Broken{"text", std::string(what) + " is not UTF-8"};
        return result;
    }
    Json json(dk_bytes run, std::string_view what) {
        const std::string_view document = bytes(run, what);
        try {
            return Json::parse(document);
        } catch (const JsonError& e) {
            throw Broken{"text", std::string(what) + " cannot be read: " + e.what()};
        }
    }
    void count_record() {
        if (++sink.records_ > max_records)
            throw Broken{"sizes", "it wrote more than 10,000 records in one turn"};
    }
    void allow(bool allowed, std::string_view what) {
        if (!allowed) throw Broken{"calls", std::string(what)};
    }
    void refuse_flags(bool present, std::string_view what) {
        if (present)
            throw Broken{"flags",
                         std::string(what) + " has a flag that this server must understand and does not"};
    }

    // ---- effects -----------------------------------------------------------------------------

    void start_effect(Effect& effect, dk_bytes step, dk_bytes memo) {
        allow(sink.call_ == Call::advance, "an effect was asked for outside advance");
        if (sink.output_.effect) throw Broken{"effects", "it asked for a second effect in one turn"};
        if (memo.size > max_memo) throw Broken{"sizes", "its memo has more than 64 KiB"};
        effect.step = text(step, "a step");
        effect.memo = bytes(memo, "a memo");
    }

    void add_effect(dk_bytes kind, dk_bytes document, dk_bytes step, dk_bytes memo) {
        Effect effect;
        start_effect(effect, step, memo);
        effect.kind = text(kind, "the kind of an effect");
        const std::vector<std::string>& required = sink.egress_.manifest.requires_;
        if (effect.kind == "http" ||
            std::find(required.begin(), required.end(), effect.kind) == required.end())
            throw Broken{"effects", "it asked for the effect \"" + printable(effect.kind, 40) +
                                        "\", which its manifest does not require"};
        const Json wish = json(document, "the JSON of an effect");
        if (!wish.is_object())
            throw Broken{"effects", "the JSON of its effect \"" + effect.kind + "\" is not an object"};
        if (effect.kind == "mail/1") check_mail_host(wish);
        effect.json.assign(document.data, document.size);
        sink.output_.effect = std::move(effect);
    }

    // The password goes to this host, so it must be one that the operator and the tenant have seen.
    void check_mail_host(const Json& wish) {
        const Json& host = wish["host"];
        if (!host.is_string()) throw Broken{"addresses", "its effect mail/1 names no host"};
        if (!sink.egress_.manifest.allows_host(host.text(), sink.egress_.host_settings))
            throw Broken{"addresses",
                         "the host " + printable(host.text(), 100) + " is not among the manifest's hosts"};
    }

    void add_request(const dk_request* in, dk_bytes step, dk_bytes memo) {
        if (!in) throw Broken{"pointers", "a request is null"};
        if (in->struct_size < request_v1_0)
            throw Broken{"sizes", "its dk_request is smaller than that of ABI 1.0"};
        Effect effect;
        start_effect(effect, step, memo);
        effect.kind = "http";
        HttpRequest& http = effect.http;
        refuse_flags(in->flags & top_byte_of_32, "a request");
        http.repeatable = in->flags & DK_HTTP_REPEATABLE;
        http.secret_body = in->flags & DK_HTTP_SECRET_BODY;
        http.reply_to_blob = in->flags & DK_HTTP_REPLY_TO_BLOB;
        http.method = text(in->method, "the method of a request");
        if (!is_one_of(methods, http.method))
            throw Broken{"requests",
                         "the method of its request is not GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS"};
        http.url = text(in->url, "the URL of a request");
        const std::string_view authority = check_url(http.url);
        http.headers = headers(in->headers, in->header_count);
        check_framing(http.headers, authority);
        if ((in->body.size > 0) + (in->body_blob != 0) + (in->part_count > 0) > 1)
            throw Broken{"requests", "its request has more than one of body, body_blob and parts"};
        http.body = bytes(in->body, "the body of a request");
        http.body_blob = in->body_blob;
        http.parts = parts(in->parts, in->part_count);
        http.limit = text(in->limit, "the limit of a request");
        http.timeout_ms = in->timeout_ms;
        http.max_reply = in->max_reply;
        sink.output_.effect = std::move(effect);
    }

    // Returns the authority, a part of it. The URL itself is not quoted in sentences: some providers put keys
    // into it.
    std::string_view check_url(std::string_view url) {
        const Egress& egress = sink.egress_;
        const Result<Url> parsed = split_url(url);
        if (!parsed) throw Broken{"addresses", "its URL " + parsed.error().text};
        if (!parsed->tls && !egress.manifest.http)
            throw Broken{"addresses", "its URL is http, and its manifest does not say \"http\": true"};
        if (!parsed->tls && !egress.allow_http)
            throw Broken{"addresses", "its URL is http, which this server's operator does not allow"};
        if (!egress.manifest.allows_host(parsed->host, egress.host_settings))
            throw Broken{"addresses", "the host " + parsed->host + " is not among the manifest's hosts"};
        return parsed->authority;
    }

    void check_framing(const std::vector<Header>& headers, std::string_view authority) {
        for (const Header& header : headers) {
            if (is_one_of(framing, header.name))
                throw Broken{"requests",
                             "its request sets the header " + header.name + ", which the host writes"};
            if (header.name == "host" && header.value != authority)
                throw Broken{"addresses", "its header host differs from the host of its URL"};
        }
    }

    std::vector<Header> headers(const dk_field* fields, std::size_t size) {
        if (!fields && size) throw Broken{"pointers", "an array of headers has a size and no data"};
        if (size > max_fields) throw Broken{"sizes", "it wrote more than 200 headers"};
        std::vector<Header> result;
        result.reserve(size);
        for (std::size_t i = 0; i < size; ++i) {
            const std::string_view name = text(fields[i].name, "the name of a header");
            const std::string_view value = text(fields[i].value, "the value of a header");
            if (!is_field_name(name))
                throw Broken{"requests",
                             "a header's name is empty or not a token in lower case: " + printable(name, 40)};
            if (has_control(value))
                throw Broken{"requests", "the header " + std::string(name) + " has a control character"};
            refuse_flags(fields[i].flags & top_byte_of_64, "a header");
            const bool secret = fields[i].flags & DK_FIELD_SECRET;
            result.push_back({std::string(name), std::string(value), secret});
        }
        return result;
    }

    std::vector<Part> parts(const dk_part* in, std::size_t size) {
        if (!in && size) throw Broken{"pointers", "an array of parts has a size and no data"};
        if (size > max_parts) throw Broken{"sizes", "it wrote more than 1,000 parts"};
        std::vector<Part> result;
        result.reserve(size);
        for (std::size_t i = 0; i < size; ++i) {
            Part part;
            part.name = part_text(in[i].name, "the name of a part");
            part.filename = part_text(in[i].filename, "the file name of a part");
            part.content_type = part_text(in[i].content_type, "the content type of a part");
            part.bytes = bytes(in[i].bytes, "a part");
            part.blob = in[i].blob;
            result.push_back(std::move(part));
        }
        return result;
    }
    std::string part_text(dk_bytes run, std::string_view what) {
        const std::string_view result = text(run, what);
        if (has_control(result)) throw Broken{"requests", std::string(what) + " has a control character"};
        return std::string(result);
    }

    // ---- records, responses, words -----------------------------------------------------------

    void add_record(dk_bytes kind, dk_bytes document) {
        allow(sink.call_ == Call::advance || sink.call_ == Call::parse,
              "a record was written outside advance and parse");
        count_record();
        const std::string_view name = text(kind, "the kind of a record");
        if (!is_record_kind(name)) {
            spdlog::debug("plugin {}: a record of the unknown kind \"{}\" was dropped",
                          sink.egress_.manifest.id, printable(name, 40));
            return;
        }
        Record record{std::string(name), json(document, "the record \"" + std::string(name) + "\"")};
        if (const Result<void> sound = check_record(record, sink.recipients_); !sound)
            throw Broken{record.kind == "result" ? "results" : "records",
                         "the record \"" + record.kind + "\" " + sound.error().text};
        sink.output_.records.push_back(std::move(record));
    }

    void set_response(const dk_reply* in) {
        allow(sink.call_ == Call::verify, "a response was written outside verify");
        if (!in) throw Broken{"pointers", "a response is null"};
        if (in->struct_size < reply_v1_0)
            throw Broken{"sizes", "its dk_reply is smaller than that of ABI 1.0"};
        if (in->status < 200 || in->status > 599)
            throw Broken{"requests", "its response has a status that is not from 200 to 599"};
        Reply reply;
        reply.status = in->status;
        reply.headers = headers(in->headers, in->header_count);
        check_framing(reply.headers, {});
        reply.body = bytes(in->body, "the body of a response");
        sink.output_.respond = std::move(reply);
    }

    void write_log(std::uint32_t level, dk_bytes line) {
        count_record();
        static constexpr std::array levels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                                           spdlog::level::err};
        const std::string_view words = text(line, "a log line");
        spdlog::log(levels[std::min<std::size_t>(level, levels.size() - 1)], "plugin {}: {}",
                    sink.egress_.manifest.id, printable(words, 2'000));
    }
};

Sink::Sink(Call call, const Egress& egress, std::size_t recipients)
    : call_(call), egress_(egress), recipients_(recipients), table_{sizeof(dk_sink),
                                                                    0,
                                                                    this,
                                                                    Writes::request,
                                                                    Writes::effect,
                                                                    Writes::record,
                                                                    Writes::respond,
                                                                    Writes::explain,
                                                                    Writes::log} {}

void Sink::broke(std::string_view rule, std::string_view detail) {
    if (output_.broke_rule) return;
    output_.broke_rule = true;
    output_.explanation = "it broke the rule on " + std::string(rule) + ": " + std::string(detail);
}

Output Sink::finish(dk_status status) {
    if (status > DK_OK || status < DK_INTERNAL)
        broke("statuses", "it returned " + std::to_string(status) + ", which is no dk_status");
    output_.status = output_.broke_rule ? DK_INTERNAL : status;
    if (output_.status != DK_OK) {
        output_.records.clear();
        output_.effect.reset();
        if (output_.broke_rule) output_.respond = Reply{};
    }
    return std::move(output_);
}

}  // namespace dakiya::plugin
