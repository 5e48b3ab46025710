// dakiya/http.hpp - HTTP described, never performed: the request that a turn asks for, the reply that the
// next turn sees, and the webhook request that a provider made.
#ifndef DAKIYA_HTTP_HPP
#define DAKIYA_HTTP_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dakiya/encoding.hpp"
#include "dakiya/form.hpp"
#include "dakiya/host.hpp"
#include "dakiya/json.hpp"
#include "dakiya/send.hpp"

namespace dakiya {

// Builds a request. The host sends method, URL, headers and body exactly as described and adds only host,
// content-length, connection and user-agent. The URL's host must be one that the manifest names.
class Http {
public:
    static Http get(std::string url) { return Http("GET", std::move(url)); }
    static Http post(std::string url) { return Http("POST", std::move(url)); }
    static Http put(std::string url) { return Http("PUT", std::move(url)); }
    static Http patch(std::string url) { return Http("PATCH", std::move(url)); }
    static Http del(std::string url) { return Http("DELETE", std::move(url)); }

    // ---- headers and URL
    Http& header(std::string name, std::string value) {
        return add(std::move(name), std::move(value), false);
    }
    Http& secret_header(std::string name, std::string value) {
        return add(std::move(name), std::move(value), true);
    }
    Http& bearer(const std::string& token) { return secret_header("authorization", "Bearer " + token); }
    Http& basic(const std::string& user, const std::string& password) {
        return secret_header("authorization", "Basic " + base64(user + ":" + password));
    }
    Http& query(std::string_view name, std::string_view value) {
        url_ += url_.find('?') == std::string::npos ? '?' : '&';
        url_ += percent(name) + '=' + percent(value);
        return *this;
    }

    // ---- body: one of these
    Http& json(const Json& value) { return body("application/json", value.dump()); }
    Http& form(const Form& form) { return body("application/x-www-form-urlencoded", form.encode()); }
    Http& body(std::string content_type, std::string bytes) {
        body_ = std::move(bytes);
        return header("content-type", std::move(content_type));
    }
    // The raw bytes of a host blob.
    Http& blob(std::uint64_t number, std::string content_type) {
        body_blob_ = number;
        return header("content-type", std::move(content_type));
    }
    // One part of multipart/form-data; the host writes the boundary and the content-type.
    Http& field(std::string name, std::string value) {
        parts_.push_back({std::move(name), {}, {}, std::move(value), 0});
        return *this;
    }
    Http& file(std::string name, const Media& media) {
        if (media.blob == 0)
            throw Fault(DK_BAD_INPUT, "this media is not a file of ours that can be uploaded");
        return file(std::move(name), media.blob, media.filename, media.mime);
    }
    Http& file(std::string name, std::uint64_t blob, std::string filename, std::string content_type) {
        parts_.push_back({std::move(name), std::move(filename), std::move(content_type), {}, blob});
        return *this;
    }

    // ---- how the host treats it
    // The rate limit that it draws on: "name" or "name:scope". Without: "default".
    Http& limit(std::string key) { return set(limit_, std::move(key)); }
    // It may be sent again even if an earlier copy may have arrived.
    Http& repeatable() { return flag(DK_HTTP_REPEATABLE); }
    // The body is never logged.
    Http& secret_body() { return flag(DK_HTTP_SECRET_BODY); }
    // The reply's body becomes a host blob; the next turn gets its number.
    Http& reply_to_blob() { return flag(DK_HTTP_REPLY_TO_BLOB); }
    Http& timeout_ms(std::uint32_t ms) { return set(timeout_ms_, ms); }
    Http& max_reply(std::uint32_t bytes) { return set(max_reply_, bytes); }
    // What the next turn is called, and up to 64 KiB that it gets back.
    Http& then(std::string step, std::string memo = {}) {
        step_ = std::move(step);
        return set(memo_, std::move(memo));
    }

