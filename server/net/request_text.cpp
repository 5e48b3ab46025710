#include "net/request_text.hpp"

#include <algorithm>
#include <array>

#include "base/id.hpp"

namespace dakiya::net {
namespace {

// RFC 9110 5.6.2
bool token_char(char c) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != marks.npos;
}

bool is_token(std::string_view text) {
    return !text.empty() && text.size() <= 256 && std::all_of(text.begin(), text.end(), token_char);
}

// RFC 9110 5.5: anything but control characters; a tab is fine.
bool is_field_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
    });
}

bool same_name(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

bool has(const Request& request, std::string_view name) {
    return std::any_of(request.headers.begin(), request.headers.end(),
                       [&](const Header& header) { return same_name(header.name, name); });
}

Result<void> check_header(const Header& header) {
    constexpr std::array<std::string_view, 9> ours = {
        "host", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "trailer",
        "te",   "keep-alive"};
    if (!is_token(header.name))
        return invalid("headers", "A header's name is empty or has characters that are not allowed.");
    if (!is_field_value(header.value))
        return invalid("headers",
                       "Header \"" + header.name + "\" has a line break or control character in its value.");
    for (const std::string_view name : ours)
        if (same_name(header.name, name))
            return invalid("headers", "Header \"" + header.name + "\" is the client's own: leave it out.");
    return {};
}

Result<void> check(const Request& request) {
    if (!is_token(request.method) || request.method.size() > 32)
        return invalid("method", "The method is empty or has characters that are not allowed.");
    if (same_name(request.method, "CONNECT"))
        return invalid("method", "The method CONNECT is not supported.");
    if (request.headers.size() > max_request_headers)
        return Error{Code::too_large, "A request may have 100 headers at most.", "headers"};
    for (const Header& header : request.headers)
        if (auto checked = check_header(header); !checked) return checked;
    if (!request.parts.empty() + !request.body.empty() + !request.body_file.empty() > 1)
        return invalid("parts", "A request has one of a body, a file and parts, not several.");
    if (request.parts.size() > max_parts)
        return Error{Code::too_large, "A request may have 100 parts at most.", "parts"};
    if (!request.parts.empty() && has(request, "content-type"))
        return invalid(
            "headers",
            "Leave content-type out when there are parts: the client writes it with the boundary.");
    return {};
}

// HTML Living Standard, multipart/form-data encoding algorithm.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') {
            out += "%22";
        } else if (c == '\r') {
            out += "%0D";
        } else if (c == '\n') {
            out += "%0A";
        } else {
            out += c;
        }
    }
    return out += '"';
}

// RFC 7578. The boundary is random, so nothing in a part can end it early.
Result<void> add_parts(const std::vector<Part>& parts, const std::string& boundary, RequestBody& body) {
    for (const Part& part : parts) {
        if (!is_field_value(part.content_type))
            return invalid("parts", "Part \"" + part.name + "\" has a line break in its content type.");
        std::string head = "--" + boundary + "\r\ncontent-disposition: form-data; name=" + quoted(part.name);
        if (!part.filename.empty()) head.append("; filename=").append(quoted(part.filename));
        if (!part.content_type.empty()) head.append("\r\ncontent-type: ").append(part.content_type);
        body.add_text(head.append("\r\n\r\n").append(part.bytes));
        if (!part.file.empty())
            if (auto added = body.add_file(part.file); !added) return added;
        body.add_text("\r\n");
    }
    body.add_text("--" + boundary + "--\r\n");
    return {};
}

bool has_files(const Request& request) {
    return !request.body_file.empty() || std::any_of(request.parts.begin(), request.parts.end(),
                                                     [](const Part& part) { return !part.file.empty(); });
}

// RFC 9110 8.6: these say how long they are even when they carry nothing.
bool expects_body(std::string_view method) {
    return method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace

Result<RequestText> request_text(const Request& request, const Url& url, std::string_view user_agent) {
    if (auto checked = check(request); !checked) return checked.error();

    auto body = std::make_unique<RequestBody>();
    std::string boundary;
    if (!request.parts.empty()) {
        boundary = "dakiya-" + random_token();
        if (auto added = add_parts(request.parts, boundary, *body); !added) return added.error();
    } else if (!request.body_file.empty()) {
        if (auto added = body->add_file(request.body_file); !added) return added.error();
    }
    const std::uint64_t size = body->size() + request.body.size();
    if (size > max_request_body)
        return Error{Code::too_large, "A request's body may have 128 MiB at most.", "body"};

    const bool streams = has_files(request);
    std::string out;
    out.reserve(512 + url.target.size() + (streams ? 0 : size));
    const auto field = [&out](std::string_view name, std::string_view value) {
        out.append(name).append(": ").append(value).append("\r\n");
    };
    out.append(request.method).append(" ").append(url.target).append(" HTTP/1.1\r\n");
    field("host", authority(url));
    for (const Header& header : request.headers) field(header.name, header.value);
    if (!has(request, "user-agent")) field("user-agent", user_agent);
    if (!has(request, "accept-encoding"))
        field("accept-encoding", request.reply_file.empty() ? "gzip" : "identity");
    if (!boundary.empty()) field("content-type", "multipart/form-data; boundary=" + boundary);
    if (size > 0 || expects_body(request.method)) field("content-length", std::to_string(size));
    out.append("\r\n");
    if (out.size() > max_request_head)
        return Error{Code::too_large, "A request's head may have 64 KiB at most.", "headers"};
    if (streams) return RequestText{std::move(out), std::move(body)};
    out.append(request.body);
    for (auto piece = body->next(); piece && !piece->empty(); piece = body->next()) out.append(*piece);
    return RequestText{std::move(out), nullptr};
}

}  // namespace dakiya::net