    const std::string& url() const { return url_; }
    void write(dk_sink& sink) const {
        std::vector<dk_field> fields;
        fields.reserve(headers_.size());
        for (const Header& h : headers_)
            fields.push_back({bytes(h.name), bytes(h.value), h.secret ? std::uint64_t{DK_FIELD_SECRET} : 0});
        std::vector<dk_part> parts;
        parts.reserve(parts_.size());
        for (const Part& p : parts_)
            parts.push_back(
                {bytes(p.name), bytes(p.filename), bytes(p.content_type), bytes(p.bytes), p.blob});

        dk_request request{};
        request.struct_size = sizeof request;
        request.flags = flags_;
        request.method = bytes(method_);
        request.url = bytes(url_);
        request.headers = fields.data();
        request.header_count = fields.size();
        request.body = bytes(body_);
        request.body_blob = body_blob_;
        request.parts = parts.data();
        request.part_count = parts.size();
        request.limit = bytes(limit_);
        request.timeout_ms = timeout_ms_;
        request.max_reply = max_reply_;
        sink.request(&sink, &request, bytes(step_), bytes(memo_));
    }

private:
    struct Header {
        std::string name, value;
        bool secret;
    };
    struct Part {
        std::string name, filename, content_type, bytes;
        std::uint64_t blob;
    };

    Http(const char* method, std::string url) : method_(method), url_(std::move(url)) { headers_.reserve(4); }

    Http& add(std::string name, std::string value, bool secret) {
        for (char& c : name)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
        headers_.push_back({std::move(name), std::move(value), secret});
        return *this;
    }
    template <class T>
    Http& set(T& field, T value) {
        field = std::move(value);
        return *this;
    }
    Http& flag(std::uint32_t bit) { return set(flags_, flags_ | bit); }

    std::string method_, url_, body_, limit_, step_, memo_;
    std::vector<Header> headers_;
    std::vector<Part> parts_;
    std::uint64_t body_blob_ = 0;
    std::uint32_t flags_ = 0, timeout_ms_ = 0, max_reply_ = 0;
};

namespace detail {

// Headers and a body that are borrowed from the host: what a reply and a webhook request have in common.
class Document {
public:
    Document(const dk_field* headers, std::size_t count, dk_bytes body)
        : headers_(headers), count_(count), body_(view(body)) {}

    // The first header of that name (lower case), or "".
    std::string header(std::string_view name) const {
        for (std::size_t i = 0; i < count_; ++i)
            if (view(headers_[i].name) == name) return std::string(view(headers_[i].value));
        return {};
    }
    std::string_view body() const { return body_; }

    // The parsed body; the reference is good for as long as this object. Throws JsonError.
    const Json& json() const {
        if (!json_) json_ = Json::parse(body_);
        return *json_;
    }
    const Form& form() const {
        if (!form_) form_ = Form::parse(body_);
        return *form_;
    }

private:
    const dk_field* headers_;
    std::size_t count_;
    std::string_view body_;
    mutable std::optional<Json> json_;
    mutable std::optional<Form> form_;
};

}  // namespace detail

// What came back. status() is 0 when no reply came: error() is then "connect", "tls", "timeout",
// "too_large" or "refused".
class Reply : public detail::Document {
public:
    explicit Reply(const dk_reply& reply)
        : Document(reply.headers, reply.header_count, reply.body),
          status_(static_cast<int>(reply.status)),
          blob_(reply.blob),
          error_(view(reply.error)) {}

    bool ok() const { return status_ >= 200 && status_ < 300; }
    int status() const { return status_; }
    std::string_view error() const { return error_; }
    std::uint64_t blob() const { return blob_; }

private:
    int status_;
    std::uint64_t blob_;
    std::string_view error_;
};

// A webhook request.
class Inbound : public detail::Document {
public:
    explicit Inbound(const dk_inbound& in)
        : Document(in.headers, in.header_count, in.body),
          method_(view(in.method)),
          url_(view(in.url)),
          peer_(view(in.peer)),
          now_(in.now_ms) {}

    std::string_view method() const { return method_; }
    std::string_view url() const { return url_; }  // as the provider was given it, with the query
    std::string_view peer() const { return peer_; }
    std::int64_t now() const { return now_; }  // milliseconds of Unix time

    // The decoded query parameter, or "".
    std::string query(std::string_view name) const { return query_of(url_).value(name); }

private:
    std::string_view method_, url_, peer_;
    std::int64_t now_;
};

}  // namespace dakiya

#endif
